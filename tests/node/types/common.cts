// The same package as CommonJS, and the JsSIP-shaped layer.
import sipua = require('sipua');
import testing = require('sipua/testing');
import JsSIP = require('sipua/jssip');

const agent = new sipua.Agent().unref();
const account: sipua.Account = agent.account('sip:a@b');
const call: sipua.Call = account.dial('c', { timeoutMs: 5000 });
call.audio.pipe(process.stdout);
export const registrar: testing.Registrar = new testing.Registrar();
export const socket = new JsSIP.WebSocketInterface('udp:127.0.0.1:5060');
