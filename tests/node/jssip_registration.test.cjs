'use strict';

const assert = require('node:assert/strict');
const dgram = require('node:dgram');
const { once } = require('node:events');
const { test, afterEach } = require('node:test');
const { JsSIP, registrar, ua, registered, closedPort, closeAll, event, wait } = require('./jssip_support.cjs');

afterEach(closeAll);

/** Notes the names of a UA's events. */
function note(made) {
    const names = [];
    for (const name of [
        'connecting',
        'connected',
        'disconnected',
        'registered',
        'unregistered',
        'registrationFailed',
    ]) {
        made.on(name, () => names.push(name));
    }
    return names;
}

for (const transport of ['udp', 'tcp', 'tls', 'ws', 'wss']) {
    test(`a UA connects, registers, unregisters and stops over ${transport}, telling each once`, async () => {
        const server = await registrar(undefined, [transport]);
        const made = ua(server, 'alice', {}, transport);
        const names = note(made);
        const connected = event(made, 'connected');
        made.start();
        assert.deepEqual(names, ['connecting']); // at once, as in JsSIP
        const { socket } = await connected;
        assert.match(socket.url, new RegExp(`^${transport}:(//)?127\\.0\\.0\\.1:${server.ports[transport]}(/|$)`));
        assert.equal(made.isConnected(), true);
        const { response } = await event(made, 'registered');
        assert.equal(response.status_code, 200);
        assert.equal(response.method, 'REGISTER');
        assert.equal(made.isRegistered(), true);
        assert.equal(made.status, JsSIP.UA.C.STATUS_READY);
        const gone = event(made, 'disconnected');
        made.stop();
        assert.equal((await gone).error, false);
        assert.equal(made.isRegistered(), false);
        assert.equal(made.isConnected(), false);
        assert.equal(made.status, JsSIP.UA.C.STATUS_USER_CLOSED);
        assert.deepEqual(names, ['connecting', 'connected', 'registered', 'unregistered', 'disconnected']);
    });
}

test('with register: false nothing is registered until register() is called, over TCP too', async () => {
    const server = await registrar();
    for (const transport of ['udp', 'tcp']) {
        const made = ua(server, 'alice', { register: false }, transport);
        const names = note(made);
        made.start();
        await event(made, 'connected');
        await wait(100);
        assert.deepEqual(names, ['connecting', 'connected']);
        made.register();
        await event(made, 'registered');
        made.unregister();
        await event(made, 'unregistered');
        assert.equal(made.isRegistered(), false);
        assert.equal(made.isConnected(), true);
    }
});

test('unregister({all: true}) removes every binding of the address', async () => {
    const server = await registrar();
    const first = await registered(server, 'alice');
    const second = await registered(server, 'alice');
    first.unregister({ all: true });
    await event(first, 'unregistered');
    const bob = await registered(server, 'bob');
    second.on('newMessage', () => assert.fail('a removed binding was used'));
    const { response } = await event(bob.sendMessage('alice', 'x'), 'failed');
    assert.ok([404, 480].includes(response.status_code));
});

test('a wrong password fails with its cause and response; set() and register() put it right', async () => {
    const server = await registrar();
    const made = ua(server, 'alice', { password: 'wrong' });
    made.start();
    const { cause, response } = await event(made, 'registrationFailed');
    assert.equal(cause, JsSIP.C.causes.AUTHENTICATION_ERROR);
    assert.ok([401, 403].includes(response.status_code));
    assert.equal(made.isRegistered(), false);
    assert.equal(made.set('password', 'secret'), true);
    made.register();
    await event(made, 'registered');
});

test('stop and start again, also before the stop is through', async () => {
    const server = await registrar();
    const made = await registered(server, 'alice');
    made.stop();
    await event(made, 'disconnected');
    made.start();
    await event(made, 'registered');
    made.stop();
    made.start();
    await event(made, 'registered');
    assert.equal(made.isRegistered(), true);
});

test('a server that is away: disconnected with the reason, and new attempts until it is back', async () => {
    const made = ua(
        { ports: { tcp: await closedPort() } },
        'alice',
        { connection_recovery_min_interval: 1, connection_recovery_max_interval: 1 },
        'tcp',
    );
    made.on('registrationFailed', () => assert.fail('JsSIP sends no REGISTER without a connection'));
    made.start();
    const { error, reason } = await event(made, 'disconnected');
    assert.equal(error, true);
    assert.match(reason, /refused/i);
    assert.equal(made.status, JsSIP.UA.C.STATUS_NOT_READY);
    const { attempts } = await event(made, 'connecting');
    assert.equal(attempts, 1);
});

test('of two servers the heavier is taken, and the other one when it fails', async () => {
    const server = await registrar();
    const bad = new JsSIP.WebSocketInterface(`tcp:127.0.0.1:${await closedPort()}`, { bind: '127.0.0.1' });
    const good = new JsSIP.WebSocketInterface(`tcp:127.0.0.1:${server.ports.tcp}`, { bind: '127.0.0.1' });
    const made = ua(server, 'alice', {
        sockets: [
            { socket: bad, weight: 2 },
            { socket: good, weight: 1 },
        ],
        connection_recovery_min_interval: 1,
        connection_recovery_max_interval: 1,
    });
    const tried = [];
    made.on('connecting', ({ socket }) => tried.push(socket.url));
    made.start();
    await event(made, 'registered');
    assert.deepEqual(tried, [bad.url, good.url]);
});

test('REGISTER carries the instance, the expiry, the name and the headers asked for', async () => {
    const server = dgram.createSocket('udp4').bind(0, '127.0.0.1');
    await once(server, 'listening');
    const made = ua({ ports: { udp: server.address().port } }, 'alice', {
        extra_headers: ['X-All: 1'],
        display_name: 'Al "x"',
        instance_id: '8f1fa16a-1165-4a96-8341-785b1ef24f12',
        register_expires: 77,
        user_agent: 'tester/1',
    });
    made.registrator().setExtraHeaders(['X-Register: 2']);
    assert.throws(() => made.registrator().setExtraHeaders(['no header']), TypeError);
    made.start();
    const [datagram] = await once(server, 'message');
    server.close();
    const text = datagram.toString();
    assert.match(text, /^REGISTER sip:127\.0\.0\.1 SIP\/2\.0\r\n/);
    for (const line of [
        /^X-All: 1\r$/m,
        /^X-Register: 2\r$/m,
        /^User-Agent: tester\/1\r$/m,
        /^From: "Al \\"x\\"" <sip:alice@127\.0\.0\.1>/m,
        /urn:uuid:8f1fa16a-1165-4a96-8341-785b1ef24f12/,
        /expires[:=] ?77/i,
    ])
        assert.match(text, line);
});

test('registrationExpiring is told to those who listen, in time for a register() of their own', async () => {
    const server = await registrar();
    const made = ua(server, 'alice', { register_expires: 2 });
    made.start();
    await event(made, 'registered');
    await event(made, 'registrationExpiring');
    made.register();
    assert.equal(made.isRegistered(), true);
});
