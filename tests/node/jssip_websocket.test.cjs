'use strict';

// The JsSIP layer over WebSockets: what a program written for a browser finds again.

const assert = require('node:assert/strict');
const crypto = require('node:crypto');
const net = require('node:net');
const { once } = require('node:events');
const { test, afterEach } = require('node:test');
const { JsSIP, registrar, socket, ua, registered, closedPort, closeAll, event } = require('./jssip_support.cjs');

afterEach(closeAll);

for (const [mine, yours] of [['ws', 'wss'], ['wss', 'ws']]) {
    test(`a message from ${mine} to ${yours}, and a call`, async () => {
        const server = await registrar(undefined, ['ws', 'wss']);
        const alice = await registered(server, 'alice', {}, mine);
        const bob = await registered(server, 'bob', {}, yours);
        const came = event(bob, 'newMessage');
        const sent = alice.sendMessage('bob', 'Grüße');
        const [{ request }] = await Promise.all([came, event(sent, 'succeeded')]);
        assert.equal(request.body, 'Grüße');
        bob.on('newRTCSession', ({ originator, session }) => {
            if (originator === 'remote') session.answer();
        });
        const call = alice.call('bob');
        await event(call, 'confirmed');
        const over = event(call, 'ended');
        call.terminate();
        assert.equal((await over).cause, JsSIP.C.causes.BYE);
    });
}

/** A WebSocket server that answers REGISTER with 200, keeps the requests, and its Upgrade. */
async function upgraded(answer) {
    const heard = [];
    const server = net.createServer((stream) => {
        stream.on('error', () => {});
        stream.once('data', (head) => {
            heard.push(String(head));
            const key = /Sec-WebSocket-Key: *(\S+)/i.exec(String(head))[1];
            const accept = crypto.createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
            stream.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
                `Sec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: sip\r\n\r\n`);
            stream.on('data', (data) => {
                const [at, size] = (data[1] & 127) === 126 ? [8, data.readUInt16BE(2)] : [6, data[1] & 127];
                if ((data[0] & 15) !== 1 || data.length < at + size) return;
                const mask = data.subarray(at - 4, at);
                const text = String(Buffer.from(data.subarray(at, at + size).map((byte, i) => byte ^ mask[i % 4])));
                heard.push(text);
                const said = Buffer.from(answer(text));
                stream.write(Buffer.concat([Buffer.from([0x81, 126, said.length >> 8, said.length & 255]), said]));
            });
        });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return { heard, ports: { ws: server.address().port }, close: () => server.close() };
}

/** 200 to a request, with its Contact given back. */
function accepted(text, more = '') {
    const line = (name) => new RegExp(`^${name}: .*$`, 'mi').exec(text)[0];
    const contact = line('Contact').replace(/\r?$/, '');
    return `SIP/2.0 200 OK\r\n${['Via', 'From', 'Call-ID', 'CSeq'].map(line).join('\r\n')}\r\n${line('To')};tag=x\r\n` +
        `${contact}${more};expires=600\r\nContent-Length: 0\r\n\r\n`;
}

test('path, query, cookies and origin are in the request that opens it; token and Contact parameters in REGISTER', async () => {
    const server = await upgraded((text) => accepted(text, ';pub-gruu="sip:alice@127.0.0.1;gr=one";temp-gruu="sip:t@127.0.0.1;gr"'));
    const made = ua(server, 'alice', {
        sockets: socket(server, 'ws', { headers: { Cookie: 'a=b' }, origin: 'https://app.example' }),
        authorization_jwt: 'Bearer abc.def',
        contact_uri: 'sip:desk@host.example:5099;transport=ws',
        instance_id: '8f1fa16a-1165-4a96-8341-785b1ef24f12',
        use_preloaded_route: true,
        password: undefined,
    });
    made.registrator().setExtraContactParams({ 'pn-x': 'y', flag: null });
    made.start();
    await event(made, 'registered');
    const [upgrade, register] = server.heard;
    assert.match(upgrade, /^GET \/sip\?a=b HTTP\/1\.1\r\n/);
    assert.match(upgrade, /^Cookie: a=b\r$/m);
    assert.match(upgrade, /^Origin: https:\/\/app\.example\r$/m);
    assert.match(upgrade, /^Sec-WebSocket-Protocol: sip\r$/m);
    assert.match(register, /^REGISTER /);
    assert.match(register, /^Authorization: Bearer abc\.def\r$/m);
    assert.match(register, /^Via: SIP\/2\.0\/WS /m);
    assert.match(register, new RegExp(`^Route: <sip:127\\.0\\.0\\.1:${server.ports.ws};transport=ws;lr>\r$`, 'm'));
    const contact = /^Contact: (.*)\r$/m.exec(register)[1];
    assert.match(contact, /^<sip:desk@/);
    assert.match(contact, /;pn-x="y";flag/);
    assert.match(contact, /\+sip\.instance="<urn:uuid:8f1fa16a-1165-4a96-8341-785b1ef24f12>"/);
    assert.equal(made.contact.pub_gruu, 'sip:alice@127.0.0.1;gr=one');
    assert.equal(made.contact.temp_gruu, 'sip:t@127.0.0.1;gr');
    assert.equal(made.contact.toString(), '<sip:alice@127.0.0.1;gr=one>');
    server.close();
});

test('an ha1 does for a password, also one that is set while running', async () => {
    const server = await registrar(undefined, ['ws']);
    const ha1 = crypto.createHash('md5').update('alice:test:secret').digest('hex');
    const made = await registered(server, 'alice', { password: undefined, ha1, realm: 'test' }, 'ws');
    assert.equal(made.isRegistered(), true);
    const other = ua(server, 'bob', { password: 'wrong', register: false }, 'ws');
    other.start();
    await event(other, 'connected');
    other.set('ha1', crypto.createHash('md5').update('bob:test:secret').digest('hex'));
    other.register();
    await event(other, 'registered');
});

test('when the best server is dead the next one serves, and a server that comes back is used again', async () => {
    const server = await registrar(undefined, ['ws']);
    const dead = new JsSIP.WebSocketInterface(`ws://127.0.0.1:${await closedPort()}/x`, { bind: '127.0.0.1' });
    const made = ua(server, 'alice', {
        sockets: [{ socket: dead, weight: 10 }, { socket: socket(server, 'ws'), weight: 1 }],
        connection_recovery_min_interval: 1,
        connection_recovery_max_interval: 1,
    });
    const seen = [];
    made.on('connecting', ({ socket: to, attempts }) => seen.push(`connecting ${new URL(to.url).pathname} ${attempts}`));
    made.on('disconnected', ({ socket: to, error }) => seen.push(`disconnected ${new URL(to.url).pathname} ${error}`));
    made.on('connected', ({ socket: transport }) => seen.push(`connected ${new URL(transport.url).pathname}`));
    made.start();
    await event(made, 'registered');
    assert.deepEqual(seen.slice(0, 4), ['connecting /x 0', 'disconnected /x true', 'connecting /sip 1', 'connected /sip']);
});

test('a certificate that is not trusted is named in the reason of disconnected', async () => {
    const server = await registrar(undefined, ['wss']);
    const made = ua(server, 'alice', { sockets: socket(server, 'wss', { tlsCa: require('node:tls').rootCertificates[0] }) });
    made.start();
    const { error, reason } = await event(made, 'disconnected');
    assert.equal(error, true);
    assert.match(reason, /certificate/);
    const careless = await registered(server, 'alice', { sockets: socket(server, 'wss', { tlsCa: undefined, tlsVerify: false }) });
    assert.equal(careless.isRegistered(), true);
});
