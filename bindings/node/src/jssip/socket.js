'use strict';

// Where a UA connects to. JsSIP's sockets carry WebSockets; here they name what the library's own stack uses.

const net = require('node:net');
const { NotSupportedError } = require('./exceptions.js');
const { URI } = require('./uri.js');

const PORTS = { udp: 5060, tcp: 5060, tls: 5061, ws: 80, wss: 443 };
const OPTIONS = ['bind', 'advertise', 'tlsCa', 'tlsVerify', 'headers', 'origin'];

/**
 * new WebSocketInterface('wss://sip.example.com/path?query'), 'ws://…', or, ours, 'udp:sip.example.com:5060', 'tcp:…' and
 * 'tls:…' (also written udp://…). The second argument is an extension: {bind, advertise}, the local address of signalling
 * and media and what peers are told instead of it; {tlsCa, tlsVerify}, whom to trust; {headers, origin}, for the request
 * that opens a WebSocket.
 */
class WebSocketInterface {
    constructor(url, options = {}) {
        const m = typeof url === 'string' && /^([a-z][a-z\d+.-]*):(\/\/)?([^/?#\s@]+)(\/[^\s#]*|\?[^\s#]*)?$/i.exec(url);
        if (!m) throw new TypeError(`Invalid argument: ${url}`);
        const scheme = m[1].toLowerCase();
        const web = scheme === 'ws' || scheme === 'wss';
        const uri = Object.hasOwn(PORTS, scheme) && (web ? m[2] : !m[4] || m[4] === '/') && URI.parse(`sip:${m[3]}`);
        if (!uri || uri.user) throw new TypeError(`Invalid argument: ${url}`);
        for (const key of Object.keys(options ?? {})) {
            if (!OPTIONS.includes(key)) throw new TypeError(`Invalid argument: there is no option ${key}`);
        }
        this._url = url;
        this._transport = scheme;
        this._via_transport = scheme.toUpperCase();
        this._sip_uri = `sip:${m[3]};transport=${web ? 'ws' : scheme}`;
        // Where requests go first. The path and query of a WebSocket have no place in a SIP URI.
        this._hop = web ? `${scheme}://${m[3]}${m[4] ?? ''}` : this._sip_uri;
        this._web = web;
        this._host = uri.host.replace(/^\[|\]$/g, '');
        this._port = uri.port || PORTS[scheme];
        this._bind = options.bind;
        this._advertise = options.advertise;
        this._tls = { ca: options.tlsCa, verify: options.tlsVerify };
        this._headers = Object.entries(options.headers ?? {});
        if (options.origin) this._headers.push(['Origin', options.origin]);
        this._connected = false;
        this._connecting = false;
    }

    get url() {
        return this._url;
    }

    get sip_uri() {
        return this._sip_uri;
    }

    get via_transport() {
        return this._via_transport;
    }

    set via_transport(value) {
        if (String(value).toUpperCase() !== this._via_transport) {
            throw new NotSupportedError(
                'via_transport cannot be changed: the library writes the transport it really uses',
            );
        }
    }

    /** Is it this server that an event about a connection tells of? Names are known to the library alone. */
    _isMeant(ev) {
        return ev.transport === this._transport && ev.port === this._port && (!net.isIP(this._host) || ev.host === this._host);
    }

    isConnected() {
        return this._connected;
    }

    isConnecting() {
        return this._connecting;
    }

    connect() {
        throw new NotSupportedError('the library connects by itself: use ua.start()');
    }

    disconnect() {
        throw new NotSupportedError('the library disconnects by itself: use ua.stop()');
    }

    send() {
        throw new NotSupportedError('the library sends its own messages');
    }
}

/** An object with JsSIP's socket interface that is not ours would have to carry the messages of our stack. */
function looksLikeSocket(value) {
    return Boolean(value) && typeof value === 'object' && 'sip_uri' in value && typeof value.connect === 'function';
}

module.exports = { WebSocketInterface, looksLikeSocket };
