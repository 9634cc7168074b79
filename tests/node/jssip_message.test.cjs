'use strict';

const assert = require('node:assert/strict');
const { test, afterEach } = require('node:test');
const { JsSIP, registrar, ua, registered, closeAll, event, wait } = require('./jssip_support.cjs');

afterEach(closeAll);

/** How a message ended: {succeeded} or {failed}. */
const result = (message) =>
    Promise.race([
        event(message, 'succeeded').then((succeeded) => ({ succeeded })),
        event(message, 'failed').then((failed) => ({ failed })),
    ]);

async function pair() {
    const server = await registrar();
    return Promise.all([registered(server, 'alice'), registered(server, 'bob', {}, 'tcp')]);
}

test('a message arrives with its text, type, headers and identities, and succeeds', async () => {
    const [alice, bob] = await pair();
    const text = 'grüße 👋\r\nsecond line';
    const arrived = event(bob, 'newMessage');
    const announced = event(alice, 'newMessage');
    const message = alice.sendMessage('bob', text, { contentType: 'text/html', extraHeaders: ['X-Id: 7'] });
    const local = await announced;
    assert.equal(local.originator, 'local');
    assert.equal(local.message, message);
    assert.equal(message.direction, 'outgoing');
    assert.equal(local.request.body, text);
    assert.equal(String(message.remote_identity.uri), 'sip:bob@127.0.0.1');
    const remote = await arrived;
    assert.equal(remote.originator, 'remote');
    assert.equal(remote.message.direction, 'incoming');
    assert.equal(remote.request.method, 'MESSAGE');
    assert.equal(remote.request.body, text); // whole, though its bytes are more than its characters
    assert.equal(remote.request.getHeader('content-type'), 'text/html');
    assert.equal(remote.request.getHeader('x-id'), '7');
    assert.equal(remote.message.remote_identity.uri.user, 'alice');
    assert.equal(remote.message.local_identity.uri.user, 'bob');
    remote.message.accept();
    const { succeeded } = await result(message);
    assert.equal(succeeded.originator, 'remote');
    assert.equal(succeeded.response.status_code, 200);
});

test('eventHandlers are called as in the tutorials', async () => {
    const [alice, bob] = await pair();
    bob.on('newMessage', ({ message }) => message.accept());
    const outcome = await new Promise((resolve) => {
        alice.sendMessage('sip:bob@127.0.0.1', 'hi', {
            eventHandlers: { succeeded: () => resolve('yes'), failed: () => resolve('no') },
        });
    });
    assert.equal(outcome, 'yes');
});

test('accept() and reject() may come later, after the handler has returned', async () => {
    const [alice, bob] = await pair();
    bob.on('newMessage', ({ message }) =>
        setTimeout(() => message.reject({ status_code: 488, reason_phrase: 'Not This' }), 200),
    );
    const { failed } = await result(alice.sendMessage('bob', 'x'));
    assert.equal(failed.originator, 'remote');
    assert.equal(failed.cause, JsSIP.C.causes.INCOMPATIBLE_SDP);
    assert.equal(failed.response.reason_phrase, 'Not This');
});

test('a handler that is an async function is waited for as long as it takes', async () => {
    const [alice, bob] = await pair();
    bob.on('newMessage', async ({ message }) => {
        await wait(1500);
        message.reject({ status_code: 486 });
    });
    assert.equal((await result(alice.sendMessage('bob', 'x'))).failed.cause, 'Busy');
});

test('a program that never answers gets its messages accepted, as in JsSIP, after a second', async () => {
    const [alice, bob] = await pair();
    let kept;
    bob.on('newMessage', ({ message }) => {
        kept = message;
    });
    assert.equal((await result(alice.sendMessage('bob', 'x'))).succeeded.response.status_code, 200);
    kept.accept(); // it is
    assert.throws(() => kept.reject(), /already replied/);
});

test('without a listener a message gets 405', async () => {
    const [alice] = await pair();
    const { failed } = await result(alice.sendMessage('bob', 'x'));
    assert.equal(failed.response.status_code, 405);
    assert.equal(failed.cause, JsSIP.C.causes.SIP_FAILURE_CODE);
});

test('accepting and rejecting is checked', async () => {
    const [alice, bob] = await pair();
    const arrived = event(bob, 'newMessage');
    const sent = alice.sendMessage('bob', 'x');
    assert.throws(() => sent.accept(), { name: 'NOT_SUPPORTED_ERROR' });
    const { message } = await arrived;
    assert.throws(() => message.reject({ status_code: 200 }), TypeError);
    assert.throws(() => message.accept({ extraHeaders: ['nonsense'] }), TypeError);
    message.accept({ extraHeaders: ['X-Seen: yes'], body: 'thanks' });
    assert.throws(() => message.accept(), /already replied/);
    const { succeeded } = await result(sent);
    assert.equal(succeeded.response.getHeader('X-Seen'), 'yes');
    assert.equal(succeeded.response.body, 'thanks');
    assert.match(succeeded.response.getHeader('Content-Type'), /^text\/plain/); // JsSIP says application/sdp
});

test('fromUserName and fromDisplayName show another sender and the true one in P-Preferred-Identity', async () => {
    const [alice, bob] = await pair();
    const arrived = event(bob, 'newMessage');
    alice.sendMessage('bob', 'x', { fromUserName: 'sales', fromDisplayName: 'Sales' });
    const { request } = await arrived;
    assert.equal(request.from.display_name, 'Sales');
    assert.equal(request.from.uri.user, 'sales');
    assert.equal(request.getHeader('P-Preferred-Identity'), 'sip:alice@127.0.0.1');
});

test('a message to nobody, without a server, or before start() fails with its cause', async () => {
    const [alice] = await pair();
    assert.equal((await result(alice.sendMessage('nobody', 'x'))).failed.cause, JsSIP.C.causes.NOT_FOUND);
    const off = ua({ ports: { udp: 5060 } }, 'alice');
    const { failed } = await result(off.sendMessage('bob', 'x'));
    assert.deepEqual(failed, { originator: 'system', response: null, cause: JsSIP.C.causes.CONNECTION_ERROR });
});

test('OPTIONS: the answer tells what the peer can; the one asked is told', async () => {
    const [alice, bob] = await pair();
    const asked = event(bob, 'newOptions');
    const query = alice.sendOptions('bob');
    const { succeeded } = await result(query);
    assert.match(succeeded.response.getHeader('Allow'), /INVITE/);
    const { originator, message, request } = await asked;
    assert.equal(originator, 'remote');
    assert.equal(request.method, 'OPTIONS');
    assert.throws(() => message.accept(), { name: 'NOT_SUPPORTED_ERROR' });
    assert.equal((await result(alice.sendOptions('nobody'))).failed.cause, JsSIP.C.causes.NOT_FOUND);
});
