'use strict';

// The two scripts of every JsSIP tutorial, as a person runs them; and a UA in a worker.

const assert = require('node:assert/strict');
const { execFile } = require('node:child_process');
const { once } = require('node:events');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { test, afterEach } = require('node:test');
const { promisify } = require('node:util');
const { Worker } = require('node:worker_threads');
const { registrar, registered, closeAll, event, root } = require('./jssip_support.cjs');

afterEach(closeAll);

const run = (name, args = [], env = {}) =>
    promisify(execFile)(process.execPath, [path.join(root, 'examples', name), ...args], {
        timeout: 30000,
        env: { ...process.env, ...env },
    });

test("the tutorial's message: delivered, and the process ends by itself", async () => {
    const { stdout } = await run('jssip-message.mjs');
    assert.equal(stdout, 'alice says: hello from alice\nmessage delivered: 200\n');
});

test("the tutorial's call: confirmed, heard, ended, and the process ends by itself", async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sipua-jssip-'));
    try {
        const tone = new Int16Array(16000).map((_, i) => 8000 * Math.sin((2 * Math.PI * 440 * i) / 16000));
        const [sound, heard] = ['sound.raw', 'heard.raw'].map((name) => path.join(folder, name));
        fs.writeFileSync(sound, Buffer.from(tone.buffer));
        const { stdout } = await run('jssip-call.mjs', [], { SOUND: sound, HEARD: heard });
        assert.match(stdout, /^(call is in progress\n)?call confirmed\ncall ended with cause: Terminated\n$/);
        const echo = new Int16Array(Uint8Array.from(fs.readFileSync(heard)).buffer);
        assert.ok(echo.length > 16000, `${echo.length} samples`);
        assert.ok(
            echo.some((sample) => Math.abs(sample) > 3000),
            'the echo is silent',
        );
    } finally {
        fs.rmSync(folder, { recursive: true });
    }
});

test("both against a server of one's own, and failing with a status other than 0", async () => {
    const server = await registrar();
    const bob = await registered(server, 'bob');
    const address = `udp:127.0.0.1:${server.ports.udp}`;
    const arrived = event(bob, 'newMessage').then(({ message, request }) => {
        message.accept();
        return request.body;
    });
    const alice = [address, 'sip:alice@127.0.0.1', 'secret'];
    assert.equal(
        (await run('jssip-message.mjs', [...alice, 'bob', 'from the command line'])).stdout,
        'message delivered: 200\n',
    );
    assert.equal(await arrived, 'from the command line');
    await assert.rejects(run('jssip-call.mjs', [...alice, 'nobody']), (error) => {
        assert.equal(error.code, 1);
        assert.equal(error.stdout, 'call failed with cause: Not Found\n');
        return true;
    });
    await assert.rejects(run('jssip-message.mjs', [address, 'sip:alice@127.0.0.1', 'wrong', 'bob', 'x']), (error) => {
        assert.equal(error.stdout, 'not registered: Authentication Error\n');
        return true;
    });
});

test('a UA works in a worker, and a worker that is terminated in mid-call takes nothing with it', async () => {
    const server = await registrar();
    const bob = await registered(server, 'bob');
    const incoming = event(bob, 'newRTCSession');
    const worker = new Worker(
        `
        const { workerData, parentPort } = require('node:worker_threads');
        const JsSIP = require(workerData.module);
        const ua = new JsSIP.UA({ sockets: new JsSIP.WebSocketInterface(workerData.server, { bind: '127.0.0.1' }),
            uri: 'sip:alice@127.0.0.1', password: 'secret' });
        ua.on('registered', () => ua.call('bob', { eventHandlers: { confirmed: () => parentPort.postMessage('confirmed') } }));
        ua.start();
    `,
        {
            eval: true,
            workerData: { module: path.join(root, 'src/jssip/index.js'), server: `udp:127.0.0.1:${server.ports.udp}` },
        },
    );
    const { session } = await incoming;
    session.answer();
    assert.deepEqual(await once(worker, 'message'), ['confirmed']);
    await worker.terminate();
    assert.equal(session.isEstablished(), true);
    session.terminate();
});
