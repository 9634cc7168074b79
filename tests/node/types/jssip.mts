// A program for JsSIP, under the strict checker.
import JsSIP, { C, UA, type RTCSession } from 'sipua/jssip';

const ua: UA = new JsSIP.UA({ sockets: [new JsSIP.WebSocketInterface('udp:x:1')], uri: 'a@b', password: 'x' });
ua.on('newRTCSession', ({ session, originator }) => {
    const call: RTCSession = session;
    if (originator === 'remote') call.answer({ mediaStream: { readable: process.stdin, writable: process.stdout } });
    call.on('failed', (e) => console.log(e.cause === C.causes.BUSY, e.message?.getHeader('X')));
});
ua.on('newMessage', async ({ message }) => message.accept({ extraHeaders: ['X: y'] }));
const session = ua.call('bob', {
    eventHandlers: { confirmed: () => session.sendDTMF(1, { transportType: 'RFC2833' }), ended: (e) => console.log(e.cause) },
    mediaConstraints: { audio: true, video: true },
});
session.audio?.pipe(process.stdout);
session.connection?.getStats().then((stats) => stats.get('codec-audio'));
ua.sendMessage('bob', 'hi', { eventHandlers: { succeeded: (e) => e.response.status_code } });
try {
    ua.stop();
} catch (e) {
    if (e instanceof JsSIP.Exceptions.ConfigurationError) console.log(e.parameter);
}
JsSIP.debug.enable('JsSIP:*');
// @ts-expect-error: a target is wanted
ua.call();
// @ts-expect-error: there is no such member
ua.on('newMessage', ({ nothing }) => nothing);

const held: boolean = session.hold({ useUpdate: true }, () => session.renegotiate());
const referred = session.refer('carol', { replaces: session });
if (held && referred) referred.on('accepted', ({ status_line: line }) => console.log(line.status_code));
session.on('refer', ({ accept }) => accept((next) => next.on('confirmed', () => session.terminate()), { extraHeaders: ['X: y'] }));
session.on('reinvite', (data) => data.reject({ status_code: 488 }));
session.on('changefailed', ({ cause }) => console.log(cause));
session.sendInfo('text/plain', 'hello');
const subscriber = ua.subscribe('bob', 'presence', 'application/pidf+xml', { expires: 600 });
subscriber.on('notify', (last, request, body) => console.log(last, request.call_id, body));
subscriber.subscribe();
ua.on('newSubscribe', ({ event, request }) => {
    if (event.event !== 'presence') return request.reply(489);
    const notifier = ua.notify(request, 'text/plain', { pending: true });
    notifier.on('subscribe', () => notifier.notify('news'));
    return notifier.start();
});
