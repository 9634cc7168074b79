'use strict';

// What needs no network, compared with the real JsSIP.

const assert = require('node:assert/strict');
const { createRequire } = require('node:module');
const path = require('node:path');
const { test, describe, before } = require('node:test');
const { peer } = require('./jssip_peer.cjs');
const { JsSIP, root } = require('./jssip_support.cjs');

let theirs;
before(
    () => {
        theirs = peer();
    },
    { timeout: 120000 },
);

const uris = [
    'sip:alice@example.com',
    'SIP:Al%20ice@Example.COM:5060;transport=TCP;lr?X-a=b&c=d',
    'sips:a@b',
    'sip:example.com',
    'tel:+123',
    'alice@x.com',
    'sip:a:pw@h',
    'sip:[2001:db8::1]:5061',
    ' sip:a@h',
    'sip:a@h ',
    'sip:a@',
    'sip:ñ@h',
    'sip:a b@h',
    'sip:a@h;foo;bar=BAZ',
    'http://x.y',
    '<sip:a@b>',
    '"x" <sip:a@b>',
    'sip:a@1.2.3.4',
    'sip:%61@h',
    'sip:',
    'sip:@h',
    '',
    'sip:+1;phone-context=x@h;user=phone',
    'sip:a@h:65535',
    'sip:a@h:x',
    'sip:*99%23@h',
    'sip:a@h?b=c&b=d',
];

function asObject(uri) {
    if (!uri) return undefined;
    return {
        text: uri.toString(),
        aor: uri.toAor(),
        port: uri.port ?? null,
        scheme: uri.scheme,
        user: uri.user || null,
        host: uri.host,
        transport: uri.getParam('transport'),
        lr: uri.hasParam('lr'),
        header: uri.getHeader('x-a'),
    };
}

describe('URI', () => {
    for (const text of uris) {
        test(`reads ${JSON.stringify(text)} as JsSIP does`, () => {
            assert.deepEqual(asObject(JsSIP.URI.parse(text)), asObject(theirs.URI.parse(text)));
        });
    }

    test('is built, changed, cloned and written as in JsSIP', () => {
        const results = [JsSIP, theirs].map(({ URI }) => {
            const uri = new URI('sip', 'al ice', 'Example.com', 5070, { A: 'B', lr: null }, { 'x-y': 'z' });
            const copy = uri.clone();
            uri.setParam('transport', 'ws');
            uri.deleteParam('a');
            uri.setHeader('q', ['1', '2']);
            uri.host = 'HOST';
            uri.port = '7';
            uri.scheme = 'SIPS';
            return [
                String(uri),
                uri.toAor(),
                uri.toAor(true),
                String(copy),
                uri.getParam('Transport'),
                uri.hasParam('x'),
                uri.getHeader('Q'),
                uri.hasHeader('x-y'),
                copy.getParam('a'),
            ];
        });
        assert.deepEqual(results[0], results[1]);
    });

    test('refuses to be built without a host', () => {
        assert.throws(() => new JsSIP.URI('sip', 'a'), TypeError);
        assert.throws(() => new theirs.URI('sip', 'a'), TypeError);
    });

    test('keeps its host when a parameter holds another one (JsSIP takes maddr for the host)', () => {
        assert.equal(JsSIP.URI.parse('sip:a@h;maddr=[::1]').host, 'h');
    });

    test('has no parameters or headers of Object.prototype', () => {
        const uri = JsSIP.URI.parse('sip:a@h');
        assert.equal(uri.hasParam('constructor'), false);
        assert.equal(uri.getParam('constructor'), undefined);
        uri.setParam('__proto__', 'x');
        assert.equal(String(uri), 'sip:a@h;__proto__=x');
    });

    test('anything else than text is no URI, and no exception', () => {
        for (const value of [undefined, null, 5, {}]) assert.equal(JsSIP.URI.parse(value), undefined);
    });
});

const addresses = [
    'sip:a@b',
    '<sip:a@b>',
    '"Al \\"x\\" ice" <sip:a@b;transport=tcp>;tag=12;x',
    'Alice Bob <sip:a@b>',
    '<sip:a@b> ;tag = 1',
    '"A"<sip:a@b>',
    '<sip:b>;q=0.5;expires=10',
    ' <sip:a@b>',
    '"unterminated <sip:a@b>',
    '<tel:+1>',
    '""  <sip:a@b>',
    '"Ñandú" <sip:a@b>;Tag=Ab',
    '<http://x>',
    'x <sip:a@b>, <sip:c@d>',
    '<sip:a@b>;p="q;r"',
    '',
];

describe('NameAddrHeader', () => {
    for (const text of addresses) {
        test(`reads ${JSON.stringify(text)} as JsSIP does`, () => {
            const shown = [JsSIP, theirs].map(({ NameAddrHeader }) => {
                const header = NameAddrHeader.parse(text);
                return header && [String(header), header.display_name, String(header.uri), header.getParam('tag')];
            });
            assert.deepEqual(shown[0], shown[1]);
        });
    }

    test('is built and written as in JsSIP', () => {
        const shown = [JsSIP, theirs].map(({ NameAddrHeader, URI }) => {
            const header = new NameAddrHeader(new URI('sip', 'a', 'b'), 0, { Tag: 'x', y: null });
            const copy = header.clone();
            header.display_name = 'q"\\';
            header.deleteParam('TAG');
            return [String(header), String(copy), header.hasParam('y')];
        });
        assert.deepEqual(shown[0], shown[1]);
        assert.throws(() => new JsSIP.NameAddrHeader('sip:a@b'), TypeError);
    });
});

describe('Utils', () => {
    const targets = [
        'bob',
        'sip:bob@x',
        'sips:bob@x',
        'tel:+1 (2)',
        '+1-(2).3',
        'bob@x:5070',
        'a@b@c',
        '',
        'a b',
        'bob;x=1',
        'sip:bob',
        'sip:bob@x;transport=tcp',
        '*99',
        'ä',
        5,
        null,
        undefined,
    ];
    for (const target of targets) {
        test(`normalizeTarget(${JSON.stringify(target)})`, () => {
            assert.equal(
                String(JsSIP.Utils.normalizeTarget(target, 'd.com')),
                String(theirs.Utils.normalizeTarget(target, 'd.com')),
            );
        });
    }

    test('the pure functions agree with JsSIP', () => {
        const calls = {
            str_utf8_length: [['ñä'], ['']],
            isString: [['a'], [5], [null], [undefined]],
            isDecimal: [['5'], [5], ['5.5'], ['x'], [-3]],
            isEmpty: [[null], [''], [undefined], [[]], [NaN], [0], ['x'], [false]],
            escapeUser: [['a b'], ['+1?/:'], ['%41'], ['ñ']],
            headerize: [['call-id'], ['cseq'], ['www-authenticate'], ['x_foo-BAR'], ['from']],
            sipErrorCause: [[486], [404], [603], [302], [488], [401], [480], [484], [599]],
            calculateMD5: [['abc'], ['ñ'], ['']],
            cloneArray: [[[1]], [undefined]],
            cloneObject: [[{ a: 1 }], [undefined], [null, { b: 2 }]],
            hostType: [['1.2.3.4'], ['a.b'], ['[::1]'], ['a b'], ['']],
        };
        for (const [name, list] of Object.entries(calls)) {
            for (const args of list) {
                assert.deepEqual(
                    JsSIP.Utils[name](...args),
                    theirs.Utils[name](...args),
                    `${name}(${JSON.stringify(args)})`,
                );
            }
        }
        assert.deepEqual(
            Object.keys(theirs.Utils).filter((name) => !JsSIP.Utils[name]),
            [],
        );
        assert.match(JsSIP.Utils.newUUID(), /^[0-9a-f-]{36}$/);
        assert.match(JsSIP.Utils.newTag(), /^[0-9a-v]{10}$/);
        assert.match(JsSIP.Utils.getRandomTestNetIP(), /^192\.0\.2\.\d+$/);
    });
});

describe('constants, exceptions and exports', () => {
    test('every export of JsSIP is there, by require and by import, as the same object', async () => {
        const inside = createRequire(path.join(root, 'index.js')); // where the name of the package is known
        const esm = await import(path.join(root, 'src/jssip/index.mjs'));
        assert.equal(inside('sipua/jssip'), JsSIP);
        for (const name of Object.keys(theirs)) {
            assert.ok(name in JsSIP, name);
            assert.equal(esm[name], JsSIP[name], name);
        }
        assert.equal(esm.default, JsSIP);
    });

    test('causes, methods, states and codes have the values of JsSIP', () => {
        for (const key of ['causes', 'SIP_ERROR_CAUSES', 'DTMF_TRANSPORT'])
            assert.deepEqual(JsSIP.C[key], theirs.C[key]);
        for (const key of Object.keys(theirs.C)) assert.ok(JsSIP.C[key], key);
        assert.deepEqual(JsSIP.UA.C, theirs.UA.C);
        assert.deepEqual(JsSIP.RTCSession.C, theirs.RTCSession.C);
        assert.deepEqual(
            Object.keys(theirs.C.REASON_PHRASE).filter((code) => !JsSIP.C.REASON_PHRASE[code]),
            [],
        );
    });

    test('exceptions carry the same code, name and text', () => {
        for (const [name, args] of [
            ['ConfigurationError', ['uri', 'x']],
            ['ConfigurationError', ['uri']],
            ['InvalidStateError', [4]],
            ['NotSupportedError', ['no']],
            ['NotReadyError', ['no']],
        ]) {
            const [a, b] = [JsSIP, theirs].map(({ Exceptions }) => new Exceptions[name](...args));
            const seen = (e) => [e.code, e.name, e.message, e.parameter, e.value, e.status, e instanceof Error];
            assert.deepEqual(seen(a), seen(b));
        }
    });

    test('Grammar reads the headers that programs ask for', () => {
        const cases = [
            ['Session_Expires', '90;refresher=uac'],
            ['Expires', '50'],
            ['Min_Expires', '30'],
            ['CSeq', '1 INVITE'],
            ['Replaces', 'abc;to-tag=1;from-tag=2'],
            ['Call_ID', 'x@y'],
            ['Event', 'dialog;id=1'],
            ['WWW_Authenticate', 'Digest realm="a", nonce="b", qop="auth,auth-int", algorithm=MD5, stale=true'],
            ['host', 'a.b'],
            ['host', '1.2.3.4'],
            ['quoted_string', '"a"'],
            ['uuid', 'x'],
            ['SIP_URI', 'nothing'],
        ];
        for (const [rule, text] of cases) {
            assert.deepEqual(
                { ...JsSIP.Grammar.parse(text, rule) },
                { ...theirs.Grammar.parse(text, rule) },
                `${rule} ${text}`,
            );
        }
        const [first, second] = JsSIP.Grammar.parse('<sip:a@b>;expires=3, "x" <sip:c@d>', 'Contact');
        assert.equal(first.parsed.getParam('expires'), '3');
        assert.equal(second.parsed.display_name, 'x');
        assert.equal(JsSIP.Grammar.parse('sip:a@b;tag=5', 'From').getParam('tag'), '5');
        assert.throws(() => JsSIP.Grammar.parse('x', 'no_such_rule'));
    });
});

describe('debug', () => {
    test('has the interface of the package "debug"', () => {
        for (const key of [
            'enable',
            'disable',
            'enabled',
            'coerce',
            'log',
            'formatters',
            'names',
            'skips',
            'default',
        ]) {
            assert.ok(key in JsSIP.debug, key);
        }
        const before = JsSIP.debug.disable();
        const said = [];
        const log = JsSIP.debug('app:one');
        log.log = (...args) => said.push(args);
        log('not yet');
        JsSIP.debug.enable('app:*,-app:two');
        assert.equal(log.enabled, true);
        assert.equal(JsSIP.debug.enabled('app:two'), false);
        assert.equal(JsSIP.debug('app:two').enabled, false);
        log('now %s %o', 'this', { a: 1 });
        assert.equal(said.length, 1);
        assert.match(said[0][0], /app:one .*now %s \{ a: 1 \}/);
        assert.equal(log.extend('more').namespace, 'app:one:more');
        assert.equal(JsSIP.debug.disable(), 'app:*,-app:two');
        assert.equal(log.enabled, false);
        JsSIP.debug.enable(before);
    });
});
