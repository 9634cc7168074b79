'use strict';

// The configuration of a UA: the same checks, defaults and errors as the real JsSIP, and clear words for what cannot be.

const assert = require('node:assert/strict');
const { test, describe, before } = require('node:test');
const { peer } = require('./jssip_peer.cjs');
const { JsSIP } = require('./jssip_support.cjs');

let theirs;
before(
    () => {
        theirs = peer();
    },
    { timeout: 120000 },
);

const socket = () => new JsSIP.WebSocketInterface('udp:127.0.0.1:5060');
const ours = (config) => new JsSIP.UA({ sockets: socket(), uri: 'sip:alice@example.com', ...config });
const real = (config) =>
    new theirs.UA({
        sockets: new theirs.WebSocketInterface('ws://127.0.0.1'),
        uri: 'sip:alice@example.com',
        ...config,
    });

function outcome(make, config, key) {
    try {
        const value = make(config).configuration[key];
        return value?.toString ? String(value) : value;
    } catch (error) {
        return [error.name, error.code, error.parameter];
    }
}

const values = {
    uri: ['sip:bob@x', 'bob@x:5070', 'sip:x', 'nonsense', 5],
    authorization_user: ['al', 'a"b', ''],
    display_name: ['Al', 0, '', 'a "b"'],
    password: ['x', 5, null],
    realm: ['r', null],
    instance_id: ['uuid:8f1fa16a-1165-4a96-8341-785b1ef24f12', '8f1fa16a-1165-4a96-8341-785b1ef24f12', 'nope'],
    no_answer_timeout: [5, '7', 0, 'x', -1],
    register: [true, false, 'yes'],
    register_expires: [0, 60, '90', -1, 'x'],
    registrar_server: ['sip:r.example.com', 'r.example.com:5070', 'sip:u@r', '<>'],
    session_timers: [true, false, 1],
    session_timers_refresh_method: ['invite', 'UPDATE', 'INFO'],
    session_timers_force_refresher: [true, 'x'],
    use_preloaded_route: [true, 'x'],
    connection_recovery_min_interval: [1, 0, 'x'],
    connection_recovery_max_interval: [40, 0],
    user_agent: ['me/1.0', 5],
    extra_headers: [['X-A: b'], ['X-A: b', 5], 'X-A: b', []],
    contact_uri: ['sip:a@b;transport=ws', 'nope', 5],
};

describe('configuration', () => {
    for (const [key, list] of Object.entries(values)) {
        for (const value of list) {
            test(`${key}: ${JSON.stringify(value)} means what it means in JsSIP`, () => {
                const expected = outcome(real, { [key]: value }, key);
                const seen = outcome(ours, { [key]: value }, key);
                if (key === 'instance_id' && value === '') return;
                assert.deepEqual(seen, expected);
            });
        }
    }

    test('the defaults are those of JsSIP', () => {
        const a = ours({}).configuration;
        const b = real({}).configuration;
        for (const key of [
            'authorization_user',
            'display_name',
            'password',
            'realm',
            'no_answer_timeout',
            'register',
            'register_expires',
            'session_timers',
            'session_timers_refresh_method',
            'connection_recovery_min_interval',
            'connection_recovery_max_interval',
            'extra_headers',
            'use_preloaded_route',
            'hostport_params',
        ]) {
            assert.deepEqual(a[key], b[key], key);
        }
        assert.equal(String(a.registrar_server), String(b.registrar_server));
        assert.match(a.instance_id, /^[0-9a-f-]{36}$/);
    });

    test('missing and wrong mandatory parameters name themselves', () => {
        const parameter = (name) => ({ name: 'CONFIGURATION_ERROR', parameter: name });
        assert.throws(() => new JsSIP.UA(), TypeError);
        assert.throws(() => new JsSIP.UA({ uri: 'sip:a@b' }), parameter('sockets'));
        assert.throws(() => new JsSIP.UA({ sockets: socket() }), parameter('uri'));
        assert.throws(() => new JsSIP.UA({ sockets: [], uri: 'sip:a@b' }), parameter('sockets'));
        assert.throws(() => new JsSIP.UA({ sockets: [socket(), 5], uri: 'sip:a@b' }), parameter('sockets'));
        assert.ok(new JsSIP.UA({ sockets: [{ socket: socket(), weight: 3 }, socket()], uri: 'sip:a@b' }));
    });

    test('the configuration is sealed, but for what may be set', () => {
        const ua = ours({});
        assert.throws(() => {
            ua.configuration.register_expires = 5;
        }, TypeError);
        assert.equal(ua.set('password', 'x'), true);
        assert.equal(ua.set('display_name', 0), true);
        assert.equal(ua.configuration.display_name, '0');
        assert.equal(ua.set('register_expires', 5), false);
        assert.equal(ua.get('authorization_user'), 'alice');
        assert.equal(ua.get('password'), undefined);
        assert.throws(() => ua.set('extra_headers', ['X: a\r\nY: b']), TypeError);
    });

    test('unknown keys are ignored, as in JsSIP', () => {
        assert.ok(ours({ no_such_key: 1 }));
    });

    test('what the library cannot do is refused with the reason', () => {
        const no = { name: 'NOT_SUPPORTED_ERROR', code: 3 };
        const custom = {
            via_transport: 'WS',
            url: 'ws://x',
            sip_uri: 'sip:x',
            connect() {},
            disconnect() {},
            send() {},
        };
        assert.throws(() => ours({ sockets: custom }), no);
        assert.throws(() => ours({}).subscribe('x', 'presence'), TypeError);
        assert.throws(() => ours({}).notify({}, 'a/b'), TypeError);
    });

    test('sockets are URLs of WebSockets, and udp:, tcp: and tls: addresses', () => {
        for (const [url, uri] of [
            ['udp:h:5060', 'sip:h:5060;transport=udp'],
            ['tcp://h', 'sip:h;transport=tcp'],
            ['udp:[::1]:5', 'sip:[::1]:5;transport=udp'],
            ['tls:h:5061', 'sip:h:5061;transport=tls'],
            ['ws://h', 'sip:h;transport=ws'],
            ['wss://h:8443/a/b?c=d', 'sip:h:8443;transport=ws'],
            ['WSS://[::1]/', 'sip:[::1];transport=ws'],
        ]) {
            const made = new JsSIP.WebSocketInterface(url);
            assert.equal(made.sip_uri, uri);
            assert.equal(made.url, url);
        }
        for (const url of ['', 'h:5060', 'udp:', 'udp:a@b', 'http://x', undefined, 5, 'udp:h:99999', 'udp:h/path', 'ws:h', 'wss://', 'ws://a@b', 'wss://h/a b']) {
            assert.throws(() => new JsSIP.WebSocketInterface(url), TypeError, String(url));
        }
    });

    test('a WebSocket is written as in JsSIP, with the same names', { skip: !theirs }, () => {
        for (const url of ['ws://h', 'wss://h:8443/a/b?c=d', 'ws://127.0.0.1:80/']) {
            const [a, b] = [new JsSIP.WebSocketInterface(url), new theirs.WebSocketInterface(url)];
            for (const name of ['url', 'sip_uri', 'via_transport']) assert.equal(a[name], b[name], `${name} of ${url}`);
        }
        assert.throws(() => new JsSIP.WebSocketInterface('ws://h', { cookies: 1 }), TypeError);
    });

    test('what stands for a password is checked when it is given', () => {
        const ha1 = '0123456789abcdef0123456789ABCDEF';
        assert.equal(ours({ ha1 }).get('ha1'), ha1);
        assert.throws(() => ours({ ha1: 'x' }), { name: 'CONFIGURATION_ERROR', parameter: 'ha1' });
        const ua = ours({ password: 'secret' });
        assert.throws(() => ua.set('ha1', 'x'), TypeError);
        assert.equal(ua.set('ha1', ha1), true);
        assert.equal(ua.configuration.password, null);
        assert.equal(ua.set('authorization_jwt', 'Bearer a.b'), true);
        assert.equal(ua.get('authorization_jwt'), 'Bearer a.b');
        assert.throws(() => ua.set('authorization_jwt', 'a\r\nb'), TypeError);
        assert.throws(() => ua.registrator().setExtraContactParams({ 'a b': 1 }), TypeError);
        assert.throws(() => ua.registrator().setExtraContactParams({ a: '"' }), TypeError);
    });

    test('a target that is none, or a missing one, is a TypeError at once', () => {
        const ua = ours({});
        assert.throws(() => ua.call(), TypeError);
        assert.throws(() => ua.call(''), TypeError);
        assert.throws(() => ua.sendMessage('bob'), TypeError);
        assert.throws(() => ua.sendMessage('a@b c', 'x'), TypeError);
        assert.throws(() => ua.call('bob', { extraHeaders: ['X-A: b\r\nX-C: d'] }), TypeError);
        for (const options of [null, 5, { extraHeaders: 'X-A: b' }, { eventHandlers: 5 }]) {
            assert.throws(() => ua.call('bob', options), { name: 'TypeError', message: /^Invalid (options|extraHeaders|eventHandlers): / });
            assert.throws(() => ua.sendMessage('bob', 'x', options), { name: 'TypeError', message: /^Invalid / });
        }
        assert.throws(() => ua.sendMessage('bob', 'x', { contentType: 5 }), /^TypeError: Invalid contentType: 5/);
        assert.throws(() => ua.call('bob', { mediaStream: { rate: 8000 } }), { name: 'NOT_SUPPORTED_ERROR' });
        assert.throws(() => ua.call('bob', { mediaConstraints: { audio: false, video: true } }), {
            name: 'NOT_SUPPORTED_ERROR',
        });
    });
});
