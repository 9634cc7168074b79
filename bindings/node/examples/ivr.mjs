// An IVR: asks for an extension and transfers the caller to it. SIGTERM lets the calls that are up end in peace.
//     node ivr.mjs sip:desk@example.com PASSWORD prompt.wav
import { Agent, CallEndedError } from 'sipua';

const [aor, password, prompt] = process.argv.slice(2);
const agent = new Agent();

agent.on('incoming_call', async call => {
    await call.answer();
    for (let i = 0; i < 3; i++) {
        call.play(prompt); // the first digit stops it
        const { digits } = await call.collect(3, { terminators: '#', timeoutMs: 15000 });
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
