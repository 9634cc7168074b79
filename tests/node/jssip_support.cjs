'use strict';

// What the JsSIP tests share: the embedded registrar on a free loopback port, UAs that register there, waiting.

const { once } = require('node:events');
const net = require('node:net');
const path = require('node:path');

const root = path.resolve(__dirname, '../../bindings/node');
const JsSIP = require(path.join(root, 'src/jssip/index.js'));
const Engine = require(path.join(root, 'src/jssip/engine.js'));

const certificates = path.resolve(__dirname, '../conformance/tls');
const opened = [];

/** The certificate of a listener, where its transport needs one. */
const shown = (transport) => {
    if (transport !== 'tls' && transport !== 'wss') return {};
    return { tls_cert: path.join(certificates, 'server.pem'), tls_key: path.join(certificates, 'server.key') };
};

/** A registrar and proxy for alice and bob (password "secret"): {port, bindings, close}. */
async function registrar(users = { alice: 'secret', bob: 'secret', carol: 'secret' }, transports = ['udp', 'tcp']) {
    const ports = {};
    let ready;
    const up = new Promise((resolve) => {
        ready = resolve;
    });
    const engine = new Engine({ bind: '127.0.0.1', listen: ['udp:127.0.0.1:0'] }, (ev) => {
        if (ev.name === 'listening' && listeners.has(ev.id)) {
            ports[ev.transport] = ev.port;
            if (Object.keys(ports).length === transports.length) ready();
        }
    });
    const server = engine.call('server_create', { realm: 'test', users: Object.entries(users) }, 0);
    const listeners = new Set(
        transports.map((transport) =>
            engine.call('listener_create', { server, address: `${transport}:127.0.0.1:0`, ...shown(transport) }, 0),
        ),
    );
    const self = { ports, close: () => engine.close() };
    opened.push(self);
    await up;
    return self;
}

/** A socket to that registrar. */
function socket(server, transport, options = {}) {
    const web = transport === 'ws' || transport === 'wss';
    return new JsSIP.WebSocketInterface(`${transport}:${web ? '//' : ''}127.0.0.1:${server.ports[transport]}${web ? '/sip?a=b' : ''}`, {
        bind: '127.0.0.1',
        tlsCa: path.join(certificates, 'ca.pem'),
        ...options,
    });
}

/** A UA of that registrar. It is stopped after the test. */
function ua(server, user, options = {}, transport = 'udp') {
    const made = new JsSIP.UA({
        sockets: options.sockets ?? socket(server, transport),
        uri: `sip:${user}@127.0.0.1`,
        password: 'secret',
        ...options,
    });
    opened.push({
        async close() {
            if (!made._engine) return;
            const gone = once(made, 'disconnected');
            made.stop();
            await gone;
        },
    });
    return made;
}

/** The same, started and registered. */
async function registered(server, user, options, transport) {
    const made = ua(server, user, options, transport);
    const done = Promise.race([
        once(made, 'registered'),
        once(made, 'registrationFailed').then(([e]) => {
            throw new Error(`not registered: ${e.cause}`);
        }),
    ]);
    made.start();
    await done;
    return made;
}

/** A TCP port that nobody listens on. */
async function closedPort() {
    const server = net.createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address();
    await new Promise((done) => {
        server.close(done);
    });
    return port;
}

/** Closes all that the test opened, UAs first. */
async function closeAll() {
    for (const one of opened.splice(0).reverse()) await one.close();
}

/** alice and bob; bob does act(session, data) with each call. */
async function pair(act = (session) => session.answer(), options = {}) {
    const server = await registrar();
    const [alice, bob] = await Promise.all([
        registered(server, 'alice', options),
        registered(server, 'bob', {}, 'tcp'),
    ]);
    if (act) bob.on('newRTCSession', (data) => data.originator === 'remote' && act(data.session, data));
    return { alice, bob, server };
}

/** alice talks to bob: both sessions. */
async function talk(options = {}, act = (session) => session.answer()) {
    let theirs;
    const { alice, bob, server } = await pair((session) => {
        theirs = session;
        act(session);
    });
    const ours = alice.call('bob', options);
    await event(ours, 'confirmed');
    await until(() => theirs?.status === JsSIP.RTCSession.C.STATUS_CONFIRMED);
    return { alice, bob, server, ours, theirs };
}

async function until(condition, ms = 5000) {
    const end = Date.now() + ms;
    while (!condition()) {
        if (Date.now() > end) throw new Error(`not within ${ms} ms: ${condition}`);
        await wait(10);
    }
}

const wait = (ms) =>
    new Promise((done) => {
        setTimeout(done, ms);
    });

/** The first event of that name: its payload. */
const event = async (emitter, name) => (await once(emitter, name))[0];

module.exports = {
    socket,
    opened,
    root,
    JsSIP,
    registrar,
    ua,
    registered,
    closedPort,
    closeAll,
    pair,
    talk,
    until,
    wait,
    event,
};
