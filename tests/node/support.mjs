// What several suites need: a registrar with two users, each registered by an agent of its own.
import { Agent } from '../../bindings/node/index.mjs';
import { Registrar } from '../../bindings/node/testing.mjs';

export async function pair(t, { options = {}, registrar: settings } = {}) {
    const registrar = await new Registrar({ alice: 'wonder', bob: 'builder' }, settings).start();
    const [hers, his] = [new Agent({ bind: '127.0.0.1', ...options }), new Agent({ bind: '127.0.0.1', ...options })];
    t.after(async () => {
        await Promise.all([hers.close({ drainMs: 500 }), his.close({ drainMs: 500 })]);
        await registrar.stop();
    });
    const alice = await hers.register(registrar.aor('alice'), { password: 'wonder' });
    const bob = await his.register(registrar.aor('bob'), { password: 'builder' });
    return { registrar, hers, his, alice, bob };
}

/** A tone as 16-bit samples. */
export function tone(ms, rate, hz = 440, level = 10000) {
    const pcm = Buffer.alloc(2 * Math.floor(ms * rate / 1000));
    for (let i = 0; i < pcm.length / 2; i++) pcm.writeInt16LE(Math.round(level * Math.sin(2 * Math.PI * hz * i / rate)), 2 * i);
    return pcm;
}

export const loudest = pcm => {
    let most = 0;
    for (let i = 0; i + 1 < pcm.length; i += 2) most = Math.max(most, Math.abs(pcm.readInt16LE(i)));
    return most;
};

export const sleep = ms => new Promise(resolve => {
    setTimeout(resolve, ms);
});

/** Resolves to the arguments of the first event of that name. */
export const once = (emitter, name) => new Promise(resolve => {
    emitter.once(name, (...a) => resolve(a[0]));
});

/** Two agents that take calls from anybody. */
export async function two(t, count = 2) {
    const agents = Array.from({ length: count }, () => new Agent({ bind: '127.0.0.1', open: true }));
    t.after(() => Promise.all(agents.map(agent => agent.close({ drainMs: 500 }))));
    await Promise.all(agents.map(agent => agent.listening()));
    return agents;
}

/** Where an agent is reached. */
export const uri = (agent, user = 'bob') => `sip:${user}@127.0.0.1:${agent.addresses.find(one => one.transport === 'udp').port}`;

/** A call that is up: the caller's side and the other. */
export async function callBetween(left, right, options) {
    const incoming = once(right, 'incoming_call').then(async call => {
        await call.answer();
        return call;
    });
    return [await left.call(uri(right), options), await incoming];
}

/** Waits for something that becomes true by itself. */
export async function until(condition, ms = 10000) {
    for (const end = Date.now() + ms; !condition(); await sleep(10)) if (Date.now() > end) throw new Error(`in vain: ${condition}`);
}

/** So much of what is heard. */
export async function hear(audio, ms) {
    const pieces = [];
    const bytes = 2 * audio.rate * ms / 1000;
    for (let got = 0; got < bytes; ) {
        const piece = audio.read() ?? (await new Promise(resolve => {
            audio.once('readable', resolve);
        }));
        if (!piece) continue;
        pieces.push(piece);
        got += piece.length;
    }
    return Buffer.concat(pieces);
}

/** How much of the power lies at that frequency in the middlemost tenth of a second: 1 is all of it, 0 also of silence. */
export function share(pcm, hz, rate = 16000) {
    const size = rate / 10;
    const shares = Array.from({ length: Math.floor(pcm.length / 2 / size) }, (_, i) => power(pcm, i * size, size, hz, rate));
    return shares.sort((a, b) => a - b)[shares.length >> 1] ?? 0;
}

function power(pcm, from, n, hz, rate) {
    let re = 0, im = 0, all = 0;
    for (let i = from; i < from + n; i++) {
        const x = pcm.readInt16LE(2 * i);
        re += x * Math.cos(2 * Math.PI * hz * i / rate);
        im += x * Math.sin(2 * Math.PI * hz * i / rate);
        all += x * x;
    }
    return all < n * 200 * 200 ? 0 : 2 * (re * re + im * im) / (n * all);
}
