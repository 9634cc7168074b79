// A worker with two agents and a call between them; it says when it is in the call, and then keeps talking.
import { parentPort } from 'node:worker_threads';

import { Agent } from '../../../bindings/node/index.mjs';

const there = new Agent({ bind: '127.0.0.1', open: true });
there.on('incoming_call', async call => {
    const audio = await call.answer({ rate: 8000 });
    audio.pipe(audio);
});
const [udp] = await there.listening();
const agent = new Agent({ bind: '127.0.0.1' });
const call = await agent.call(`sip:x@127.0.0.1:${udp.port}`, { rate: 8000 });
let heard = 0;
call.audio.on('data', pcm => {
    heard += pcm.length;
    call.audio.write(pcm);
    if (heard === pcm.length) parentPort.postMessage('talking');
});
parentPort.on('message', async () => {
    await call.hangup();
    await Promise.all([agent.close(), there.close()]);
    parentPort.postMessage(heard);
    parentPort.close();
});
