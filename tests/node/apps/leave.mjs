// Is in a call with itself, and leaves the process in the middle of it, in the way that is asked for.
import { Agent } from '../../../bindings/node/index.mjs';

const how = process.argv[2];
const there = new Agent({ bind: '127.0.0.1', open: true });
there.on('incoming_call', async call => {
    const audio = await call.answer();
    audio.pipe(audio);
});
const [udp] = await there.listening();
const agent = new Agent({ bind: '127.0.0.1' });
const call = await agent.call(`sip:x@127.0.0.1:${udp.port}`);
call.audio.on('data', () => {});
call.audio.write(Buffer.alloc(32000, 5));
await new Promise(resolve => {
    setTimeout(resolve, Number(process.argv[3] ?? 0));
});
switch (how) {
case 'exit':
    process.exit(7);
    break;
case 'throw':
    setImmediate(() => {
        throw new Error('as intended');
    });
    break;
case 'unref': // nothing holds the process: it ends by itself, in mid-call
    agent.unref();
    there.unref();
    break;
case 'signal':
    process.kill(process.pid, 'SIGTERM');
    break;
default:
    throw new Error(how);
}
