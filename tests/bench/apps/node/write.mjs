// Frames of 20 ms written into one call as fast as they are taken: write.mjs N prints how many a second.
import { createSocket } from 'node:dgram';

import { Agent } from '../../../../bindings/node/index.mjs';

const QUEUE = 2000; // frames, of the 60 s that a call takes
const count = Number(process.argv[2]);
const silent = createSocket('udp4');
await new Promise(resolve => {
    silent.bind(0, '127.0.0.1', resolve);
});
const agent = new Agent({ bind: '127.0.0.1' });
const { audio } = agent.dial(`sip:bench@127.0.0.1:${silent.address().port}`, { rate: 8000 }); // what is written waits
audio.aheadMs = 60000;
const frame = Buffer.alloc(320);
const start = process.hrtime.bigint();
for (let i = 0; i < count; i++) {
    if (i % QUEUE === 0) audio.flush().catch(() => {});
    audio.write(frame);
}
console.log(JSON.stringify({ frames_per_s: Math.round(count * 1e9 / Number(process.hrtime.bigint() - start)) }));
await agent.close({ drainMs: 0 });
silent.close();
