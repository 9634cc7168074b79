import JsSIP = require('sipua/jssip');
import * as all from 'sipua/jssip';

const ua = new JsSIP.UA({ sockets: new all.WebSocketInterface('udp:x'), uri: 'x@y' });
const uri: JsSIP.URI | undefined = JsSIP.URI.parse('sip:a@b');
ua.sendOptions(uri ?? 'bob').on('failed', (e) => e.cause);
