// What is done in and around a call: hold, transfer, digits, requests, conferences, bridges.
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { CallEndedError, Cause, EventType, SipError, SipuaError } from '../../bindings/node/index.mjs';
import { callBetween, hear, once, share, tone, two, until, uri } from './support.mjs';

/** An agent that answers whoever calls; the calls. */
function answering(agent) {
    const taken = [];
    agent.on('incoming_call', async call => {
        taken.push(call);
        await call.ring();
        await call.answer();
    });
    return taken;
}

const status = wanted => error => error instanceof SipError && error.status === wanted;

test('a call is held and goes on', async t => {
    const [left, right] = await two(t);
    const [near, far] = await callBetween(left, right);
    await near.hold();
    assert.ok(near.holding && !near.held);
    await until(() => far.held);
    await near.resume({ method: 'update' });
    assert.ok(!near.holding);
    await until(() => !far.held);
    far.audio.write(tone(2000, 16000));
    await hear(near.audio, 300);
    assert.ok(share(await hear(near.audio, 500), 440) > 0.8);
    await assert.rejects(near.hold({ method: 'magic' }), RangeError);
});

test('a hold that is refused leaves the call as it was', async t => {
    const [left, right] = await two(t);
    const [near, far] = await callBetween(left, right);
    const refuse = async change => {
        assert.ok(change.hold && !change.resume && change.call === far);
        assert.match(change.body.toString(), /a=sendonly/);
        await change.reject(488);
    };
    far.on('call_change_requested', refuse);
    await assert.rejects(near.hold(), status(488));
    assert.ok(!near.holding && !far.held && near.established);
    far.off('call_change_requested', refuse);
    await right.stats();
    await near.hold(); // while nobody takes the questions the stack agrees
    await until(() => far.held);
});

test('the program agrees to a change as an iterator, too', async t => {
    const [left, right] = await two(t);
    const [near, far] = await callBetween(left, right);
    const changes = right.changes();
    const agreeing = changes.next().then(({ value }) => value.accept());
    await near.hold();
    await agreeing;
    await until(() => far.held);
    await changes.return();
});

test('codecs are changed in a call', async t => {
    const [left, right] = await two(t);
    const [near, far] = await callBetween(left, right);
    assert.equal(near.codec, 'opus');
    await near.renegotiate({ codecs: ['pcmu'] });
    assert.equal(near.codec, 'PCMU');
    await until(() => far.codec === 'PCMU');
});

test('muting lets the peer hear silence', async t => {
    const [left, right] = await two(t);
    const [near, far] = await callBetween(left, right);
    await near.mute();
    await until(() => near.muted.send);
    assert.deepEqual(near.muted, { send: true, receive: false });
    near.audio.write(tone(2500, 16000));
    assert.equal(share(await hear(far.audio, 400), 440), 0);
    await near.unmute();
    await until(() => !near.muted.send);
    await hear(far.audio, 300);
    assert.ok(share(await hear(far.audio, 500), 440) > 0.8);
});

test('digits are collected', async t => {
    const [left, right] = await two(t);
    const [near, far] = await callBetween(left, right);
    let collecting = far.collect(4, { terminators: '#' });
    await near.sendDtmf('12#', { durationMs: 40, gapMs: 50 });
    let got = await collecting;
    assert.deepEqual([got.digits, got.state], ['12', 'terminator']);
    collecting = far.collect(2);
    await left.setOption('dtmf_method', 'info', near);
    await near.sendDtmf('34');
    assert.equal((await collecting).digits, '34');
    got = await far.collect(1, { timeoutMs: 50 });
    assert.deepEqual([got.digits, got.state], ['', 'timeout']);
    const giveUp = new AbortController();
    collecting = far.collect(1, { signal: giveUp.signal, timeoutMs: Infinity });
    await assert.rejects(far.collect(), error => error instanceof SipuaError && error.codeName === 'SIPUA_E_BUSY');
    giveUp.abort(new Error('enough'));
    await assert.rejects(collecting, /enough/);
    assert.equal((await far.collect(1, { timeoutMs: 50 })).state, 'timeout'); // another may begin
    collecting = far.collect();
    await far.hangup();
    assert.equal((await collecting).state, 'ended');
    await assert.rejects(far.collect(), CallEndedError);
});

test('the time for digits begins when their prompt ends', async t => {
    const folder = mkdtempSync(join(tmpdir(), 'sipua-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const pcm = tone(1500, 8000);
    const head = Buffer.alloc(44);
    head.write('RIFF', 0);
    head.writeUInt32LE(36 + pcm.length, 4);
    head.write('WAVEfmt ', 8);
    [[16, 16, 4], [20, 1, 2], [22, 1, 2], [24, 8000, 4], [28, 16000, 4], [32, 2, 2], [34, 16, 2], [40, pcm.length, 4]]
        .forEach(([at, value, size]) => head.writeUIntLE(value, at, size));
    head.write('data', 36);
    const prompt = join(folder, 'menu.wav');
    writeFileSync(prompt, Buffer.concat([head, pcm]));
    const [left, right] = await two(t);
    const [near, far] = await callBetween(left, right);
    const begun = performance.now();
    let got = await far.collect(1, { timeoutMs: 200, prompt });
    assert.deepEqual([got.digits, got.state], ['', 'timeout']);
    assert.ok(performance.now() - begun > 1200, `${performance.now() - begun}`);
    const collecting = far.collect(2, { betweenMs: 200, prompt });
    await near.sendDtmf('7'); // it breaks the prompt off
    got = await collecting;
    assert.deepEqual([got.digits, got.state], ['7', 'timeout']);
    await assert.rejects(far.collect(1, { prompt: join(folder, 'none.wav') }), { codeName: 'SIPUA_E_NOT_FOUND' });
    await assert.rejects(far.collect(1, { prompt: 5 }), TypeError);
    assert.equal((await far.collect(1, { timeoutMs: 50 })).state, 'timeout');
});

test('requests inside a call have answers', async t => {
    const [left, right] = await two(t);
    const [near, far] = await callBetween(left, right);
    const info = once(far, 'info');
    assert.equal((await near.info(Buffer.from([1, 2]), { contentType: 'application/x-test' })).status, 200);
    const { body, contentType } = await info;
    assert.deepEqual([[...body], contentType], [[1, 2], 'application/x-test']);
    await assert.rejects(near.request('FOO'), error => error instanceof SipError && [405, 501].includes(error.status));
    await assert.rejects(near.request('BYE'), SipuaError);
    far.on('message', async message => {
        assert.ok(message.call === far && message.text === 'inside');
        await message.accept();
    });
    await right.stats(); // it takes messages by now
    assert.equal((await near.message('inside')).status, 200);
});

test('a call is transferred to somebody else', async t => {
    const [left, right, third] = await two(t, 3);
    const arrived = answering(third);
    const [near, far] = await callBetween(left, right);
    const following = once(right, 'transfer_requested').then(wish => {
        assert.ok(wish.call === far && wish.target === uri(third, 'carol'));
        return wish.accept();
    });
    await right.stats();
    const transfer = near.transfer(uri(third, 'carol'));
    assert.equal((await transfer).status, 200);
    const told = [];
    for await (const event of transfer.events()) told.push(event.type);
    assert.ok(told.includes(EventType.TRANSFER_PROGRESS) && told.at(-1) === EventType.TRANSFER_DONE);
    assert.equal((await near.waitEnded()).cause, Cause.TRANSFERRED);
    const call = await following;
    await call.answered();
    assert.ok(arrived[0].referredBy);
    await call.hangup();
});

test('a transfer that nobody takes fails, and the call goes on', async t => {
    const [left, right] = await two(t);
    const [near, far] = await callBetween(left, right);
    await assert.rejects(Promise.resolve(near.transfer('sip:nobody@127.0.0.1')), status(603));
    assert.ok(near.established && far.established);
    assert.throws(() => near.transfer(far), SipuaError); // of another agent
    right.on('transfer_requested', () => {
        throw new Error('of the listener');
    });
    const reported = once(right, 'error');
    await right.stats();
    await assert.rejects(Promise.resolve(near.transfer('sip:nobody@127.0.0.1')), status(500));
    assert.match((await reported).message, /of the listener/);
});

test('an attended transfer replaces the consultation call', async t => {
    const [left, right, third] = await two(t, 3);
    const arrived = answering(third);
    const [near] = await callBetween(left, right);
    const consult = await left.call(uri(third, 'carol'));
    const following = once(right, 'transfer_requested').then(wish => wish.accept());
    await right.stats();
    await near.transfer(consult);
    const call = await following;
    await call.answered();
    await until(() => arrived[0].replacedBy?.established);
    assert.equal((await arrived[0].waitEnded()).cause, Cause.REPLACED);
    await consult.waitEnded();
    await call.hangup();
    await arrived[0].replacedBy.waitEnded();
});

test('a call is picked up by one that replaces it, if the program wants to', async t => {
    const [left, right, third] = await two(t, 3);
    const calls = right.calls({ replacing: true });
    const dialled = left.dial(uri(right));
    const { value: first } = await calls.next();
    await first.answer();
    await dialled.answered();
    const id = first.headers.get('Call-ID');
    const theirs = /tag=([^;>]+)/.exec(first.headers.get('From'))[1];
    const ours = /tag=([^;>]+)/.exec(dialled.headers.get('To'))[1];
    const picking = third.call(uri(right), { replaces: `${id};to-tag=${ours};from-tag=${theirs}` });
    const { value: second } = await calls.next();
    assert.equal(second.other, first);
    await second.answer();
    assert.equal((await first.waitEnded()).cause, Cause.REPLACED);
    await (await picking).hangup();
    await calls.return();
});

test('three talk in a conference, and nobody hears himself', async t => {
    const [left, right] = await two(t);
    const taken = answering(right);
    const calls = [await left.call(uri(right)), await left.call(uri(right))];
    const conference = left.conference();
    for (const call of calls) await conference.add(call);
    await until(() => conference.calls.length === 2 && taken.length === 2);
    await assert.rejects(conference.add(calls[0]), error => error.codeName === 'SIPUA_E_BUSY');
    taken[0].audio.write(tone(3500, 16000, 440));
    taken[1].audio.write(tone(3500, 16000, 1000));
    conference.audio.write(tone(3500, 16000, 1700));
    const listen = async audio => {
        await hear(audio, 600);
        return hear(audio, 600);
    };
    const [first, whole] = await Promise.all([listen(taken[0].audio), listen(conference.audio)]);
    assert.deepEqual([440, 1000, 1700].map(hz => share(first, hz) > 0.2), [false, true, true]);
    assert.deepEqual([440, 1000, 1700].map(hz => share(whole, hz) > 0.2), [true, true, false]);
    await conference.remove(calls[0]);
    await until(() => conference.calls.length === 1 && conference.calls[0] === calls[1]);
    await conference.end();
    assert.ok(calls[0].established && conference.ended);
    assert.throws(() => conference.play('x.wav'), SipuaError);
});

test('a B2BUA takes two lines', async t => {
    const [left, right, middle] = await two(t, 3);
    let bridge;
    middle.on('incoming_call', call => {
        bridge = middle.bridge(call, middle.dial(uri(right)));
    });
    const taken = answering(right);
    const call = await left.call(uri(middle));
    await until(() => taken[0]?.established && bridge.state === 'untouched');
    taken[0].audio.write(tone(2000, 16000));
    await hear(call.audio, 500);
    assert.ok(share(await hear(call.audio, 500), 440) > 0.8);
    await call.hangup();
    await taken[0].waitEnded();
    await bridge.waitEnded();
    right.removeAllListeners('incoming_call');
    await right.stats();
    await assert.rejects(left.call(uri(middle)), status(480));
});

test('draining refuses new calls and waits for the last', async t => {
    const [left, right] = await two(t);
    answering(right);
    const call = await left.call(uri(right));
    let drained = false;
    const draining = right.drain().then(() => {
        drained = true;
    });
    await right.stats();
    await assert.rejects(left.call(uri(right)), status(503));
    assert.ok(!drained);
    await call.hangup();
    await draining;
    await right.drain(false);
    await (await left.call(uri(right))).hangup();
});

test('redirects are followed when allowed', async t => {
    const [left, right, third] = await two(t, 3);
    answering(third);
    right.on('incoming_call', call => call.reject(302, { headers: { Contact: `<${uri(third, 'carol')}>` } }));
    await assert.rejects(left.call(uri(right)), status(302));
    await (await left.call(uri(right), { maxRedirects: 2 })).hangup();
});

test('a hang-up may carry a body', async t => {
    const [left, right] = await two(t);
    const [near, far] = await callBetween(left, right);
    const ended = await near.hangup({ q850: 16, body: 'ends=1\r\nnight=ü', contentType: 'application/x-why' });
    const said = await far.waitEnded();
    assert.deepEqual([said.q850, said.headers.get('Content-Type')], [16, 'application/x-why']);
    assert.ok(said.message.toString().endsWith('\r\n\r\nends=1\r\nnight=ü'));
    assert.equal(await near.hangup({ body: Buffer.from('too late') }), ended);
});

test('the caller says who he is', async t => {
    const [left, right] = await two(t);
    const incoming = once(right, 'incoming_call');
    await right.stats();
    const call = left.dial(uri(right), {
        fromName: 'Alice', assertedIdentity: 'sip:+4930@example.com',
        headers: { Diversion: '<sip:bob@example.com>;reason=no-answer', 'Call-Info': '<sip:x>;answer-after=2' },
    });
    const came = await incoming;
    assert.deepEqual([came.fromName, came.identity, came.diversion], ['Alice', 'sip:+4930@example.com', 'sip:bob@example.com']);
    assert.deepEqual([came.answerAfter, came.other, came.replaces], [2, null, '']);
    await came.reject(486, { q850: 17 });
    const ended = await call.waitEnded();
    assert.deepEqual([ended.status, ended.q850], [486, 17]);
});

test('what a call that ends cuts short says that it has ended', async t => {
    const [left, right] = await two(t);
    right.on('call_change_requested', () => {}); // nobody decides
    right.on('message', () => {});
    await right.stats();
    for (const cut of ['hold', 'message', 'dtmf']) {
        const [near, far] = await callBetween(left, right);
        await left.setOption('dtmf_method', 'info', near);
        const asked = cut === 'hold' && once(far, 'call_change_requested');
        const early = asked && assert.rejects(near.hold(), CallEndedError);
        await asked;
        const ended = near.hangup();
        if (cut === 'message') await assert.rejects(near.message('too late'), CallEndedError);
        if (cut === 'dtmf') await assert.rejects(near.sendDtmf('1'), CallEndedError);
        await Promise.all([early, ended, far.waitEnded()]);
    }
});

/** A peer that takes calls, and refuses whatever comes in them. */
async function grudging(t) {
    const socket = createSocket('udp4').bind(0, '127.0.0.1');
    await once(socket, 'listening');
    t.after(() => socket.close());
    const sdp = 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\n';
    const { port } = socket.address();
    socket.on('message', (data, from) => {
        const lines = data.toString().split('\r\n');
        const [method] = lines[0].split(' ');
        if (method === 'ACK') return;
        const body = method === 'INVITE' ? sdp : '';
        const said = lines.filter(line => /^(Via|From|Call-ID|CSeq|To):/.test(line))
            .map(line => (line.startsWith('To:') && !line.includes('tag=') ? `${line};tag=x` : line));
        socket.send([
            `SIP/2.0 ${['INVITE', 'BYE'].includes(method) ? '200 OK' : '403 Forbidden'}`, ...said, `Contact: <sip:127.0.0.1:${port}>`,
            'Content-Type: application/sdp', `Content-Length: ${body.length}`, '', body,
        ].join('\r\n'), from.port, from.address);
    });
    return `sip:127.0.0.1:${port}`;
}

test('digits that the peer refuses are an error', async t => {
    const [agent] = await two(t, 1);
    const call = await agent.call(await grudging(t));
    await assert.rejects(call.sendDtmf('12'), status(403));
    await call.hangup();
});
