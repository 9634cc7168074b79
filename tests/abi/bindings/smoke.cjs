// The Node layer on whatever library the loader found: registers, messages, calls.
'use strict';
const path = require('node:path');
const root = path.resolve(__dirname, '../../..');
const sipua = require(path.join(root, 'bindings/node'));
const { Registrar } = require(path.join(root, 'bindings/node/testing.js'));

/** Whether the library has a function of version 0.2; the error is the same for each that is missing. */
async function newer(agent) {
    try {
        await agent.networkChanged();
    } catch (error) {
        if (error.code !== sipua.ErrorCode.UNSUPPORTED) throw error;
        return false;
    }
    return true;
}

async function main() {
    const registrar = await new Registrar({ alice: 'one', bob: 'two' }).start();
    const [a, b] = [new sipua.Agent({ bind: '127.0.0.1' }), new sipua.Agent({ bind: '127.0.0.1' })];
    const alice = await a.register(registrar.aor('alice'), { password: 'one' });
    await b.register(registrar.aor('bob'), { password: 'two' });
    let said = '';
    b.on('message', m => {
        said = m.text;
        m.accept();
    });
    b.on('incoming_call', async call => {
        const audio = await call.answer({ rate: 8000 });
        audio.pipe(audio);
        audio.on('error', () => {});
    });
    await alice.message('bob', 'hello');
    const call = await alice.call('bob');
    call.audio.send(Buffer.alloc(3200), { rate: 8000 });
    await call.audio.mark(7);
    const ended = await call.hangup();
    if (said !== 'hello' || ended.cause !== 'Terminated') throw new Error(`${said} ${ended.cause}`);
    if (await newer(a) === sipua.version.startsWith('0.1.')) throw new Error(`networkChanged() with ${sipua.version}`);
    await Promise.all([a.close(), b.close()]);
    await registrar.stop();
    console.log(`${sipua.version} from Node ${process.versions.node}`);
}

main().catch(error => {
    console.error('error:', error);
    process.exit(1);
});
