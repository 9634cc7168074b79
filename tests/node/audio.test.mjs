import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { test } from 'node:test';

import { loudest, once, pair, sleep, tone } from './support.mjs';

async function talk(t, answer = {}, options = {}) {
    const { alice, bob, ...rest } = await pair(t);
    const taken = once(bob, 'incoming_call').then(async call => {
        await call.answer(answer);
        return call;
    });
    const here = await alice.call('bob', options);
    return { here, there: await taken, ...rest };
}

test('a stream that is piped in is heard whole, and ends when it was sent', async t => {
    const { here, there } = await talk(t, { rate: 16000 }, { rate: 16000 });
    let heard = 0;
    const lengths = [];
    there.audio.on('data', pcm => {
        lengths.push(pcm.length);
        if (loudest(pcm) > 1000) heard += 20;
    });
    const started = Date.now();
    const pieces = tone(1000, 16000).toString('latin1').match(/[\s\S]{1,333}/g).map(s => Buffer.from(s, 'latin1')); // odd sizes
    await pipeline(Readable.from(pieces), here.audio);
    const took = Date.now() - started;
    assert.ok(took > 700, `the last was handed over after ${took} ms: nobody was paced`);
    assert.equal(here.audio.queuedMs, 0);
    await sleep(200);
    assert.ok(heard > 600 && heard < 1500, `heard ${heard} ms of 1000`);
    assert.equal(here.established, true);
    assert.ok(lengths.every(length => length === 640), 'pieces of 20 ms');
});

test('write() pushes back while much is queued, and drains', async t => {
    const { here } = await talk(t);
    assert.equal(here.audio.write(tone(20, 16000)), true);
    assert.equal(here.audio.write(tone(1000, 16000)), false);
    const started = Date.now();
    await once(here.audio, 'drain');
    assert.ok(Date.now() - started > 500);
    assert.ok(here.audio.queuedMs <= here.audio.aheadMs + 20);
});

test('flush says what was playing, how far it came and what was dropped, here and in the library', async t => {
    const { here } = await talk(t);
    here.audio.send(tone(2000, 24000), { rate: 24000, segment: 'greeting' });
    here.audio.write(tone(1000, 16000)); // waits in the stream
    const marked = here.audio.mark('never');
    await sleep(500);
    const flushed = await here.audio.flush();
    assert.equal(flushed.segment, 'greeting');
    assert.ok(flushed.playedMs > 100 && flushed.playedMs < 1900, `${flushed.playedMs}`);
    const whole = flushed.playedMs + flushed.discardedMs;
    assert.ok(whole > 2600 && whole < 3400, `${whole}`);
    assert.equal((await marked).flushed, true);
    assert.equal(here.audio.queuedMs, 0);
    here.audio.write(tone(40, 16000));
    const mark = await here.audio.mark(7);
    assert.deepEqual([mark.mark, mark.flushed], [7, false]);
});

test('hearing goes on at another rate, in pieces of another length', async t => {
    const { here } = await talk(t, {}, { rate: 8000 });
    const iterator = here.audio.iterator({ destroyOnReturn: false });
    assert.equal((await iterator.next()).value.length % 320, 0);
    await iterator.return();
    here.audio.rate = 48000;
    here.audio.frameMs = 10;
    here.audio.read();
    const sizes = [];
    here.audio.on('data', pcm => sizes.push(pcm.length));
    while (sizes.length < 20) await sleep(20);
    assert.equal(sizes.at(-1), 960);
    assert.throws(() => {
        here.audio.rate = 44100;
    }, RangeError);
});

test('the end of a call ends its audio: readers read to the end, writers are not told off', async t => {
    const { here, there } = await talk(t);
    const reading = (async () => {
        let bytes = 0;
        for await (const pcm of here.audio) bytes += pcm.length;
        return bytes;
    })();
    await sleep(200);
    there.audio.write(tone(5000, 16000));
    await there.hangup();
    assert.ok(await reading > 3000);
    there.audio.write(tone(20, 16000)); // goes nowhere, and breaks nothing
    here.audio.write(tone(20, 16000));
    await sleep(50);
    assert.equal(there.audio.destroyed, true);
    await assert.rejects(Promise.resolve().then(() => here.audio.mark(1)), { name: 'CallEndedError' });
});

test('files are played and recorded', async t => {
    const folder = mkdtempSync(join(tmpdir(), 'sipua-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const pcm = tone(300, 8000);
    const head = Buffer.alloc(44);
    head.write('RIFF', 0);
    head.writeUInt32LE(36 + pcm.length, 4);
    head.write('WAVEfmt ', 8);
    [[16, 16, 4], [20, 1, 2], [22, 1, 2], [24, 8000, 4], [28, 16000, 4], [32, 2, 2], [34, 16, 2], [40, pcm.length, 4]]
        .forEach(([at, value, size]) => head.writeUIntLE(value, at, size));
    head.write('data', 36);
    const played = join(folder, 'in.wav');
    const recorded = join(folder, 'out.wav');
    writeFileSync(played, Buffer.concat([head, pcm]));
    const { here, there } = await talk(t);
    const recorder = there.record(recorded);
    const done = await here.play(played);
    assert.ok(done.durationMs >= 290 && done.durationMs <= 310, `${done.durationMs}`);
    await sleep(300);
    assert.equal((await recorder.stop()).target, recorded);
    assert.ok(loudest(readFileSync(recorded).subarray(44)) > 3000);
    const looping = here.play(played, { loop: true });
    await sleep(50);
    assert.equal((await looping.stop()).flushed, true);
    assert.throws(() => here.play(join(folder, 'none.wav')), { codeName: 'SIPUA_E_NOT_FOUND' });
});
