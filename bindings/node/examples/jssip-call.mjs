// The call of every JsSIP tutorial, under Node and with real audio.
//
//   node jssip-call.mjs SERVER URI PASSWORD TARGET     e.g. udp:pbx.example:5060 sip:alice@pbx.example secret bob
//   node jssip-call.mjs                                with a server and somebody who answers, both started here
//
// SOUND=file.raw sends that file (16-bit mono samples, 16 kHz), HEARD=file.raw keeps what is heard.
import { createReadStream, createWriteStream } from 'node:fs';
import JsSIP from 'sipua/jssip';

const [server, uri, password, target] = process.argv.length > 2 ? process.argv.slice(2) : await selfContained();

const socket = new JsSIP.WebSocketInterface(server);
const configuration = { sockets: [socket], uri, password };
const ua = new JsSIP.UA(configuration);

const eventHandlers = {
    progress: () => console.log('call is in progress'),
    failed: (e) => {
        console.log('call failed with cause:', e.cause);
        process.exitCode = 1;
        ua.stop();
    },
    ended: (e) => {
        console.log('call ended with cause:', e.cause);
        ua.stop();
    },
    confirmed: () => {
        console.log('call confirmed');
        setTimeout(() => session.terminate(), 2000);
    },
};

const options = {
    eventHandlers,
    mediaConstraints: { audio: true, video: true }, // video is left out
    mediaStream: {
        readable: process.env.SOUND && createReadStream(process.env.SOUND),
        writable: createWriteStream(process.env.HEARD || '/dev/null'),
    },
};

let session;
ua.on('registered', () => {
    session = ua.call(target, options);
});
ua.on('registrationFailed', (e) => {
    console.log('not registered:', e.cause);
    process.exitCode = 1;
    ua.stop();
});
ua.start();

/** A registrar, and bob who answers and echoes; both go when the call is over. */
async function selfContained() {
    const { Registrar } = await import('sipua/testing');
    const registrar = await new Registrar({ alice: 'secret', bob: 'secret' }).start();
    const here = `udp:127.0.0.1:${registrar.port}`;
    const bob = new JsSIP.UA({
        sockets: new JsSIP.WebSocketInterface(here),
        uri: 'sip:bob@127.0.0.1',
        password: 'secret',
    });
    bob.on('newRTCSession', ({ session: call }) => {
        call.answer();
        call.audio.pipe(call.audio, { end: false });
        call.on('ended', () => bob.stop());
    });
    bob.on('disconnected', () => registrar.stop());
    await new Promise((done) => {
        bob.on('registered', done);
        bob.start();
    });
    return [here, 'sip:alice@127.0.0.1', 'secret', 'bob'];
}
