// Never run: what a program in TypeScript writes must pass the strict checker, and what is wrong must not.
import sipua, { Agent, CallEndedError, Cause, ErrorCode, SipError, events, parseUri } from 'sipua';
import { Registrar } from 'sipua/testing';

const registrar = await new Registrar({ alice: 'wonder' }, { mode: 'proxy' }).start();
await using agent = new Agent({ bind: '127.0.0.1', rtpPorts: [20000, 20999], options: { log_level: 3 } });
const account = await agent.register(registrar.aor('alice'), { password: 'wonder', signal: AbortSignal.timeout(5000) });

account.on('incoming_call', async call => {
    const audio = await call.answer({ rate: 8000 });
    audio.on('data', (pcm: Buffer) => audio.write(pcm));
    call.once('dtmf', e => e.digit.charCodeAt(0));
});
account.on('message', m => m.accept());
agent.on('call_ended', e => {
    const cause: Cause = e.cause;
    const established: boolean = e.established;
    console.log(cause === Cause.BUSY, established, e.durationMs, e.headers.get('Via')?.length);
});

const call = await account.call('bob', { headers: { 'X-A': ['1', '2'] }, signal: new AbortController().signal });
const played: events.PlayDone = await call.play('x.wav', { loop: false });
const player = call.play('y.wav');
await player.stop();
const cut = await call.audio.flush();
const jitter: number = (await call.stats()).jitterUs;
for await (const event of call.events()) if (event instanceof events.CallEnded) console.log(event.q850);
for await (const incoming of agent.calls()) await incoming.reject(486);
try {
    await account.message('bob', 'hello', { contentType: 'text/plain' });
} catch (error) {
    if (error instanceof CallEndedError) console.log(error.event.cause);
    else if (error instanceof SipError) console.log(error.status, error.reason, error.cause, error.code === ErrorCode.TIMEOUT);
}
console.log(parseUri('sip:a@b').port, played.durationMs, cut.playedMs, jitter, sipua.version);

// @ts-expect-error there is no such setting
new Agent({ colour: 1 });
// @ts-expect-error a number is needed
call.answer({ rate: '8000' });
// @ts-expect-error nobody makes calls by hand
new sipua.Call();
// @ts-expect-error a class of events has no such member
played.digit;
