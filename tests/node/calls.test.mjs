import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Agent, CallEndedError, SipError } from '../../bindings/node/index.mjs';
import { loudest, once, pair, sleep, tone } from './support.mjs';

test('a call is answered, echoes what it hears, hears digits, and is hung up', async t => {
    const { alice, bob, registrar } = await pair(t);
    const digits = [];
    bob.on('incoming_call', async call => {
        assert.equal(call.from, registrar.aor('alice'));
        assert.equal(call.headers.get('x-id'), '7');
        assert.equal(call.direction, 'incoming');
        assert.equal(call.account, bob);
        await call.ring();
        const audio = await call.answer({ rate: 8000 });
        audio.pipe(audio); // an echo
        call.on('dtmf', e => digits.push(e.digit));
    });
    const call = await alice.call('bob', { headers: { 'X-Id': '7' }, rate: 8000 });
    assert.equal(call.established, true);
    assert.match(call.codec, /opus|PCM/);
    let heard = 0;
    call.audio.on('data', pcm => {
        heard = Math.max(heard, loudest(pcm));
    });
    call.audio.write(tone(600, 8000));
    await call.audio.mark('said');
    await call.sendDtmf('1#');
    while (heard < 3000) await sleep(20);
    const stats = await call.stats();
    assert.ok(stats.packetsReceived > 0);
    const ended = await call.hangup();
    assert.equal(ended.cause, 'Terminated');
    assert.equal(ended.established, true);
    while (digits.length < 2) await sleep(10); // told to the other side's program, in its own time
    assert.deepEqual(digits, ['1', '#']);
    assert.equal((await call.stats()).packetsReceived >= stats.packetsReceived, true);
});

test('a refused call is a SipError with status, reason and cause', async t => {
    const { alice, bob } = await pair(t);
    bob.on('incoming_call', call => call.reject(486));
    await assert.rejects(alice.call('bob'), error => {
        assert.ok(error instanceof SipError);
        assert.deepEqual([error.status, error.reason, error.cause], [486, 'Busy Here', 'Busy']);
        return true;
    });
    await assert.rejects(alice.call('nobody'), { status: 404, cause: 'Not Found' });
});

test('nobody listens: the caller gets 480; a listener that goes away again leaves it so', async t => {
    const { alice, bob } = await pair(t);
    await assert.rejects(alice.call('bob'), { status: 480 });
    const listener = call => call.answer();
    bob.on('incoming_call', listener);
    await (await alice.call('bob')).hangup();
    bob.off('incoming_call', listener);
    await assert.rejects(alice.call('bob'), { status: 480 });
});

test('an aborted signal sends CANCEL while it rings', async t => {
    const { alice, bob } = await pair(t);
    const abort = new AbortController();
    const rang = new Promise(resolve => {
        bob.on('incoming_call', async call => {
            await call.ring();
            resolve(call);
        });
    });
    const calling = alice.call('bob', { signal: abort.signal });
    const ringing = await rang;
    abort.abort(new Error('changed my mind'));
    await assert.rejects(calling, { message: 'changed my mind' });
    const ended = await ringing.waitEnded();
    assert.equal(ended.cause, 'Canceled');
    await assert.rejects(alice.call('bob', { signal: AbortSignal.abort() }), { name: 'AbortError' });
});

test('an abort that crosses the answer is ACK and BYE: nobody is left in the call', async t => {
    const { alice, bob } = await pair(t);
    for (let i = 0; i < 10; i++) {
        const abort = new AbortController();
        const got = new Promise(resolve => bob.once('incoming_call', resolve));
        const calling = alice.call('bob', { signal: abort.signal }).then(call => call.hangup(), error => error);
        const call = await got;
        call.answer().catch(() => {});
        if (i % 2) await sleep(i / 2);
        abort.abort();
        await calling;
        await call.waitEnded();
    }
});

test('both sides are iterated: calls come one by one, events of a call from its start to its end', async t => {
    const { alice, his } = await pair(t);
    const taken = (async () => {
        const names = [];
        for await (const call of his.calls()) {
            await call.answer();
            for await (const event of call.events()) names.push(event.name);
            return names;
        }
    })();
    const call = await alice.call('bob');
    await call.hangup();
    const names = await taken;
    assert.equal(names[0], 'incoming_call');
    assert.ok(names.includes('call_accepted'));
    assert.equal(names.at(-1), 'call_ended');
});

test('a bot that fails ends its call and harms no other', async t => {
    const { alice, bob, his } = await pair(t);
    const errors = [];
    his.on('error', error => errors.push(error.message));
    bob.once('incoming_call', async () => {
        throw new Error('bot down');
    });
    await assert.rejects(alice.call('bob'), { status: 500 });
    bob.once('incoming_call', async call => {
        await call.answer();
        throw new Error('bot down later');
    });
    const call = await alice.call('bob');
    assert.equal((await call.waitEnded()).cause, 'Terminated');
    assert.deepEqual(errors, ['bot down', 'bot down later']);
    bob.once('incoming_call', () => {
        throw new Error('at once');
    });
    await assert.rejects(alice.call('bob'), { status: 500 });
    bob.once('message', async () => {
        throw new Error('message lost');
    });
    await assert.rejects(alice.message('bob', 'x'), { status: 500 });
    bob.once('message', () => {
        throw new Error('message lost at once');
    });
    await assert.rejects(alice.message('bob', 'x'), { status: 500 });
    assert.deepEqual(errors.slice(2), ['at once', 'message lost', 'message lost at once']);
});

test('what waits on a call that ends is told so', async t => {
    const { alice, bob } = await pair(t);
    bob.on('incoming_call', async call => {
        await call.answer();
        await sleep(50);
        await call.hangup();
    });
    const call = await alice.call('bob');
    await assert.rejects(call.sendDtmf(',,,1'), CallEndedError);
    await assert.rejects(call.sendDtmf('1'), CallEndedError);
    assert.equal((await call.hangup()).name, 'call_ended');
});

test('direct calls need no account', async t => {
    const a = new Agent({ bind: '127.0.0.1' });
    const b = new Agent({ bind: '127.0.0.1', open: true });
    t.after(() => Promise.all([a.close(), b.close()]));
    b.on('incoming_call', call => call.answer());
    const [udp] = await b.listening();
    const call = await a.call(`sip:anyone@127.0.0.1:${udp.port}`, { from: 'sip:me@example.com' });
    assert.equal(call.account, null);
    const stats = await a.stats();
    assert.equal(stats.callsNow, 1);
    await b.close();
    assert.equal((await call.waitEnded()).name, 'call_ended');
});

test('messages are delivered, answered and refused', async t => {
    const { alice, bob } = await pair(t);
    await assert.rejects(alice.message('bob', 'anybody there?'), { status: 405 });
    bob.on('message', async m => {
        if (m.text === 'no') await m.reject(603, { reason: 'Not Now' });
        else await m.accept();
    });
    const heard = once(bob, 'message');
    const delivered = await alice.message('bob', 'grüße', { headers: { 'X-A': ['1', '2'] } });
    assert.equal(delivered.status, 200);
    const message = await heard;
    assert.equal(message.text, 'grüße');
    assert.deepEqual(message.headers.getAll('x-a'), ['1', '2']);
    await assert.rejects(message.accept(), { codeName: 'SIPUA_E_STATE' });
    await assert.rejects(alice.message('bob', 'no'), { status: 603, reason: 'Not Now' });
    assert.equal((await alice.options('bob')).status, 200);
});
