// How agents begin and end: processes, workers, garbage, iteration, disposal.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';

import { Agent } from '../../bindings/node/index.mjs';
import { Registrar } from '../../bindings/node/testing.mjs';
import { once, pair, sleep } from './support.mjs';

const LEAVES = Number(process.env.SIPUA_TEST_LEAVES ?? 100);
const app = name => fileURLToPath(new URL(`apps/${name}`, import.meta.url));
const index = new URL('../../bindings/node/index.mjs', import.meta.url).href;

/** Runs a script, and resolves to how it ended. */
const run = (args, ms = 20000) => new Promise(resolve => {
    const started = Date.now();
    execFile(process.execPath, args, { timeout: ms }, (error, out, err) =>
        resolve({ code: error ? error.code : 0, signal: error?.signal ?? null, out, err, ms: Date.now() - started }));
});
const script = (text, ms) => run(['--input-type=module', '-e', `import { Agent } from '${index}';\n${text}`], ms);

test('leaving the process in mid-call, a hundred times, never crashes', { timeout: 280000 }, async () => {
    const expected = { exit: [7, null], throw: [1, null], unref: [0, null], signal: [null, 'SIGTERM'] };
    const ways = Object.keys(expected);
    for (let i = 0; i < LEAVES; i += 4) {
        const ended = await Promise.all([0, 1, 2, 3].map(k => run([app('leave.mjs'), ways[(i + k) % 4], `${(i * 3) % 50}`])));
        ended.forEach(({ code, signal, err }, k) => assert.deepEqual([code, signal], expected[ways[(i + k) % 4]], err));
    }
});

test('a process with an idle agent ends by itself', async () => {
    const idle = await script("const agent = new Agent({ bind: '127.0.0.1' }); await agent.listening(); agent.account('sip:a@b');");
    assert.deepEqual([idle.code, idle.err], [0, '']);
    const heard = await script("const agent = new Agent({ bind: '127.0.0.1' }); const f = () => {}; agent.on('incoming_call', f); agent.off('incoming_call', f);");
    assert.deepEqual([heard.code, heard.err], [0, '']);
    const over = await script(`const b = new Agent({ bind: '127.0.0.1', open: true, listen: ['udp:127.0.0.1:0'] });
        b.once('incoming_call', call => call.answer());
        const [udp] = await b.listening();
        const a = new Agent({ bind: '127.0.0.1' });
        const call = await a.call('sip:x@127.0.0.1:' + udp.port);
        await call.hangup();`);
    assert.deepEqual([over.code, over.err], [0, '']);
});

test('a process that listens for calls, or is registered, stays until it is told otherwise', async t => {
    const stays = [
        "new Agent({ bind: '127.0.0.1' }).on('incoming_call', () => {}); console.log('up');",
        "const calls = new Agent({ bind: '127.0.0.1' }).calls(); console.log('up'); for await (const call of calls);",
    ];
    const registrar = await new Registrar({ a: 'b' }).start();
    t.after(() => registrar.stop());
    stays.push(`const agent = new Agent({ bind: '127.0.0.1' });
        await agent.register('${registrar.aor('a')}', { password: 'b' }); console.log('up');`);
    for (const text of stays) {
        const child = spawn(process.execPath, ['--input-type=module', '-e', `import { Agent } from '${index}';\n${text}`]);
        await new Promise(resolve => child.stdout.once('data', resolve));
        await sleep(200);
        assert.equal(child.exitCode, null, text);
        child.kill();
        await once(child, 'close');
    }
    const left = await script(`const agent = new Agent({ bind: '127.0.0.1' });
        await agent.register('${registrar.aor('a')}', { password: 'b' }); agent.unref();`);
    assert.deepEqual([left.code, left.err], [0, '']);
    const closed = await script("const agent = new Agent({ bind: '127.0.0.1' }); agent.on('incoming_call', () => {}); await agent.close();");
    assert.deepEqual([closed.code, closed.err], [0, '']);
});

const talking = () => {
    const worker = new Worker(app('worker.mjs'));
    return new Promise((resolve, reject) => {
        worker.once('message', () => resolve(worker));
        worker.once('error', reject);
    });
};

test('two workers at once, each with a call, and the main thread with a third', async t => {
    const { alice, bob } = await pair(t);
    bob.on('incoming_call', call => call.answer());
    const [one, two, call] = await Promise.all([talking(), talking(), alice.call('bob')]);
    for (const worker of [one, two]) {
        const heard = once(worker, 'message');
        const left = once(worker, 'exit');
        worker.postMessage('enough');
        assert.ok(await heard > 0);
        assert.equal(await left, 0);
    }
    await call.hangup();
});

test('workers are terminated in mid-call, again and again', { timeout: 120000 }, async () => {
    for (let i = 0; i < 10; i++) {
        const workers = await Promise.all([talking(), talking()]);
        await sleep(i * 5);
        await Promise.all(workers.map(worker => worker.terminate()));
    }
});

test('an agent that nobody holds is freed by the garbage collector, with its sockets and threads', { skip: !globalThis.gc }, async () => {
    const { readdirSync } = await import('node:fs');
    const counts = () => ['fd', 'task'].map(what => readdirSync(`/proc/self/${what}`).length);
    const make = async () => {
        const agent = new Agent({ bind: '127.0.0.1' });
        await agent.listening();
        await agent.stats();
    };
    await make();
    for (let i = 0; i < 5; i++) {
        globalThis.gc();
        await sleep(10);
    }
    const before = counts();
    for (let i = 0; i < 20; i++) await make();
    for (let i = 0; i < 20; i++) {
        globalThis.gc();
        await sleep(10);
    }
    const after = counts();
    assert.ok(after[0] <= before[0] + 2 && after[1] <= before[1] + 2, `${before} became ${after}`);
});

test('garbage collection in mid-call harms nothing, and events outlive their agent', { skip: !globalThis.gc }, async t => {
    const { alice, bob, hers } = await pair(t);
    bob.on('incoming_call', async call => {
        const audio = await call.answer();
        audio.pipe(audio);
    });
    const seen = [];
    hers.on('call_accepted', e => seen.push(e));
    for (let i = 0; i < 10; i++) {
        const call = await alice.call('bob');
        call.audio.on('data', () => {});
        globalThis.gc();
        await sleep(20);
        globalThis.gc();
        await call.hangup();
    }
    await hers.close();
    globalThis.gc();
    for (const event of seen) {
        assert.equal(JSON.parse(event.json()).event, 'call_accepted');
        assert.match(event.message.toString(), /^SIP\/2.0 200 OK\r\n/);
        assert.ok(event.headers.getAll('Via').length > 0);
    }
});

test('a call that nobody holds goes on', { skip: !globalThis.gc }, async t => {
    const { alice, bob } = await pair(t);
    let ended = false;
    bob.on('incoming_call', async call => {
        call.on('call_ended', () => {
            ended = true;
        });
        await call.answer();
    });
    await alice.call('bob');
    globalThis.gc();
    await sleep(100);
    globalThis.gc();
    await sleep(100);
    assert.equal(ended, false);
});

test('agents, accounts and calls are disposed of', async t => {
    const registrar = await new Registrar({ a: 'b' }).start();
    const agent = new Agent({ bind: '127.0.0.1', open: true });
    t.after(() => Promise.all([agent.close(), registrar.stop()]));
    agent.on('incoming_call', call => call.answer());
    const account = await agent.register(registrar.aor('a'), { password: 'b' });
    const [udp] = await agent.listening();
    const call = await agent.call(`sip:x@127.0.0.1:${udp.port}`);
    await call[Symbol.asyncDispose]();
    assert.equal(call.ended.name, 'call_ended');
    while (registrar.bindings.a?.length !== 1) await sleep(5);
    await account[Symbol.asyncDispose]();
    while (registrar.bindings.a.length) await sleep(5);
    await agent[Symbol.asyncDispose]();
    assert.equal(agent.closed, true);
    await registrar[Symbol.asyncDispose]();
});

test('closing an agent says BYE, unregisters, and ends whatever waits', async t => {
    const { alice, bob, hers, registrar } = await pair(t);
    bob.on('incoming_call', call => call.answer());
    const heard = once(bob, 'incoming_call');
    const call = await alice.call('bob');
    const waiting = assert.rejects(call.sendDtmf(',,,,,,1'), { name: /CallEndedError|SipuaError/ });
    const events = (async () => {
        const names = [];
        for await (const event of hers.events()) names.push(event.name);
        return names;
    })();
    await hers.close();
    await waiting;
    assert.equal(call.ended.name, 'call_ended');
    assert.equal((await (await heard).waitEnded()).cause, 'Terminated');
    const names = await events;
    assert.equal(names.at(-1), 'shutdown');
    assert.ok(names.includes('unregistered'));
    while (registrar.bindings.alice.length) await sleep(5);
});

test('a listener that throws is an uncaught exception of the program, and the events go on', async () => {
    const { code, out } = await script(`process.on('uncaughtException', e => console.log('caught', e.message));
        const agent = new Agent({ bind: '127.0.0.1' });
        agent.once('listening', () => { throw new Error('mine'); });
        await agent.listening();
        console.log('still here');`);
    assert.equal(code, 0);
    assert.match(out, /caught mine/);
    assert.match(out, /still here/);
});

test('what is registered wrongly fails with the server\'s word, and leaves nothing behind', async t => {
    const { hers, registrar } = await pair(t);
    await assert.rejects(hers.register(registrar.aor('alice'), { password: 'wrong' }), { name: 'SipError', status: 401 });
    while ((await hers.stats()).accountsNow !== 1) await sleep(10); // its end is on the way
});
