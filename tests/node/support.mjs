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
