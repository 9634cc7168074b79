'use strict';

const assert = require('node:assert/strict');
const { test, describe, afterEach } = require('node:test');
const { JsSIP, registrar, ua, registered, closeAll, pair, talk, until, event, wait } = require('./jssip_support.cjs');

afterEach(closeAll);

const EVENTS = [
    'peerconnection',
    'connecting',
    'sending',
    'progress',
    'accepted',
    'confirmed',
    'ended',
    'failed',
    'muted',
    'unmuted',
    'sdp',
];
const C = JsSIP.RTCSession.C;
const NO = { name: 'NOT_SUPPORTED_ERROR', code: 3 };

/** Notes the names of a session's events in order. */
function note(session) {
    const names = [];
    for (const name of EVENTS) session.on(name, () => names.push(name));
    return names;
}

describe('a call', () => {
    test("has JsSIP's events, states and getters on both sides", async () => {
        let incoming;
        let names;
        const { alice } = await pair((session, { request }) => {
            incoming = session;
            names = note(session);
            assert.equal(session.direction, 'incoming');
            assert.equal(session.status, C.STATUS_WAITING_FOR_ANSWER);
            assert.equal(session.connection, null);
            assert.equal(request.method, 'INVITE');
            assert.equal(request.getHeader('X-Foo'), 'bar');
            assert.equal(session.id, request.call_id + request.from_tag);
            assert.equal(session.remote_identity.uri.user, 'alice');
            setTimeout(() => session.answer({ extraHeaders: ['X-Answer: yes'] }), 50);
        });
        let announced;
        alice.on('newRTCSession', (data) => {
            announced = data;
        });
        const order = [];
        const eventHandlers = Object.fromEntries(EVENTS.map((name) => [name, () => order.push(name)]));
        const session = alice.call('bob', { eventHandlers, extraHeaders: ['X-Foo: bar'], data: { mine: 1 } });
        assert.equal(announced.session, session); // at once
        assert.equal(announced.originator, 'local');
        assert.equal(announced.request.method, 'INVITE');
        assert.equal(session.status, C.STATUS_NULL);
        assert.equal(session.isInProgress(), true);
        assert.deepEqual(session.data, { mine: 1 });
        assert.ok(session.connection);
        assert.ok(session.id);

        const progress = await event(session, 'progress');
        assert.equal(progress.originator, 'remote');
        assert.equal(progress.response.status_code, 180);
        assert.equal(session.status, C.STATUS_1XX_RECEIVED);
        const accepted = await event(session, 'accepted');
        assert.equal(accepted.originator, 'remote');
        assert.equal(accepted.response.getHeader('X-Answer'), 'yes');
        assert.ok(session.start_time instanceof Date);
        await until(() => incoming.status === C.STATUS_CONFIRMED && order.includes('confirmed'));
        assert.equal(session.isEstablished(), true);
        assert.equal(session.status, C.STATUS_CONFIRMED);
        assert.ok(announced.request.call_id); // known by now

        const ended = event(incoming, 'ended');
        session.terminate();
        assert.equal(session.isEnded(), true);
        assert.ok(session.end_time instanceof Date);
        const { originator, message, cause } = await ended;
        assert.deepEqual([originator, message.method, cause], ['remote', 'BYE', JsSIP.C.causes.BYE]);
        assert.deepEqual(order, [
            'peerconnection',
            'connecting',
            'sending',
            'progress',
            'sdp',
            'accepted',
            'confirmed',
            'ended',
        ]);
        assert.deepEqual(names, ['progress', 'peerconnection', 'sdp', 'connecting', 'accepted', 'confirmed', 'ended']);
        assert.throws(() => session.terminate(), { name: 'INVALID_STATE_ERROR', status: C.STATUS_TERMINATED });
    });

    test('answered inside the handler, with the ACK told to the callee', async () => {
        let confirmed;
        const { alice } = await pair((session) => {
            confirmed = event(session, 'confirmed');
            session.answer();
            assert.equal(session.status, C.STATUS_ANSWERED);
            assert.throws(() => session.answer(), { name: 'INVALID_STATE_ERROR' });
        });
        const session = alice.call('bob');
        assert.throws(() => session.answer(), NO);
        await event(session, 'confirmed');
        const { originator, ack } = await confirmed;
        assert.equal(originator, 'remote');
        assert.equal(ack.method, 'ACK');
    });

    test("refused: failed with status and cause on the caller's side, Rejected on the callee's", async () => {
        let failed;
        const { alice } = await pair((session) => {
            failed = event(session, 'failed');
            session.terminate({ status_code: 486, reason_phrase: 'In A Meeting', extraHeaders: ['X-Why: meeting'] });
        });
        const session = alice.call('bob');
        const { originator, message, cause } = await event(session, 'failed');
        assert.deepEqual([originator, cause, message.status_code], ['remote', 'Busy', 486]);
        assert.equal(message.reason_phrase, 'In A Meeting');
        assert.equal(message.getHeader('X-Why'), 'meeting');
        assert.deepEqual(await failed, { originator: 'local', message: null, cause: 'Rejected' });
    });

    test('terminate() of an incoming call says 480 by itself, and refuses codes that are none', async () => {
        const { alice } = await pair((session) => {
            assert.throws(() => session.terminate({ status_code: 200 }), TypeError);
            session.terminate();
        });
        assert.equal((await event(alice.call('bob'), 'failed')).cause, 'Unavailable');
    });

    test('canceled by the caller while it rings', async () => {
        let failed;
        const { alice } = await pair((session) => {
            failed = event(session, 'failed');
        });
        const session = alice.call('bob');
        await event(session, 'progress');
        const ours = event(session, 'failed');
        session.terminate({ status_code: 487, reason_phrase: 'Changed my mind' });
        assert.equal(session.status, C.STATUS_CANCELED);
        assert.deepEqual(await ours, { originator: 'local', message: null, cause: 'Canceled' });
        const { originator, message, cause } = await failed;
        assert.deepEqual([originator, message.method, cause], ['remote', 'CANCEL', 'Canceled']);
    });

    test('hung up with a status: the other side sees it in a Reason header', async () => {
        const { ours, theirs } = await talk();
        const ended = event(theirs, 'ended');
        ours.terminate({
            status_code: 503,
            reason_phrase: 'Going "down"',
            extraHeaders: ['X-Bye: 1'],
            cause: 'My Own',
        });
        const { message } = await ended;
        assert.equal(message.getHeader('Reason'), 'SIP;cause=503;text="Going down"');
        assert.equal(message.getHeader('X-Bye'), '1');
    });

    test('a BYE and a refusal may have a body, of the type that the headers say', async () => {
        const { ours, theirs } = await talk();
        const ended = event(theirs, 'ended');
        ours.terminate({ body: '{"rating":5}', extraHeaders: ['Content-Type: application/json'] });
        const { message } = await ended;
        assert.deepEqual([message.getHeader('Content-Type'), message.body], ['application/json', '{"rating":5}']);
        const { alice } = await pair((session) => session.terminate({ body: 'full', extraHeaders: ['Content-Type: text/plain'] }));
        const refused = (await event(alice.call('bob'), 'failed')).message;
        assert.deepEqual([refused.getHeader('Content-Type'), refused.body], ['text/plain', 'full']);
        const { alice: caller } = await pair(() => {});
        const session = caller.call('bob');
        await event(session, 'progress');
        session.terminate({ body: 'a CANCEL goes without' });
        assert.equal(session.isEnded(), true);
    });

    test('a CANCEL that crosses the answer leaves no ghost call (JsSIP does)', async () => {
        let theirs;
        const { alice } = await pair((session) => {
            theirs = session;
        });
        const session = alice.call('bob');
        await event(session, 'progress');
        theirs.answer();
        session.terminate();
        await until(() => theirs.isEnded());
    });

    test('terminated before it was sent, inside newRTCSession and inside sending', async () => {
        const { alice } = await pair(() => assert.fail('nothing was to be sent'));
        alice.once('newRTCSession', ({ session }) => session.terminate());
        assert.equal(alice.call('bob').status, C.STATUS_CANCELED);
        const second = alice.call('bob', { eventHandlers: { sending: () => second.terminate() } });
        assert.equal((await event(second, 'failed')).cause, 'Canceled');
        await wait(100);
    });

    test('nobody there, nobody listening, and a UA that is not started', async () => {
        const { alice, server } = await pair(null);
        assert.equal((await event(alice.call('nobody'), 'failed')).cause, 'Not Found');
        assert.equal((await event(alice.call('bob'), 'failed')).message.status_code, 405);
        const off = ua(server, 'alice');
        assert.deepEqual(await event(off.call('bob'), 'failed'), {
            originator: 'system',
            message: null,
            cause: 'Connection Error',
        });
    });

    test('not answered within no_answer_timeout: No Answer, and 408 for the caller', async () => {
        const server = await registrar();
        const [alice, bob] = await Promise.all([
            registered(server, 'alice'),
            registered(server, 'bob', { no_answer_timeout: 1 }),
        ]);
        const incoming = event(bob, 'newRTCSession');
        const session = alice.call('bob');
        const failed = event(session, 'failed');
        const theirs = await event((await incoming).session, 'failed');
        assert.deepEqual(theirs, { originator: 'local', message: null, cause: 'No Answer' });
        assert.equal((await failed).message.status_code, 408);
    });

    test('headers may be added in "sending"; the body and SDP may not be changed', async () => {
        let seen;
        const { alice } = await pair((session, { request }) => {
            seen = request.getHeaders('X-Late');
            session.answer();
        });
        const session = alice.call('bob');
        session.on('sending', ({ request }) => {
            request.setHeader('X-Late', 'a');
            request.extraHeaders.push('X-Late: b');
            assert.throws(() => {
                request.body = 'v=0';
            }, NO);
            assert.throws(() => request.setHeader('X', 'a\r\nb: c'), TypeError);
        });
        const sdp = await event(session, 'sdp');
        assert.deepEqual(seen, ['a', 'b']);
        assert.equal(sdp.originator, 'remote');
        assert.match(sdp.sdp, /^v=0/);
        assert.throws(() => {
            sdp.sdp = '';
        }, NO);
    });

    test('anonymous, and under another user and name', async () => {
        const requests = [];
        const { alice } = await pair((session, { request }) => {
            requests.push(request);
            session.terminate();
        });
        await event(alice.call('bob', { anonymous: true }), 'failed');
        await event(alice.call('bob', { fromUserName: 'carol', fromDisplayName: 'Carol "C"' }), 'failed');
        assert.deepEqual(
            requests.map((r) => [
                String(r.from.uri),
                r.from.display_name,
                r.getHeader('Privacy'),
                r.getHeader('P-Preferred-Identity'),
            ]),
            [
                ['sip:anonymous@anonymous.invalid', 'Anonymous', 'id', 'sip:alice@127.0.0.1'],
                ['sip:carol@127.0.0.1', 'Carol "C"', undefined, 'sip:alice@127.0.0.1'],
            ],
        );
    });

    test('set() changes name and headers of further calls, and the UA stays registered and reachable', async () => {
        const requests = [];
        const { alice, bob } = await pair((session, { request }) => {
            requests.push(request);
            session.terminate();
        });
        alice.set('display_name', 'Alice L');
        alice.set('extra_headers', ['X-All: 1']);
        await event(alice.call('bob'), 'failed');
        assert.equal(requests[0].from.display_name, 'Alice L');
        assert.equal(requests[0].getHeader('X-All'), '1');
        assert.equal(alice.isRegistered(), true);
        alice.on(
            'newRTCSession',
            ({ session, originator }) => originator === 'remote' && session.terminate({ status_code: 603 }),
        );
        const failed = await event(bob.call('alice'), 'failed');
        assert.equal(failed.message.status_code, 603);
        assert.equal(failed.message.getHeader('X-All'), '1');
        alice.on('unregistered', () => assert.fail('set() and register() lost the registration'));
        alice.register(); // now for the registration, too
        await wait(200);
        assert.equal(alice.isRegistered(), true);
        assert.equal((await event(bob.call('alice'), 'failed')).message.status_code, 603);
        await event(alice.call('bob'), 'failed');
        alice.removeAllListeners('unregistered');
        alice.unregister();
        await event(alice, 'unregistered');
    });

    test('terminateSessions() and stop() end what is running', async () => {
        const { alice, ours, theirs } = await talk();
        const ended = event(theirs, 'ended');
        alice.terminateSessions();
        await ended;
        assert.equal(ours.isEnded(), true);
        const again = alice.call('bob');
        await event(again, 'confirmed');
        alice.stop();
        assert.equal(again.isEnded(), true);
        await event(alice, 'disconnected');
    });

    test('thirty at once, and messages between them, leave nothing behind', async () => {
        const { alice, bob } = await pair();
        bob.on('newMessage', ({ message, originator }) => originator === 'remote' && message.accept());
        const calls = Array.from({ length: 30 }, () => alice.call('bob'));
        await Promise.all(calls.map((session) => event(session, 'confirmed')));
        assert.equal(new Set(calls.map((session) => session.id)).size, 30);
        await Promise.all(calls.map((_, i) => event(alice.sendMessage('bob', `${i}`), 'succeeded')));
        calls.forEach((session, i) => (i % 2 ? session.terminate() : bob.terminateSessions()));
        await until(() =>
            [alice, bob].every(
                (one) => !one._objects.size && !one._applicants.size && !Object.keys(one._sessions).length,
            ),
        );
        assert.ok(calls.every((session) => session.isEnded()));
    });

    test("an error thrown by a handler is the program's own: it is not swallowed, and later events still come", async (t) => {
        const { alice } = await pair((session) => setTimeout(() => session.answer(), 50));
        const session = alice.call('bob');
        const caught = [];
        const others = process.listeners('uncaughtException');
        process.removeAllListeners('uncaughtException');
        process.once('uncaughtException', (error) => caught.push(error.message));
        t.after(() => others.forEach((listener) => process.on('uncaughtException', listener)));
        session.on('progress', () => {
            throw new Error('mine');
        });
        await event(session, 'confirmed');
        assert.deepEqual(caught, ['mine']);
    });
});

describe('inside a call', () => {
    test('sendDTMF by RFC 2833: each digit comes to the other side once', async () => {
        const { ours, theirs } = await talk();
        const digits = [];
        theirs.on('newDTMF', ({ originator, dtmf }) => digits.push([originator, dtmf.tone, dtmf.duration]));
        ours.sendDTMF('1A#', { transportType: JsSIP.C.DTMF_TRANSPORT.RFC2833, duration: 100, interToneGap: 50 });
        await until(() => digits.length === 3);
        assert.deepEqual(
            digits.map(([, tone]) => tone),
            ['1', 'A', '#'],
        );
        assert.equal(digits[0][0], 'remote');
        assert.ok(Math.abs(digits[0][2] - 100) <= 40, String(digits[0][2]));
    });

    test('without a transportType digits go too, each announced and told when sent', async () => {
        const { ours, theirs } = await talk();
        const arrived = event(theirs, 'newDTMF');
        const { originator, dtmf } = await new Promise((resolve) => {
            ours.once('newDTMF', resolve);
            ours.sendDTMF(5);
        });
        assert.equal(originator, 'local');
        assert.equal(dtmf.tone, '5');
        await event(dtmf, 'succeeded');
        assert.equal((await arrived).dtmf.tone, '5');
    });

    test('connection.getSenders()[0].dtmf.insertDTMF works as in a browser', async () => {
        const { ours, theirs } = await talk();
        ours.connection.getSenders()[0].dtmf.insertDTMF('9', 100, 70);
        assert.equal((await event(theirs, 'newDTMF')).dtmf.tone, '9');
        ours.terminate();
        assert.throws(() => ours.connection.getSenders()[0].dtmf.insertDTMF('9'), { name: 'INVALID_STATE_ERROR' });
    });

    test('arguments and states are checked', async () => {
        const { alice, ours } = await talk();
        for (const tones of ['x', '', null, {}]) assert.throws(() => ours.sendDTMF(tones), TypeError);
        assert.throws(() => ours.sendDTMF(), TypeError);
        assert.throws(() => ours.sendDTMF('1', { duration: 'long' }), TypeError);
        assert.throws(() => ours.sendDTMF('1', { transportType: 'MORSE' }), TypeError);
        ours.terminate();
        assert.throws(() => ours.sendDTMF('1'), { name: 'INVALID_STATE_ERROR' });
        assert.throws(() => alice.call('bob').sendDTMF('1'), { name: 'INVALID_STATE_ERROR' });
    });
});
