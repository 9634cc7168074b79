// What a program may get wrong: an exception that names the argument; never a crash, never a silent default.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';

import { Agent, ErrorCode, SipuaError, features, options, parseUri, version, writeUri } from '../../bindings/node/index.mjs';
import { Registrar } from '../../bindings/node/testing.mjs';
import { once, pair } from './support.mjs';

const raw = createRequire(import.meta.url)('../../bindings/node/src/load.js');
const MOST = Number.MAX_SAFE_INTEGER; // 2^53 - 1

/** The call throws, or rejects, a TypeError or RangeError whose message names that. */
async function wrong(kind, name, call) {
    await assert.rejects(async () => call(), error => {
        assert.ok(error instanceof kind, `${error.stack} is not a ${kind.name}`);
        assert.ok(error.message.includes(name), `"${error.message}" does not name ${name}`);
        return true;
    });
}

test('settings: wrong types, ranges, unknown and missing keys are named', async t => {
    const agent = new Agent({ bind: '127.0.0.1' });
    t.after(() => agent.close());
    const cases = [
        [TypeError, 'colour', () => new Agent({ colour: 1 })],
        [TypeError, 'Agent', () => new Agent(7)],
        [TypeError, 'Agent', () => new Agent(null)],
        [TypeError, 'bind', () => new Agent({ bind: 7 })],
        [TypeError, 'bind', () => new Agent({ bind: '127.0.0.1\0' })],
        [TypeError, 'bind', () => new Agent({ bind: null })],
        [TypeError, 'maxCalls', () => new Agent({ maxCalls: '10' })],
        [TypeError, 'maxCalls', () => new Agent({ maxCalls: 10n })],
        [RangeError, 'maxCalls', () => new Agent({ maxCalls: 1.5 })],
        [RangeError, 'maxCalls', () => new Agent({ maxCalls: NaN })],
        [RangeError, 'maxCalls', () => new Agent({ maxCalls: Infinity })],
        [RangeError, 'maxCalls', () => new Agent({ maxCalls: 2 ** 31 })],
        [TypeError, 'open', () => new Agent({ open: 1 })],
        [TypeError, 'listen', () => new Agent({ listen: 'udp:127.0.0.1:0' })],
        [TypeError, 'listen[1]', () => new Agent({ listen: ['udp:127.0.0.1:0', 5] })],
        [TypeError, 'rtpPorts', () => new Agent({ rtpPorts: 5 })],
        [RangeError, 'rtpPorts', () => new Agent({ rtpPorts: [9, 5] })],
        [TypeError, 'rtpPorts', () => new Agent({ rtpPorts: ['20000', '20010'] })],
        [TypeError, 'logLevel', () => new Agent({ logLevel: null })],
        [TypeError, 'displayName', () => new Agent({ displayName: 5 })],
        [TypeError, 'log_level', () => new Agent({ options: { log_level: {} } })],
        [TypeError, 'register', () => agent.register('sip:a@127.0.0.1:9', 5)],
        [TypeError, 'signal', () => agent.register('sip:a@127.0.0.1:9', { signal: 5 })],
        [TypeError, 'signal', () => agent.account('sip:a@b', { signal: AbortSignal.timeout(5) })],
        [TypeError, 'sdp', () => agent.call('sip:a@127.0.0.1', { sdp: 5 })],
        [TypeError, 'of', () => agent.setOption('keepalive_s', 20, {})],
        [TypeError, 'listen', () => new Registrar({}, { listen: 'udp:127.0.0.1:0' })],
        [TypeError, 'listen', () => new Registrar({}, { listen: [5] })],
        [TypeError, 'aor', () => agent.account()],
        [TypeError, 'aor', () => agent.account({ password: 'x' })],
        [TypeError, 'passwd', () => agent.account('sip:a@b', { passwd: 'x' })],
        [TypeError, 'password', () => agent.account('sip:a@b', { password: 5 })],
        [RangeError, 'expires', () => agent.account('sip:a@b', { expires: -(2 ** 40) })],
        [TypeError, 'headers', () => agent.account('sip:a@b', { headers: 'X: 1' })],
        [TypeError, 'headers["X"]', () => agent.account('sip:a@b', { headers: { X: 1 } })],
        [TypeError, 'headers', () => agent.account('sip:a@b', { headers: [['X']] })],
        [TypeError, 'headers', () => agent.account('sip:a@b', { headers: { X: 'a\0b' } })],
        [TypeError, 'target', () => agent.call()],
        [TypeError, 'target', () => agent.call(5)],
        [TypeError, 'ringtone', () => agent.call('sip:a@127.0.0.1', { ringtone: 1 })],
        [TypeError, 'signal', () => agent.call('sip:a@127.0.0.1', { signal: 5 })],
        [TypeError, 'signal', () => agent.dial('sip:a@127.0.0.1', { signal: AbortSignal.timeout(5) })],
        [RangeError, 'timeoutMs', () => agent.call('sip:a@127.0.0.1', { timeoutMs: 0 })],
        [RangeError, 'rate', () => agent.dial('sip:a@127.0.0.1', { rate: 8000.5 })],
        [TypeError, 'body', () => agent.message('sip:a@127.0.0.1')],
        [TypeError, 'option', () => agent.setOption('log_level', {})],
        [TypeError, 'Registrar', () => new Registrar({}, { port: 5 })],
        [RangeError, 'mode', () => new Registrar({}, { mode: 'b2bua' })],
        [TypeError, 'uri', () => parseUri(5)],
        [TypeError, 'port', () => writeUri({ scheme: 'sip', host: 'h', port: '5' })],
        [TypeError, 'path', () => writeUri({ path: 'sip' })],
        [RangeError, 'drainMs', () => agent.close({ drainMs: -1 })],
    ];
    for (const [kind, name, call] of cases) await wrong(kind, name, call);
});

test('what the library itself refuses is a SipuaError with its code and reason', async t => {
    const agent = new Agent({ bind: '127.0.0.1' });
    t.after(() => agent.close());
    const refused = (code, call) => assert.rejects(async () => call(), error => {
        assert.ok(error instanceof SipuaError, error.stack);
        assert.equal(error.codeName, `SIPUA_E_${code}`, error.message);
        assert.ok(error.text.length > 5);
        return true;
    });
    await refused('ADDRESS', () => new Agent({ bind: 'nowhere' }));
    await refused('FORMAT', () => new Agent({ codecs: ['mp3'] }));
    await refused('URI', () => agent.account(''));
    await refused('URI', () => agent.call('http://x'));
    await refused('HEADER', () => agent.call('sip:a@127.0.0.1', { headers: { 'X-A': 'b\r\nEvil: 1' } }));
    await refused('NOT_FOUND', () => agent.setOption('no_such', 1));
    await refused('NOT_FOUND', () => new Agent({ bind: '127.0.0.1', options: { no_such: 1 } }));
    await refused('INVALID', () => agent.setOption('log_level', 'loud'));
    await refused('URI', () => parseUri('sip:'));
});

test('objects of another agent, ended ones and the closed agent are refused', async t => {
    const { alice, hers, his, bob } = await pair(t);
    bob.on('incoming_call', call => call.answer());
    assert.throws(() => raw.account_register(his._handle(), alice.id, 0), { codeName: 'SIPUA_E_GONE' });
    await assert.rejects(his.setOption('keepalive_s', 20, alice), { codeName: 'SIPUA_E_GONE', message: /^of: / });
    assert.throws(() => raw.call_hangup(hers._handle(), alice.id, undefined, 0), { codeName: 'SIPUA_E_KIND' });
    const call = await alice.call('bob');
    await wrong(TypeError, 'durationMs', () => call.sendDtmf('1', { durationMs: '100' }));
    await wrong(TypeError, 'digits', () => call.sendDtmf(1));
    await wrong(TypeError, 'volume', () => call.play('x.wav', { volume: 1 }));
    await wrong(TypeError, 'file', () => call.play());
    await wrong(TypeError, 'stereo', () => call.record('x.wav', { stereo: 1 }));
    await wrong(TypeError, 'status', () => call.ring('180'));
    await wrong(TypeError, 'reason', () => call.hangup({ reason: 5 }));
    await wrong(TypeError, 'pcm', () => call.audio.send([1, 2]));
    await wrong(RangeError, 'rate', () => call.audio.send(Buffer.alloc(4), { rate: 44100 }));
    await wrong(RangeError, 'segment', () => call.audio.send(Buffer.alloc(4), { segment: -1 }));
    await wrong(RangeError, 'mark', () => call.audio.mark(2 ** 52));
    await wrong(RangeError, 'frameMs', () => {
        call.audio.frameMs = 0;
    });
    await call.hangup();
    assert.throws(() => raw.call_hangup(hers._handle(), call.id, undefined, 0), { codeName: 'SIPUA_E_GONE' });
    await assert.rejects(call.answered(), { name: 'CallEndedError' });
    await assert.rejects(call.ring(), { name: 'CallEndedError' });
    const account = hers.account('sip:x@127.0.0.1');
    await account.close();
    await assert.rejects(account.register(), { codeName: 'SIPUA_E_STATE' });
    const handle = hers._handle();
    await hers.close();
    await hers.close();
    for (const use of [() => hers.account('sip:a@b'), () => hers.call('sip:a@b'), () => hers.calls(), () => hers.stats(), () => alice.register(),
        () => alice.message('bob', 'x'), () => raw.agent_fd(handle), () => raw.agent_take(handle), () => raw.agent_on_wakeup(handle, null)]) {
        await assert.rejects(async () => use(), { codeName: /SIPUA_E_(CLOSED|STATE)/ });
    }
    raw.agent_free(handle); // twice is legal
});

test('the raw layer has a type for each function, and no other', () => {
    const types = readFileSync(new URL('../../bindings/node/generated/raw.d.ts', import.meta.url), 'utf8');
    const typed = [...types.matchAll(/^export function (\w+)\(/gm)].map(found => found[1]);
    assert.deepEqual(typed.sort(), Object.getOwnPropertyNames(raw).sort());
});

test('the raw layer takes no nonsense', () => {
    const agent = raw.agent_create(undefined);
    const bad = [undefined, null, true, 'x', Symbol('x'), {}, [], () => {}, 1n, NaN, -1, 1.5, 2 ** 53, Infinity, new Uint8Array(3), new Date()];
    for (const name of Object.getOwnPropertyNames(raw)) {
        const call = raw[name];
        if (['set_error_class', 'agent_free', 'agent_create', 'agent_close', 'agent_shutdown'].includes(name)) continue;
        for (const first of [agent, ...bad]) {
            for (const rest of bad) {
                if (name === 'poll' && rest === -1) continue; // would wait for ever
                for (let count = 0; count < 7; count++) {
                    try {
                        call(first, ...Array(count).fill(rest));
                    } catch (error) {
                        assert.ok(error instanceof Error, `${name}: ${error}`);
                    }
                }
            }
        }
    }
    raw.agent_free(agent);
    assert.throws(() => raw.poll(agent, 0), { codeName: 'SIPUA_E_CLOSED' });
});

test('a getter that frees the agent under the native call breaks nothing', () => {
    const agent = raw.agent_create({ bind: '127.0.0.1' });
    const config = {
        get aor() {
            raw.agent_free(agent);
            return 'sip:a@127.0.0.1';
        },
    };
    assert.throws(() => raw.account_create(agent, config, 0), { codeName: 'SIPUA_E_CLOSED' });
    const thrower = {
        get aor() {
            throw new Error('mine');
        },
    };
    const other = raw.agent_create({ bind: '127.0.0.1' });
    assert.throws(() => raw.account_create(other, thrower, 0), { message: 'mine' });
    raw.agent_free(other);
});

test('64-bit values cross exactly at their largest', async t => {
    const { alice, hers, his, bob } = await pair(t);
    bob.on('incoming_call', call => call.answer());
    await his.stats(); // his stack knows by now that he takes calls
    const agent = hers._handle();
    const replies = [];
    const followed = (async () => {
        for await (const event of hers.events()) if (event.name === 'call_ended') return event;
    })();
    const id = raw.call_create(agent, alice.id, { target: 'bob', user: MOST }, MOST);
    assert.equal(Number.isSafeInteger(id), true);
    const marked = once(hers, 'mark');
    raw.audio_mark(agent, id, MOST);
    raw.audio_write(agent, id, tone(), 16000, MOST, 0);
    const flushed = once(hers, 'flushed');
    assert.equal((await marked).mark, MOST);
    raw.audio_write(agent, id, tone(), 16000, MOST, 0);
    raw.audio_flush(agent, id, 0);
    assert.equal((await flushed).segment, MOST);
    raw.call_hangup(agent, id, undefined, 0);
    assert.equal((await followed).user, MOST);
    assert.throws(() => raw.audio_mark(agent, id, MOST + 1), RangeError);
    const other = raw.agent_create({ bind: '127.0.0.1' });
    raw.agent_ask(other, 1, 1, MOST);
    for (let event; (event = raw.poll(other, 1000));) {
        const view = raw.event_get(event);
        if (view.type === 94) replies.push(view.tag);
        raw.event_destroy(event);
        assert.throws(() => raw.event_get(event), { codeName: 'SIPUA_E_GONE' });
        if (replies.length) break;
    }
    assert.deepEqual(replies, [MOST]);
    raw.agent_free(other);
});

function tone() {
    return Buffer.alloc(16000 * 2, 7);
}

test('the library says what it is', () => {
    assert.match(version, /^\d+\.\d+\.\d+$/);
    assert.ok(features.has('udp') && features.has('opus'));
    assert.equal(ErrorCode.GONE, -4);
    assert.ok(options().some(o => o.key === 'log_level' && o.type === 'int' && o.text));
    const uri = parseUri('"Al" <sip:al%20ice@[::1]:5070;transport=tcp?subject=x>');
    assert.deepEqual(uri, { scheme: 'sip', user: 'al ice', password: '', host: '::1', port: 5070, parameters: 'transport=tcp', headers: 'subject=x' });
    assert.equal(writeUri(uri), 'sip:al%20ice@[::1]:5070;transport=tcp?subject=x');
});
