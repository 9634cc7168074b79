// The first call: a registrar, two phones, a message each way, and a call with audio, all in one process on loopback.
//
//     node first-call.mjs [folder for the WAV files]
//
// Alice sends a tune; Bob echoes what he hears, and both sides are recorded.
import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { Agent } from 'sipua';
import { Registrar } from 'sipua/testing';

const RATE = 16000;
const NOTES = [392, 440, 494, 523, 587, 659, 698, 784]; // G4 to G5
const started = performance.now();

function say(who, what) {
    console.log(`  ${((performance.now() - started) / 1000).toFixed(3).padStart(7)} s  ${who.padEnd(10)} ${what}`);
}

function melody() {
    const length = RATE * 180 / 1000;
    const rest = Buffer.alloc(2 * RATE * 120 / 1000);
    return Buffer.concat(NOTES.flatMap(note => {
        const pcm = Buffer.alloc(2 * length);
        for (let i = 0; i < length; i++) {
            const fade = Math.min(1, i / 80, (length - i) / 80);
            pcm.writeInt16LE(Math.round(11000 * fade * Math.sin(2 * Math.PI * note * i / RATE)), 2 * i);
        }
        return [pcm, rest];
    }));
}

const folder = process.argv[2] ?? await mkdtemp(join(tmpdir(), 'first-call-'));
await mkdir(folder, { recursive: true });
const registrar = await new Registrar({ alice: 'secret', bob: 'hunter2' }).start();
say('registrar', `listens at ${registrar.uri}`);
const agents = [new Agent({ bind: '127.0.0.1' }), new Agent({ bind: '127.0.0.1' })];
const alice = await agents[0].register(registrar.aor('alice'), { password: 'secret' });
const bob = await agents[1].register(registrar.aor('bob'), { password: 'hunter2' });
say('alice', `registered as ${alice.aor} for ${alice.expires} s`);
say('bob', `registered as ${bob.aor} for ${bob.expires} s`);

for (const [name, account] of [['alice', alice], ['bob', bob]]) {
    account.on('message', async message => {
        say(name, `message from ${message.from}: ${message.text}`);
        await message.accept();
    });
}
await alice.message(bob.aor, 'Hi Bob, may I call?');
await bob.message(alice.aor, 'Any time!');

bob.on('incoming_call', async call => {
    say('bob', `rings: call from ${call.from}`);
    await call.ring();
    const audio = await call.answer({ rate: RATE });
    audio.on('data', pcm => audio.write(pcm));
    await call.record(join(folder, 'bob.wav'), { stereo: true });
});
const call = await alice.call(bob.aor, { rate: RATE, signal: AbortSignal.timeout(10_000) });
say('alice', `answered, ${call.codec}`);
const recording = call.record(join(folder, 'alice.wav'), { stereo: true });
call.audio.write(melody());
say('alice', `sends ${NOTES.length} notes, ${(call.audio.queuedMs / 1000).toFixed(1)} s of audio queued at once`);
await call.audio.mark('sung');
await sleep(500);
const stats = await call.stats();
const ended = await call.hangup();
await recording;
say('alice', `hung up after ${(ended.durationMs / 1000).toFixed(1)} s (${ended.cause})`);
await Promise.all(agents.map(agent => agent.close()));
await registrar.stop();
if (stats.packetsReceived < 50) throw new Error(`only ${stats.packetsReceived} packets of Bob's echo arrived`);
console.log();
console.log(`  packets sent, received, lost   ${stats.packetsSent}, ${stats.packetsReceived}, ${stats.packetsLost}`);
console.log(`  jitter                         ${(stats.jitterUs / 1000).toFixed(1)} ms`);
console.log(`  recordings                     ${folder}/*.wav (near left, far right)`);
