// Events around calls: subscriptions, publications, documents, and messages about messages.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CpimMessage, DialogInfo, MessageSummary, Presence, SipError, SipuaError } from '../../bindings/node/index.mjs';
import { callBetween, once, sleep, two, until, uri } from './support.mjs';

const presence = status => new Presence({ entity: 'sip:bob@example.com', tuples: [{ id: 't1', status }] });

test('a subscription is told the news as documents', async t => {
    const [left, right] = await two(t);
    const watched = once(right, 'subscribe_requested').then(async one => {
        assert.equal(one.package, 'presence');
        await one.accept(presence('open'));
        return one;
    });
    await right.stats();
    const subscription = left.subscribe(uri(right), 'presence');
    const notes = subscription[Symbol.asyncIterator]();
    const next = async () => (await notes.next()).value;
    await subscription.active();
    const notifier = await watched;
    const first = await next();
    assert.ok(first.document instanceof Presence);
    assert.equal(first.document.tuples[0].status, 'open');
    await notifier.notify(presence('closed'));
    assert.deepEqual((await next()).document, presence('closed'));
    assert.deepEqual(subscription.document, presence('closed'));
    await subscription.refresh();
    assert.deepEqual((await next()).document, presence('closed')); // the last is sent again
    const over = once(subscription, 'subscription_state');
    await notifier.end('noresource');
    assert.equal((await over).state, 'terminated');
    assert.equal((await next()).state, 'terminated');
    assert.ok((await notes.next()).done);
    await until(() => notifier.ended);
    await subscription.end(); // twice is harmless
});

test('a subscriber leaves by himself', async t => {
    const [left, right] = await two(t);
    const subscribers = right.subscribers();
    const accepting = subscribers.next().then(async ({ value }) => {
        await value.accept(presence('open'));
        return value;
    });
    await right.stats();
    const subscription = left.subscribe(uri(right), 'presence', { expires: 600 });
    await subscription.active();
    const notifier = await accepting;
    await subscription.end();
    assert.ok(subscription.ended && subscription.failure === null);
    await until(() => notifier.ended);
    await assert.rejects(notifier.notify(presence('open')), SipuaError);
    await subscribers.return();
});

test('a subscription that nobody takes is refused', async t => {
    const [left, right] = await two(t);
    const refused = left.subscribe(uri(right), 'dialog');
    await assert.rejects(refused.active(), error => error instanceof SipError && error.status === 489);
    assert.equal(refused.failure.status, 489);
    right.on('subscribe_requested', one => one.reject());
    await right.stats();
    await assert.rejects(left.subscribe(uri(right), 'dialog').active(), error => error.status === 403);
});

test('who only reads learns that he was refused', async t => {
    const [left, right] = await two(t);
    const read = async () => { for await (const note of left.subscribe(uri(right), 'dialog')) assert.fail(note.state); };
    await assert.rejects(read(), error => error instanceof SipError && error.status === 489);
});

test('whom a document is about need not be said, nor which version it is', async t => {
    const [left, right] = await two(t);
    right.on('subscribe_requested', async one => {
        await one.accept(new DialogInfo());
        await one.notify(new DialogInfo());
    });
    await right.stats();
    let version = 0;
    for await (const note of left.subscribe(uri(right), 'dialog')) {
        assert.deepEqual([note.document.entity, note.document.version], [uri(right), version]);
        if (++version === 2) break;
    }
});

test('publishing is refused where nobody keeps states', async t => {
    const [left, right] = await two(t);
    const account = left.account('sip:alice@example.com', { server: uri(right) });
    await assert.rejects(account.publish('presence', presence('open'), { target: uri(right) }), error => [405, 489, 501].includes(error.status));
});

test('documents are written as they are read', () => {
    const summary = new MessageSummary({ waiting: true, voice: { new: 2, old: 8 } });
    assert.match(`${summary}`, /Messages-Waiting: yes/);
    assert.equal(summary.bodyType, 'application/simple-message-summary');
    assert.throws(() => presence('ajar').toBuffer(), SipuaError);
    assert.throws(() => new Presence({ entity: 'sip:a@b', notes: [{}] }).toString(), TypeError);
    assert.throws(() => new Presence({ entity: 'sip:a@b', tuples: [{ stat: 'open' }] }).toString(), /there is no setting "stat"/);
    assert.throws(() => new CpimMessage({ colour: 'red' }), TypeError);
});

test('a message says when it has arrived and was shown', async t => {
    const [left, right] = await two(t);
    const told = [];
    left.on('message_disposition', event => told.push(event)).on('message', () => {}); // who wants to be told must be there
    const coming = once(right, 'message').then(async message => {
        assert.ok(message.text === 'hello' && message.messageId);
        await message.accept();
        return message;
    });
    await Promise.all([left.stats(), right.stats()]);
    const options = { from: uri(left, 'alice'), disposition: ['delivered', 'displayed'] };
    const delivered = await left.message(uri(right), 'hello', options);
    const message = await coming;
    assert.equal(delivered.messageId, message.messageId);
    await message.displayed();
    await until(() => told.length === 2);
    assert.ok(told.every(event => event.messageId === message.messageId));
    assert.deepEqual(told.map(event => event.state).sort(), ['delivered', 'displayed']);
    await assert.rejects(left.message(uri(right), 'x', { disposition: ['eaten'] }), RangeError);
});

test('who is writing is told', async t => {
    const [left, right] = await two(t);
    const states = [];
    right.on('message', () => {}).on('message_composing', event => states.push(event.state));
    await right.stats();
    const account = left.account('sip:alice@example.com');
    await account.composing(uri(right));
    await account.composing(uri(right), false);
    await until(() => states.length === 2);
    assert.deepEqual(states, ['active', 'idle']);
});

test('what has ended is garbage', { skip: !globalThis.gc }, async t => {
    const [left, right] = await two(t);
    const seen = [];
    const watch = object => {
        seen.push([object.constructor.name, new WeakRef(object)]);
        return object;
    };
    await (async () => {
        const [near, far] = await callBetween(left, right);
        await watch(left.conference()).end();
        const conference = watch(left.conference());
        await conference.add(near);
        conference.audio.write(Buffer.alloc(320));
        await conference.end();
        await near.hold();
        await assert.rejects(Promise.resolve(watch(near.transfer('sip:nobody@127.0.0.1'))));
        await assert.rejects(watch(left.subscribe(uri(right), 'presence')).active());
        const incoming = new Promise(resolve => {
            right.once('subscribe_requested', async one => {
                await watch(one).accept(presence('open'));
                resolve();
            });
        });
        await right.stats();
        const subscription = watch(left.subscribe(uri(right), 'presence'));
        await Promise.all([subscription.active(), incoming]);
        await subscription.end();
        watch(near);
        watch(far);
        await near.hangup();
        await far.waitEnded();
    })();
    const kept = () => seen.filter(([, ref]) => ref.deref()).map(([name]) => name);
    for (let i = 0; i < 100 && kept().length; i++) {
        await sleep(20);
        globalThis.gc();
    }
    assert.deepEqual(kept(), []);
});

test('a publication that was refused does not live on', async t => {
    const [left, right] = await two(t);
    const events = left.events();
    await assert.rejects(left.account('sip:me@127.0.0.1').publish('presence', presence('open'), { target: uri(right) }), SipError);
    // The program was told: nothing of it may be tried again behind its back.
    for await (const event of events) if (event.name === 'publish_state' && event.state === 'removed') break;
});

test('a subscriber may be sent away twice', async t => {
    const [left, right] = await two(t);
    const came = once(right, 'subscribe_requested');
    await right.stats();
    const subscription = left.subscribe(uri(right), 'presence');
    const one = await came;
    await one.accept(presence('open'));
    await Promise.all([one.end(), one.end()]);
    await one.end();
    await until(() => subscription.ended);
});
