// Events through Node: commands whose replies are awaited, and each reply also read as an event.
import { Agent } from '../../../../bindings/node/index.mjs';

const WINDOW = 64;
const count = Number(process.argv[2]);
const agent = new Agent({ listen: ['udp:127.0.0.1:0'] });
const ask = async n => {
    for (let i = 0; i < n; i++) await agent.setOption('keepalive_s', 25);
};
const [start, before] = [performance.now(), process.cpuUsage()];
const each = Math.floor(count / WINDOW);
await Promise.all(Array.from({ length: WINDOW }, () => ask(each)));
const [took, used] = [performance.now() - start, process.cpuUsage(before)];
const done = each * WINDOW;
console.log(JSON.stringify({ events_per_s: Math.round(done * 1000 / took), cpu_us: Math.round((used.user + used.system) * 1000 / done) / 1000 }));
await agent.close({ drainMs: 0 });
