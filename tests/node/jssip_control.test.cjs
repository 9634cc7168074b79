'use strict';

// Call control in JsSIP's words: hold, new offers, INFO, digits, transfers, session timers.

const assert = require('node:assert/strict');
const { afterEach, test } = require('node:test');
const { JsSIP, closeAll, event, pair, registered, talk, until } = require('./jssip_support.cjs');

afterEach(closeAll);

/** What a session emits of these. */
function told(session, ...names) {
    const seen = [];
    for (const name of names) session.on(name, (data) => seen.push([name, data?.originator]));
    return seen;
}

test('hold and unhold, by re-INVITE and by UPDATE', async () => {
    const { ours, theirs } = await talk();
    const [near, far] = [told(ours, 'hold', 'unhold'), told(theirs, 'hold', 'unhold', 'reinvite', 'update')];
    assert.equal(ours.isReadyToReOffer(), true);
    await new Promise((done) => {
        assert.equal(ours.hold({}, done), true);
        assert.equal(ours.hold(), false);
        assert.deepEqual(ours.isOnHold(), { local: true, remote: false });
    });
    await until(() => theirs.isOnHold().remote);
    await new Promise((done) => {
        assert.equal(ours.unhold({ useUpdate: true }, done), true);
    });
    await until(() => !theirs.isOnHold().remote);
    assert.deepEqual(near, [
        ['hold', 'local'],
        ['unhold', 'local'],
    ]);
    assert.deepEqual(
        far.map(([name]) => name),
        ['reinvite', 'hold', 'update', 'unhold'],
    );
    await new Promise((done) => {
        assert.equal(ours.renegotiate({}, done), true);
    });
    assert.equal(ours.isEstablished(), true);
});

test('a hold that is refused is taken back, and the call goes on', async () => {
    const { ours, theirs } = await talk();
    const seen = told(ours, 'hold', 'unhold', 'changefailed', 'ended');
    theirs.once('reinvite', ({ request, reject }) => {
        assert.match(request.body, /a=sendonly/);
        reject({ status_code: 488, extraHeaders: ['X-Why: no'] });
    });
    const failed = event(ours, 'changefailed');
    ours.hold({}, () => assert.fail('it was refused'));
    const { response, cause } = await failed;
    assert.deepEqual([response.status_code, response.getHeader('X-Why'), cause], [488, 'no', 'Incompatible SDP']);
    assert.deepEqual(seen, [
        ['hold', 'local'],
        ['unhold', 'local'],
        ['changefailed', 'remote'],
    ]);
    assert.equal(ours.isOnHold().local, false);
    const again = event(theirs, 'hold');
    ours.hold();
    await again;
});

test('a listener of reinvite is called back when it was answered', async () => {
    const { ours, theirs } = await talk();
    const answered = new Promise((done) => {
        theirs.once('reinvite', (data) => {
            data.callback = done;
        });
    });
    ours.hold();
    await answered;
});

test('INFO with its answer, and digits by INFO and by RFC 2833', async () => {
    const { ours, theirs } = await talk();
    const info = event(theirs, 'newInfo');
    const shown = event(ours, 'newInfo');
    ours.sendInfo('application/x-test', 'hello', { extraHeaders: ['X-A: 1'] });
    const sent = await shown;
    assert.equal(sent.originator, 'local');
    const [{ response }, got] = await Promise.all([event(sent.info, 'succeeded'), info]);
    assert.equal(response.status_code, 200);
    assert.deepEqual([got.info.contentType, got.info.body, got.request.getHeader('X-A')], ['application/x-test', 'hello', '1']);
    const digits = [];
    theirs.on('newDTMF', ({ dtmf, request }) => digits.push([dtmf.tone, request?.getHeader('Content-Type') ?? 'rtp']));
    const results = [];
    ours.on('newDTMF', ({ originator, dtmf }) => {
        if (originator === 'local') dtmf.on('succeeded', () => results.push(dtmf.tone));
    });
    ours.sendDTMF('1#', { duration: 70, interToneGap: 50 });
    await until(() => results.length === 2 && digits.length === 2);
    ours.sendDTMF(5, { transportType: 'RFC2833' });
    await until(() => digits.length === 3);
    assert.deepEqual(digits, [
        ['1', 'application/dtmf-relay'],
        ['#', 'application/dtmf-relay'],
        ['5', 'rtp'],
    ]);
    assert.deepEqual(results, ['1', '#']);
});

test('INFO goes before the answer, too', async () => {
    let theirs;
    const { alice } = await pair((session) => {
        theirs = session;
    });
    const ours = alice.call('bob');
    await event(ours, 'progress');
    const failing = event(theirs, 'newInfo');
    ours.sendInfo('text/plain', 'early');
    assert.equal((await failing).info.body, 'early');
    const confirmed = event(ours, 'confirmed');
    theirs.answer();
    await confirmed;
});

test('any request inside the call', async () => {
    const { ours } = await talk();
    const status = await new Promise((done, failed) => {
        ours.sendRequest('FOO', { eventHandlers: { onSuccessResponse: failed, onErrorResponse: (response) => done(response.status_code) } });
    });
    assert.ok([405, 501].includes(status));
    assert.throws(() => ours.sendRequest('INVITE'), { code: 3 });
});

test('a call is transferred, and the one who transferred is told how that goes', async () => {
    const { alice, ours, theirs, server } = await talk();
    const carol = await registered(server, 'carol', {}, 'tcp');
    let third;
    carol.on('newRTCSession', ({ session }) => {
        third = session;
        session.answer();
    });
    let next;
    theirs.on('refer', ({ request, accept }) => {
        assert.match(request.getHeader('Refer-To'), /carol/);
        accept((session) => {
            next = session;
        });
    });
    const seen = [];
    const subscriber = ours.refer('carol', {
        eventHandlers: Object.fromEntries(
            ['requestSucceeded', 'requestFailed', 'trying', 'progress', 'accepted', 'failed'].map((name) => [name, () => seen.push(name)]),
        ),
    });
    const { status_line: line, request } = await event(subscriber, 'accepted');
    assert.equal(line.status_code, 200);
    assert.equal(request.method, 'NOTIFY');
    assert.equal(seen[0], 'requestSucceeded');
    assert.ok(!seen.includes('failed') && !seen.includes('requestFailed'));
    await until(() => next?.isEstablished() && third?.isEstablished());
    assert.equal(next.remote_identity.uri.user, 'carol');
    assert.ok(ours.isEstablished() && theirs.isEstablished()); // as in JsSIP, the program hangs up
    ours.terminate();
    assert.throws(() => alice.call(''), TypeError);
});

test('a transfer that is refused', async () => {
    const { ours, theirs } = await talk();
    const nobody = await event(ours.refer('carol'), 'requestFailed');
    assert.deepEqual([nobody.response.status_code, nobody.cause], [603, 'Rejected']);
    theirs.on('refer', ({ reject }) => reject({ status_code: 486 }));
    assert.equal((await event(ours.refer('carol'), 'requestFailed')).response.status_code, 486);
    assert.ok(ours.isEstablished() && theirs.isEstablished());
});

test('an attended transfer: the replaced session learns of it', async () => {
    const { alice, ours, theirs, server } = await talk();
    const carol = await registered(server, 'carol', {}, 'tcp');
    const sessions = [];
    carol.on('newRTCSession', ({ session }) => {
        sessions.push(session);
        if (sessions.length === 1) session.answer();
    });
    const consult = alice.call('carol');
    await event(consult, 'confirmed');
    theirs.on('refer', ({ accept }) => accept());
    let taking;
    sessions[0].on('replaces', ({ request, accept }) => {
        assert.ok(request.hasHeader('Replaces'));
        accept((session) => {
            taking = session;
            setImmediate(() => session.answer());
        });
    });
    const ended = event(sessions[0], 'ended');
    await event(ours.refer('carol', { replaces: consult }), 'accepted');
    await ended;
    assert.ok(taking.isEstablished());
});

test('session timers are asked for as configured', async () => {
    let request;
    const seen = (session, data) => {
        request = data.request;
        session.answer();
    };
    const { alice } = await pair(seen);
    await event(alice.call('bob', { sessionTimersExpires: 120 }), 'confirmed');
    assert.match(request.getHeader('Session-Expires'), /^120/);
    await event(alice.call('bob'), 'confirmed');
    assert.match(request.getHeader('Session-Expires'), /^90/);
    await closeAll();
    const { alice: without } = await pair(seen, { session_timers: false });
    await event(without.call('bob'), 'confirmed');
    assert.equal(request.getHeader('Session-Expires'), undefined);
    assert.ok(JsSIP.C.SESSION_EXPIRES === 90);
});
