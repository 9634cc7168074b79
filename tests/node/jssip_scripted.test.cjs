'use strict';

// What only a peer of our own making does: INFO, hold, early media, redirection, an answer without SDP.

const assert = require('node:assert/strict');
const dgram = require('node:dgram');
const { once } = require('node:events');
const { test, afterEach } = require('node:test');
const { JsSIP, ua, closeAll, event, opened } = require('./jssip_support.cjs');

afterEach(closeAll);

const SDP = (direction) =>
    [
        'v=0',
        'o=- 1 1 IN IP4 127.0.0.1',
        's=-',
        'c=IN IP4 127.0.0.1',
        't=0 0',
        'm=audio 40000 RTP/AVP 0',
        `a=${direction}`,
        '',
    ].join('\r\n');

/** A SIP peer on a datagram socket: waits for requests, answers them, and sends its own inside the dialog. */
class Peer {
    static async open() {
        const peer = new Peer();
        peer.socket = dgram.createSocket('udp4').bind(0, '127.0.0.1');
        await once(peer.socket, 'listening');
        peer.port = peer.socket.address().port;
        peer.cseq = 0;
        peer.queue = [];
        peer.socket.on('message', (bytes, from) => {
            peer.from = from;
            peer.queue.push(bytes.toString());
            if (/^(BYE|CANCEL) /.test(peer.queue.at(-1))) peer.answer(peer.queue.at(-1), '200 OK');
            peer.socket.emit('more');
        });
        opened.push({ close: () => peer.socket.close() });
        return peer;
    }

    /** The next message that begins so; others are dropped. */
    async next(start) {
        for (;;) {
            while (this.queue.length) {
                const text = this.queue.shift();
                if (text.startsWith(start)) return text;
            }
            await once(this.socket, 'more');
        }
    }

    send(lines, body = '') {
        const text = [...lines, `Content-Length: ${Buffer.byteLength(body)}`, '', body].join('\r\n');
        this.socket.send(text, this.from.port, this.from.address);
    }

    header(text, name) {
        return text
            .split('\r\n')
            .filter((line) => line.toLowerCase().startsWith(`${name.toLowerCase()}:`))
            .join('\r\n');
    }

    answer(request, status, { body = '', headers = [] } = {}) {
        const to = this.header(request, 'To');
        const copied = ['Via', 'From', 'Call-ID', 'CSeq'].map((name) => this.header(request, name));
        this.send(
            [
                `SIP/2.0 ${status}`,
                ...copied,
                to.includes('tag=') ? to : `${to};tag=peer`,
                `Contact: <sip:peer@127.0.0.1:${this.port}>`,
                ...(body ? ['Content-Type: application/sdp'] : []),
                ...headers,
            ],
            body,
        );
    }

    /** A request inside the dialog that `invite` began; its answer. */
    async request(invite, method, headers = [], body = '') {
        const contact = /<([^>]+)>/.exec(this.header(invite, 'Contact'))[1];
        this.cseq += 1;
        this.send(
            [
                `${method} ${contact} SIP/2.0`,
                `Via: SIP/2.0/UDP 127.0.0.1:${this.port};branch=z9hG4bK${method}${this.cseq};rport`,
                `From: ${this.header(invite, 'To').slice(3)};tag=peer`,
                `To: ${this.header(invite, 'From').slice(5)}`,
                this.header(invite, 'Call-ID'),
                `CSeq: ${this.cseq} ${method}`,
                'Max-Forwards: 70',
                `Contact: <sip:peer@127.0.0.1:${this.port}>`,
                ...headers,
            ],
            body,
        );
        const answer = await this.next('SIP/2.0 2');
        if (method === 'INVITE') {
            this.send([
                `ACK ${contact} SIP/2.0`,
                `Via: SIP/2.0/UDP 127.0.0.1:${this.port};branch=z9hG4bKack${this.cseq}`,
                `From: ${this.header(invite, 'To').slice(3)};tag=peer`,
                `To: ${this.header(invite, 'From').slice(5)}`,
                this.header(invite, 'Call-ID'),
                `CSeq: ${this.cseq} ACK`,
                'Max-Forwards: 70',
            ]);
        }
        return answer;
    }
}

/** alice, unregistered, whose server is the peer. */
async function calling() {
    const peer = await Peer.open();
    const alice = ua({ ports: { udp: peer.port } }, 'alice', { register: false });
    alice.start();
    const session = alice.call('bob'); // right after start(): need not wait for anything
    const invite = await peer.next('INVITE');
    return { peer, alice, session, invite };
}

async function talking() {
    const all = await calling();
    all.peer.answer(all.invite, '200 OK', { body: SDP('sendrecv') });
    await event(all.session, 'confirmed');
    await all.peer.next('ACK');
    return all;
}

test('INFO of the peer: a body is newInfo, a digit newDTMF', async () => {
    const { peer, session, invite } = await talking();
    const told = event(session, 'newInfo');
    await peer.request(invite, 'INFO', ['Content-Type: application/json', 'X-Kind: test'], '{"a":"ñ"}');
    const { originator, info, request } = await told;
    assert.deepEqual(
        [originator, info.contentType, info.body, info.direction],
        ['remote', 'application/json', '{"a":"ñ"}', 'incoming'],
    );
    assert.equal(request.method, 'INFO');
    assert.equal(request.getHeader('x-kind'), 'test');
    const digit = event(session, 'newDTMF');
    await peer.request(invite, 'INFO', ['Content-Type: application/dtmf-relay'], 'Signal=7\r\nDuration=160\r\n');
    const { dtmf, request: asked } = await digit;
    assert.equal(asked.method, 'INFO');
    assert.deepEqual([dtmf.tone, dtmf.duration, dtmf.direction], ['7', 160, 'incoming']);
});

test('hold and unhold by the peer', async () => {
    const { peer, session, invite } = await talking();
    const held = event(session, 'hold');
    await peer.request(
        invite,
        'INVITE',
        ['Content-Type: application/sdp'],
        SDP('sendonly').replace('1 1 IN', '1 2 IN'),
    );
    assert.deepEqual(await held, { originator: 'remote' });
    assert.deepEqual(session.isOnHold(), { local: false, remote: true });
    const resumed = event(session, 'unhold');
    await peer.request(
        invite,
        'INVITE',
        ['Content-Type: application/sdp'],
        SDP('sendrecv').replace('1 1 IN', '1 3 IN'),
    );
    assert.deepEqual(await resumed, { originator: 'remote' });
    assert.deepEqual(session.isOnHold(), { local: false, remote: false });
});

test('100 is no progress; 183 with SDP is, with the SDP shown', async () => {
    const { peer, session, invite } = await calling();
    const order = [];
    for (const name of ['progress', 'sdp'])
        session.on(name, (e) => order.push([name, e.response?.status_code ?? e.type]));
    peer.answer(invite, '100 Trying');
    peer.answer(invite, '183 Session Progress', { body: SDP('sendrecv') });
    await event(session, 'progress');
    assert.deepEqual(order, [
        ['sdp', 'answer'],
        ['progress', 183],
    ]);
    assert.equal(session.status, JsSIP.RTCSession.C.STATUS_1XX_RECEIVED);
    const message = session.isInProgress();
    assert.equal(message, true);
});

test('the peer hangs up: ended with BYE, its Reason to be read', async () => {
    const { peer, session, invite } = await talking();
    const ended = event(session, 'ended');
    await peer.request(invite, 'BYE', ['Reason: Q.850;cause=16;text="done"']);
    const { originator, message, cause } = await ended;
    assert.deepEqual([originator, message.method, cause], ['remote', 'BYE', 'Terminated']);
    assert.equal(message.parseHeader('Reason').cause, 16);
});

test('terminate() before the answer sends CANCEL with headers and a Reason', async () => {
    const { peer, session, invite } = await calling();
    peer.answer(invite, '180 Ringing');
    await event(session, 'progress');
    session.terminate({ status_code: 487, reason_phrase: 'Changed my mind', extraHeaders: ['X-Why: not'] });
    const cancel = await peer.next('CANCEL');
    assert.equal(peer.header(cancel, 'Reason'), 'Reason: SIP;cause=487;text="Changed my mind"');
    assert.equal(peer.header(cancel, 'X-Why'), 'X-Why: not');
    peer.answer(invite, '487 Request Terminated');
});

for (const [status, cause] of [
    ['302 Moved Temporarily', 'Redirected'],
    ['410 Gone', 'Unavailable'],
    ['484 Address Incomplete', 'Address Incomplete'],
    ['488 Not Acceptable Here', 'Incompatible SDP'],
    ['600 Busy Everywhere', 'Busy'],
    ['604 Nowhere', 'Not Found'],
    ['603 Decline', 'Rejected'],
    ['500 Oops', 'SIP Failure Code'],
]) {
    test(`${status} fails with ${cause}, as in JsSIP`, async () => {
        const { peer, session, invite } = await calling();
        const failed = event(session, 'failed');
        peer.answer(invite, status, { headers: ['Contact: <sip:other@127.0.0.1>'] });
        const e = await failed;
        assert.deepEqual([e.originator, e.cause, e.message.status_code], ['remote', cause, Number(status.slice(0, 3))]);
        assert.equal(JsSIP.Utils.sipErrorCause(e.message.status_code), cause);
    });
}

test('a 200 without SDP: failed or ended with Bad Media Description, and the peer gets its BYE', async () => {
    const { peer, session, invite } = await calling();
    const over = Promise.race([event(session, 'failed'), event(session, 'ended')]);
    peer.answer(invite, '200 OK');
    await peer.next('ACK');
    await peer.next('BYE');
    assert.ok(['Bad Media Description', 'Missing SDP'].includes((await over).cause));
});

test('Content-Type with parameters is SDP too (JsSIP says 415)', async () => {
    const { peer, session, invite } = await calling();
    const confirmed = event(session, 'confirmed');
    const to = `${peer.header(invite, 'To')};tag=peer`;
    peer.send(
        [
            'SIP/2.0 200 OK',
            ...['Via', 'From', 'Call-ID', 'CSeq'].map((name) => peer.header(invite, name)),
            to,
            `Contact: <sip:peer@127.0.0.1:${peer.port}>`,
            'Content-Type: application/sdp; charset=utf-8',
        ],
        SDP('sendrecv'),
    );
    await confirmed;
});
