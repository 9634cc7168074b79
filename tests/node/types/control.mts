// Call control and events, as a program in TypeScript uses them.
import { Agent, DialogInfo, MessageSummary, Presence, type Call, type TransferRequest } from 'sipua';
import type * as events from 'sipua';

const agent = new Agent({ bind: '127.0.0.1' });
const account = agent.account('sip:alice@example.com');

export async function inCall(call: Call, second: Call): Promise<string> {
    await call.hold({ method: 'update' });
    await call.resume();
    call.on('transfer_progress', progress => console.log(progress.status)).on('call_moved', moved => console.log(moved.localHost));
    await call.renegotiate({ codecs: ['pcmu'] });
    await call.mute({ receive: true });
    const { send, receive } = call.muted;
    const digits: string = (await call.collect(4, { terminators: '#', timeoutMs: Infinity })).digits;
    const answer = await call.info('Signal=1', { contentType: 'application/dtmf-relay' });
    call.on('call_change_requested', change => change.hold && change.reject(488));
    call.on('transfer_requested', async (wish: TransferRequest) => {
        const other: Call = await wish.accept({ fromName: 'Alice' });
        await other.hangup({ q850: 16 });
    });
    const done = await call.transfer(second, { hangup: false }).catch(() => null);
    const after: number | null = call.answerAfter;
    return `${digits} ${answer.status} ${done?.status} ${send} ${receive} ${after} ${call.replacedBy?.id}`;
}

export async function around(call: Call): Promise<void> {
    const conference = agent.conference({ rate: 8000 });
    await conference.add(call);
    conference.audio.write(Buffer.alloc(320));
    const inside: number = conference.audio.call.calls.length;
    await conference.play('hello.wav', { loop: false });
    await conference.end({ hangup: inside > 2 });
    agent.on('incoming_call', a => agent.bridge(a, agent.dial('sip:bob@example.com'), { hold: false }));
    agent.on('subscribe_requested', async notifier => {
        await notifier.accept(new Presence({ entity: notifier.to, tuples: [{ id: 'a', status: 'open' }] }), { expires: 600 });
        await notifier.end('giveup', { retryAfter: 60 });
    });
    const subscription = account.subscribe('sip:bob@example.com', 'dialog', { expires: 0 });
    for await (const note of subscription) {
        const { document } = note;
        if (document instanceof DialogInfo) console.log(document.dialogs[0]?.state, document.dialogs[0]?.local?.identity);
    }
    const publication = await account.publish('message-summary', new MessageSummary({ waiting: true, voice: { new: 1 } }));
    publication.on('publish_state', state => console.log(state.retryMs));
    await publication.end();
    await agent.message('sip:bob@example.com', 'x', { disposition: ['displayed'] });
    // @ts-expect-error: there is no such status
    new Presence({ tuples: [{ status: 'ajar' }] });
    await agent.drain();
    for await (const change of agent.changes()) await change.accept();
    const known: typeof events.Presence = Presence;
    console.log(known.bodyType);
}
