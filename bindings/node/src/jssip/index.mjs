// The same for `import`: one copy of the classes serves both.
import JsSIP from './index.js';

export const {
    C,
    Exceptions,
    Utils,
    UA,
    URI,
    NameAddrHeader,
    WebSocketInterface,
    Grammar,
    RTCSession,
    debug,
    name,
    version,
} = JsSIP;
export default JsSIP;
