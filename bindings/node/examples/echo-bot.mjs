// A phone that answers every call and repeats what it hears; a digit makes it stop talking.
//
//     node echo-bot.mjs                                    calls itself once, to show that it works
//     node echo-bot.mjs --open                             takes calls from anybody, for any user
//     node echo-bot.mjs sip:bot@example.com PASSWORD       registers, and takes calls
import { Agent } from 'sipua';

const [address, password] = process.argv.slice(2);
const demo = address === undefined;
const agent = new Agent({ open: demo || address === '--open', ...(demo && { bind: '127.0.0.1' }) });

agent.on('incoming_call', async call => {
    console.log(`${call.from} calls, with ${call.headers.get('User-Agent') ?? 'an unknown phone'}`);
    call.on('dtmf', async ({ digit }) => {
        const { discardedMs } = await call.audio.flush();
        console.log(`pressed ${digit}: ${discardedMs} ms were not said`);
    });
    call.on('call_held', () => console.log('on hold'));
    call.on('call_ended', ({ cause, durationMs }) => console.log(`${call.from} was here for ${Math.round(durationMs / 1000)} s (${cause})`));
    await call.ring();
    const audio = await call.answer({ rate: 16000 });
    audio.pipe(audio);
});

if (address?.startsWith('sip')) await agent.register(address, { password });
const addresses = await agent.listening();
for (const { transport, host, port } of addresses) console.log(`listening at ${transport} ${host}:${port}`);

if (demo) {
    const call = await agent.call(`sip:echo@127.0.0.1:${addresses[0].port}`);
    call.audio.write(Buffer.alloc(32000, 1));
    await call.sendDtmf('5');
    console.log('heard', (await call.stats()).packetsReceived, 'packets');
    await call.hangup();
    await agent.close();
}
process.once('SIGINT', () => agent.close()); // a second one ends it at once
