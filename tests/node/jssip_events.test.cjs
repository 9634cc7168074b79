'use strict';

// Subscriber and Notifier in JsSIP's words.

const assert = require('node:assert/strict');
const { afterEach, test } = require('node:test');
const { closeAll, event, pair, until } = require('./jssip_support.cjs');

afterEach(closeAll);

const options = { expires: 600, contentType: 'text/plain', extraHeaders: ['X-A: 1'] };

/** bob lets others watch; the notifiers. */
function watched(bob, more = {}) {
    const notifiers = [];
    bob.on('newSubscribe', ({ event: which, request }) => {
        assert.equal(which.event, 'presence');
        assert.equal(request.getHeader('X-A'), '1');
        const notifier = bob.notify(request, 'text/plain', { extraHeaders: ['X-B: 2'], ...more });
        notifier.seen = [];
        notifier.on('subscribe', (last, _, body) => {
            notifier.seen.push(`subscribe ${last} ${body}`);
            if (!last) notifier.notify('first');
        });
        notifier.on('terminated', (code) => notifier.seen.push(`terminated ${code}`));
        notifiers.push(notifier);
        notifier.start();
    });
    return notifiers;
}

/** What a subscriber tells, in order. */
function told(subscriber) {
    const seen = [];
    for (const name of ['accepted', 'pending', 'active']) subscriber.on(name, () => seen.push(name));
    subscriber.on('notify', (last, request, body, type) => seen.push(`notify ${last} ${request.method} ${body} ${type}`));
    subscriber.on('terminated', (code, reason) => seen.push(`terminated ${code} ${reason}`));
    return seen;
}

test('a subscriber is told, asks anew and leaves', async () => {
    const { alice, bob } = await pair(null);
    const notifiers = watched(bob);
    const subscriber = alice.subscribe('bob', 'presence', 'text/plain', options);
    const seen = told(subscriber);
    assert.equal(subscriber.state, subscriber.C.STATE_INIT);
    subscriber.subscribe('wish');
    await until(() => seen.length === 3);
    assert.deepEqual(seen, ['accepted', 'active', 'notify false NOTIFY first text/plain']);
    assert.ok(subscriber.id && subscriber.state === subscriber.C.STATE_ACTIVE);
    notifiers[0].notify('second');
    await until(() => seen.length === 4);
    assert.equal(seen[3], 'notify false NOTIFY second text/plain');
    assert.deepEqual(notifiers[0].seen, ['subscribe false wish']);
    const over = event(subscriber, 'terminated');
    subscriber.terminate();
    assert.equal(await over, subscriber.C.FINAL_NOTIFY_RECEIVED);
    await until(() => notifiers[0].state === notifiers[0].C.STATE_TERMINATED);
    assert.deepEqual(notifiers[0].seen.slice(-2), ['subscribe true undefined', `terminated ${notifiers[0].C.UNSUBSCRIBE_RECEIVED}`]);
});

test('a notifier that begins as pending, becomes active and ends it', async () => {
    const { alice, bob } = await pair(null);
    const notifiers = watched(bob, { pending: true });
    const subscriber = alice.subscribe('bob', 'presence', 'text/plain', options);
    const seen = told(subscriber);
    subscriber.subscribe();
    await until(() => seen.includes('notify false NOTIFY first text/plain'));
    assert.deepEqual(seen.slice(0, 2), ['accepted', 'pending']);
    notifiers[0].setActiveState();
    notifiers[0].notify('now');
    await until(() => seen.includes('notify false NOTIFY now text/plain'));
    assert.ok(seen.includes('active'));
    const over = event(subscriber, 'terminated');
    notifiers[0].terminate('bye', 'noresource');
    assert.equal(await over, subscriber.C.FINAL_NOTIFY_RECEIVED);
    assert.ok(seen.includes('notify true NOTIFY bye text/plain'));
    assert.equal(seen.at(-1), `terminated ${subscriber.C.FINAL_NOTIFY_RECEIVED} noresource`);
    assert.deepEqual(notifiers[0].seen.slice(-1), [`terminated ${notifiers[0].C.FINAL_NOTIFY_SENT}`]);
});

test('nobody lets himself be watched, or not by this one', async () => {
    const { alice, bob } = await pair(null);
    const first = alice.subscribe('bob', 'presence', 'text/plain', options);
    first.subscribe();
    assert.equal(await event(first, 'terminated'), first.C.SUBSCRIBE_NON_OK_RESPONSE);
    bob.on('newSubscribe', ({ request }) => request.reply(403));
    const second = alice.subscribe('bob', 'presence', 'text/plain', options);
    second.subscribe();
    assert.equal(await event(second, 'terminated'), second.C.SUBSCRIBE_NON_OK_RESPONSE);
    assert.throws(() => alice.subscribe('bob', 'presence'), TypeError);
});
