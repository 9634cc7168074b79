// The message of every JsSIP tutorial.
//
//   node jssip-message.mjs SERVER URI PASSWORD TARGET TEXT
//   node jssip-message.mjs                             with a server and somebody who reads, both started here
import JsSIP from 'sipua/jssip';

const [server, uri, password, target, text] = process.argv.length > 2 ? process.argv.slice(2) : await selfContained();

const socket = new JsSIP.WebSocketInterface(server);
const ua = new JsSIP.UA({ sockets: [socket], uri, password });

const eventHandlers = {
    succeeded: (e) => {
        console.log('message delivered:', e.response.status_code);
        ua.stop();
    },
    failed: (e) => {
        console.log('message failed with cause:', e.cause);
        process.exitCode = 1;
        ua.stop();
    },
};

ua.on('registered', () => ua.sendMessage(target, text, { eventHandlers }));
ua.on('registrationFailed', (e) => {
    console.log('not registered:', e.cause);
    process.exitCode = 1;
    ua.stop();
});
ua.start();

/** A registrar, and bob who looks at what he gets before he accepts it; both go then. */
async function selfContained() {
    const { Registrar } = await import('sipua/testing');
    const registrar = await new Registrar({ alice: 'secret', bob: 'secret' }).start();
    const here = `udp:127.0.0.1:${registrar.port}`;
    const bob = new JsSIP.UA({
        sockets: new JsSIP.WebSocketInterface(here),
        uri: 'sip:bob@127.0.0.1',
        password: 'secret',
    });
    bob.on('newMessage', ({ message, request }) => {
        console.log(`${request.from.uri.user} says: ${request.body}`);
        setTimeout(() => {
            message.accept(); // later than JsSIP allows
            setTimeout(() => bob.stop(), 200);
        }, 100);
    });
    bob.on('disconnected', () => registrar.stop());
    await new Promise((done) => {
        bob.on('registered', done);
        bob.start();
    });
    return [here, 'sip:alice@127.0.0.1', 'secret', 'bob', 'hello from alice'];
}
