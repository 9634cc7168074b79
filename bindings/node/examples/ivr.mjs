// An IVR: asks for an extension and transfers the caller to it. SIGTERM lets the calls that are up end in peace.
//
//     node ivr.mjs                                            shows itself: a registrar, a caller, the desk, an extension
//     node ivr.mjs sip:desk@example.com PASSWORD prompt.wav   registers, and takes calls
import { Agent, CallEndedError } from 'sipua';
import { Registrar } from 'sipua/testing';

const demo = process.argv.length === 2;
const registrar = demo ? await new Registrar({ desk: 's', alice: 's', 200: 's' }).start() : null;
const [aor, password, prompt] = demo ? [registrar.aor('desk'), 's'] : process.argv.slice(2);
const loopback = demo ? { bind: '127.0.0.1' } : {};
const agent = new Agent(loopback);

agent.on('incoming_call', async call => {
    await call.answer();
    for (let i = 0; i < 3; i++) {
        // The first digit stops the prompt; without any, the time counts from its end.
        const { digits } = await call.collect(3, { terminators: '#', timeoutMs: 15000, prompt });
        if (!digits) continue;
        try {
            await call.transfer(digits); // done when the extension has answered; this call is then hung up
            console.log(`${call.from} talks with ${digits}`);
            return;
        } catch (error) {
            if (error instanceof CallEndedError) return; // the caller hung up
            console.log(`${digits}: ${error.message}`);
        }
    }
    await call.hangup();
});

process.once('SIGTERM', async () => {
    await agent.drain();
    await agent.close();
});
await agent.register(aor, { password });
console.log('ready');

if (demo) {
    const [alice, extension] = [new Agent(loopback), new Agent(loopback)];
    extension.on('incoming_call', call => call.answer());
    await extension.register(registrar.aor('200'), { password: 's' });
    const caller = await alice.register(registrar.aor('alice'), { password: 's' });
    const wishes = alice.transfers(); // a caller follows no transfer unless it says so
    const call = await caller.call('desk');
    await call.sendDtmf('200');
    const moved = await (await wishes.next()).value.accept();
    await moved.answered();
    await call.waitEnded();
    await moved.hangup();
    await Promise.all([agent, alice, extension].map(one => one.close()));
    await registrar.stop();
}
