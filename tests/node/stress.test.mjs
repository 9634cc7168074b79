import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';

import { Agent } from '../../bindings/node/index.mjs';
import { sleep } from './support.mjs';

const counts = () => ['fd', 'task'].map(what => readdirSync(`/proc/self/${what}`).length);

test('a hundred calls at once, ended at random under garbage collection, leave nothing behind', { timeout: 120000 }, async t => {
    const there = new Agent({ bind: '127.0.0.1', open: true, listen: ['udp:127.0.0.1:0'] });
    const here = new Agent({ bind: '127.0.0.1' });
    t.after(() => Promise.all([here.close(), there.close()]));
    there.on('incoming_call', async call => {
        const audio = await call.answer({ rate: 8000 });
        audio.pipe(audio);
    });
    const [udp] = await there.listening();
    let heard = 0;
    const one = async i => {
        const call = await here.call(`sip:x@127.0.0.1:${udp.port}`, { rate: 8000 });
        call.audio.on('data', pcm => {
            heard += pcm.length;
            call.audio.write(pcm);
        });
        await sleep(Math.random() * 600);
        if (i % 4 === 0) call.audio.destroy();
        if (i % 5 === 0) globalThis.gc?.();
        const ended = await call.hangup();
        assert.equal(ended.established, true);
    };
    for (let round = 0; round < 2; round++) await Promise.all(Array.from({ length: 100 }, (_, i) => one(i)));
    assert.ok(heard > 0);
    // a call is over for one side some milliseconds before it is for the other
    for (const agent of [here, there]) while ((await agent.stats()).callsNow) await sleep(10);
});

test('agents created and closed in a loop leave no thread and no descriptor', { timeout: 120000 }, async () => {
    const make = async () => {
        const agent = new Agent({ bind: '127.0.0.1' });
        agent.on('incoming_call', () => {});
        await agent.listening();
        await agent.close({ drainMs: 0 });
    };
    await make();
    const before = counts();
    for (let i = 0; i < 100; i++) await make();
    const after = counts();
    assert.ok(after[0] <= before[0] + 1 && after[1] <= before[1] + 1, `${before} became ${after}`);
});
