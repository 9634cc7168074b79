// TLS and WebSocket: settings, certificates and what is said when they are wrong.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { Agent, ErrorCode, SipuaError } from '../../bindings/node/index.mjs';
import { Registrar } from '../../bindings/node/testing.mjs';

const file = name => fileURLToPath(new URL(`../conformance/tls/${name}`, import.meta.url));
const shown = { tlsCert: file('server.pem'), tlsKey: file('server.key') };

async function server(t, transport, settings = shown) {
    const registrar = await new Registrar({ alice: 'one', bob: 'two' }, { listen: [`${transport}:127.0.0.1:0`], ...settings }).start();
    t.after(() => registrar.stop());
    return transport === 'tls' ? `sip:127.0.0.1:${registrar.port};transport=tls` : `${transport}://127.0.0.1:${registrar.port}/sip?x=y`;
}

function agent(t, options) {
    const made = new Agent({ bind: '127.0.0.1', ...options });
    t.after(() => made.close({ drainMs: 500 }));
    return made;
}

for (const transport of ['tls', 'ws', 'wss']) {
    test(`a call and a message over ${transport}`, async t => {
        const at = await server(t, transport);
        const one = agent(t, { tlsCa: readFileSync(file('ca.pem')) });
        const alice = await one.register('sip:alice@127.0.0.1', { password: 'one', server: at, wsHeaders: { Cookie: 'a=b' } });
        await one.register('sip:bob@127.0.0.1', { password: 'two', server: at });
        assert.match(alice.gruu, /^sip:alice@.*;gr=/);
        one.on('message', message => message.accept()).on('incoming_call', call => call.answer());
        assert.equal((await alice.message('bob', 'hello')).status, 200);
        await (await alice.call('bob')).hangup();
    });
}

test('what is wrong with a certificate is told by name; Node trusts no more than it should', async t => {
    const at = await server(t, 'tls', { tlsCert: file('other.pem'), tlsKey: file('other.key') });
    const one = agent(t, { tlsCa: file('ca.pem') });
    const lost = new Promise(resolve => one.once('transport_disconnected', resolve));
    await assert.rejects(one.register('sip:alice@127.0.0.1', { password: 'one', server: at }), { code: ErrorCode.TLS });
    const { check, names, text } = await lost;
    assert.deepEqual([check, names], ['name mismatch', 'elsewhere.example']);
    assert.match(text, /127\.0\.0\.1/);
    await assert.rejects(agent(t).register('sip:alice@127.0.0.1', { password: 'one', server: at }), { code: ErrorCode.TLS });
    const careless = await one.register('sip:alice@127.0.0.1', { password: 'one', server: at, tlsVerify: false });
    assert.equal(careless.registered, true);
});

test('bad settings are named', async t => {
    const one = agent(t);
    for (const [says, settings] of [
        ['pigeon', { transport: 'pigeon' }], ['server', { server: 'wss://' }], ['flows', { flows: 3 }],
        ['outbound_proxies', { outboundProxy: ['sip:127.0.0.1', 'ws://h:99999'] }], ['outboundProxy', { outboundProxy: ['sip:a', 5] }],
        ['/missing.pem', { tlsCa: '/missing.pem' }], ['tlsCa', { tlsCa: Buffer.from('x') }], ['tlsCa', { tlsCa: 5 }],
        ['pin', { tlsPins: ['sha1/x'] }], ['tlsVerify', { tlsVerify: 'no' }], ['Host', { wsHeaders: { Host: 'x' } }],
        ['wsHeaders', { wsHeaders: 5 }], ['ha1', { ha1: '12' }], ['token', { bearerToken: 'a b' }], ['tlsKert', { tlsKert: 'x' }],
    ]) {
        assert.throws(() => one.account('sip:alice@127.0.0.1', settings), error => error.message.includes(says), says);
    }
    for (const [says, settings] of [
        ['tls_cert', { listen: ['tls:127.0.0.1:0'] }], ['tlsMinVersion', { tlsMinVersion: '1.1' }],
        ['media_bind', { mediaBind: 'example.com' }], ['watchNetwork', { watchNetwork: 1 }],
        ['key', { tlsCert: file('server.pem'), tlsKey: file('other.key') }],
    ]) {
        assert.throws(() => new Agent({ bind: '127.0.0.1', ...settings }), error => error.message.includes(says), says);
    }
});

test('a changed network is told; tokens and files may change', async t => {
    const registrar = await new Registrar({ alice: 'one' }).start();
    t.after(() => registrar.stop());
    const one = agent(t);
    const alice = await one.register(registrar.aor('alice'), { password: 'one' });
    const told = new Promise(resolve => one.once('network_changed', resolve));
    const again = new Promise(resolve => alice.once('registered', resolve));
    await one.networkChanged();
    assert.equal((await told).originator, 'local');
    assert.equal((await again).status, 200);
    await one.reloadTls();
    await alice.setToken('abc');
    await alice.setToken(null);
    assert.throws(() => alice.setToken(5), { code: 'ERR_INVALID_ARG_TYPE' });
    await assert.rejects(async () => alice.setToken('a b'), SipuaError);
});
