import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { test } from 'node:test';
import { Agent } from '../../bindings/node/index.mjs';
import { Registrar } from '../../bindings/node/testing.mjs';
import { tone } from './support.mjs';

const run = promisify(execFile);
const example = name => fileURLToPath(new URL(`../../bindings/node/examples/${name}`, import.meta.url));

/** A mono WAV file of 16 bit. */
function wav(pcm, rate) {
    const head = Buffer.alloc(44);
    head.write('RIFF', 0);
    head.writeUInt32LE(36 + pcm.length, 4);
    head.write('WAVEfmt ', 8);
    head.writeUInt32LE(16, 16);
    head.writeUInt16LE(1, 20);
    head.writeUInt16LE(1, 22);
    head.writeUInt32LE(rate, 24);
    head.writeUInt32LE(2 * rate, 28);
    head.writeUInt16LE(2, 32);
    head.writeUInt16LE(16, 34);
    head.write('data', 36);
    head.writeUInt32LE(pcm.length, 40);
    return Buffer.concat([head, pcm]);
}

test('the first call is made, heard and recorded', async t => {
    const folder = mkdtempSync(join(tmpdir(), 'sipua-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const { stdout } = await run(process.execPath, [example('first-call.mjs'), folder]);
    assert.match(stdout, /message from .*Hi Bob/);
    assert.match(stdout, /hung up after/);
    for (const name of ['alice.wav', 'bob.wav']) assert.ok(statSync(join(folder, name)).size > 50000, name);
});

test('the echo bot answers', async () => {
    const { stdout } = await run(process.execPath, [example('echo-bot.mjs')]);
    assert.match(stdout, /heard \d+ packets/);
});

test('the IVR shows itself', async () => {
    const { stdout, stderr } = await run(process.execPath, [example('ivr.mjs')]);
    assert.match(stdout, /^ready\n.*alice.* talks with 200\n$/);
    assert.equal(stderr, '');
});

test('the IVR transfers to the extension, and leaves in peace', async t => {
    const folder = mkdtempSync(join(tmpdir(), 'sipua-'));
    t.after(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'prompt.wav'), wav(tone(300, 8000), 8000));
    const registrar = new Registrar({ desk: 's', alice: 's', 200: 's' });
    await registrar.start();
    const [alice, bob] = [new Agent({ bind: '127.0.0.1' }), new Agent({ bind: '127.0.0.1' })];
    const caller = await alice.register(registrar.aor('alice'), { password: 's' });
    bob.on('incoming_call', call => call.answer());
    await bob.register(registrar.aor('200'), { password: 's' });
    const process_ = spawn(process.execPath, [example('ivr.mjs'), registrar.aor('desk'), 's', join(folder, 'prompt.wav')]);
    t.after(() => process_.kill('SIGKILL'));
    let complaints = '';
    process_.stderr.on('data', text => { complaints += text; });
    const said = createInterface(process_.stdout)[Symbol.asyncIterator]();
    const line = async () => (await said.next()).value;
    assert.equal(await line(), 'ready');
    const left = await caller.call('desk');
    await left.hangup(); // in the middle of the menu: it takes the next all the same
    const wishes = alice.transfers();
    const call = await caller.call('desk');
    await call.sendDtmf('999');
    await (await wishes.next()).value.reject(486);
    assert.match(await line(), /^999: 486 Busy Here/);
    await call.sendDtmf('200');
    const next = await (await wishes.next()).value.accept();
    await next.answered();
    assert.match(await line(), /talks with 200$/);
    await next.hangup();
    process_.kill('SIGTERM');
    assert.equal(await new Promise(resolve => process_.on('exit', resolve)), 0);
    assert.equal(complaints, '');
    await Promise.all([alice.close(), bob.close()]);
    await registrar.stop();
});
