'use strict';

// The configuration of a UA: what is checked, what is the default, what is not possible and why.

const C = require('./constants.js');
const { ConfigurationError, NotSupportedError } = require('./exceptions.js');
const Grammar = require('./grammar.js');
const { WebSocketInterface, looksLikeSocket } = require('./socket.js');
const { URI } = require('./uri.js');
const Utils = require('./utils.js');

const defaults = () => ({
    authorization_user: null,
    password: null,
    realm: null,
    ha1: null,
    authorization_jwt: null,
    display_name: null,
    uri: null,
    contact_uri: null,
    instance_id: null,
    use_preloaded_route: false,
    session_timers: true,
    session_timers_refresh_method: C.UPDATE,
    session_timers_force_refresher: false,
    no_answer_timeout: 60,
    register: true,
    register_expires: 600,
    register_from_tag_trail: '',
    registrar_server: null,
    sockets: null,
    connection_recovery_max_interval: C.CONNECTION_RECOVERY_MAX_INTERVAL,
    connection_recovery_min_interval: C.CONNECTION_RECOVERY_MIN_INTERVAL,
    extra_headers: null,
    user_agent: C.USER_AGENT,
});

function checkSocket(entry) {
    const socket = entry?.socket ?? entry;
    if (socket instanceof WebSocketInterface) {
        const weight = entry === socket ? 0 : (entry.weight ?? 0);
        return Number.isFinite(Number(weight)) ? { socket, weight: Number(weight) } : undefined;
    }
    if (looksLikeSocket(socket)) {
        throw new NotSupportedError(
            'custom Socket objects are not possible: the library has its own transports; ' +
                'use new JsSIP.WebSocketInterface("wss://HOST/PATH") or "udp:HOST:PORT"',
        );
    }
    return undefined;
}

function checkSockets(value) {
    const list = Array.isArray(value) ? value : [value];
    const sockets = list.map(checkSocket);
    return sockets.length && sockets.every(Boolean) ? sockets : undefined;
}

function sipUri(value, accept) {
    if (typeof value !== 'string' && !(value instanceof URI)) return undefined;
    const text = String(value);
    const uri = URI.parse(/^sip:/i.test(text) ? text : `sip:${text}`);
    return uri && accept(uri) ? uri : undefined;
}

const bool = (value) => (typeof value === 'boolean' ? value : undefined);
const text = (value) => (typeof value === 'string' ? value : undefined);
const asText = (value) => String(value);
const numberFrom = (least) => (value) => {
    const n = Number(value);
    return Utils.isDecimal(value) && n >= least ? n : undefined;
};

const HA1 = /^[0-9a-f]{32}$/i; // MD5 of user:realm:password

const mandatory = {
    sockets: checkSockets,
    uri: (value) => sipUri(value, (uri) => uri.user),
};

const optional = {
    authorization_user: (value) => (Grammar.parse(`"${value}"`, 'quoted_string') === -1 ? undefined : value),
    authorization_jwt: text,
    ha1: (value) => (typeof value === 'string' && HA1.test(value) ? value : undefined),
    user_agent: text,
    connection_recovery_max_interval: numberFrom(1),
    connection_recovery_min_interval: numberFrom(1),
    contact_uri: (value) => (typeof value === 'string' ? URI.parse(value) : undefined),
    display_name: (value) => value,
    instance_id(value) {
        const id = String(value).replace(/^uuid:/i, '');
        return Grammar.parse(id, 'uuid') === -1 ? undefined : id;
    },
    no_answer_timeout: numberFrom(1),
    session_timers: bool,
    session_timers_refresh_method(value) {
        const method = typeof value === 'string' ? value.toUpperCase() : '';
        return method === C.INVITE || method === C.UPDATE ? method : undefined;
    },
    session_timers_force_refresher: bool,
    password: asText,
    realm: asText,
    register: bool,
    register_expires: numberFrom(0),
    register_from_tag_trail: (value) => (typeof value === 'function' ? value : String(value)),
    registrar_server: (value) => sipUri(value, (uri) => !uri.user),
    use_preloaded_route: bool,
    extra_headers(value) {
        return Array.isArray(value) ? value.filter((header) => typeof header === 'string') : undefined;
    },
};

function check(config, source, checks, name) {
    const checked = checks[name](source[name]);
    if (checked === undefined) throw new ConfigurationError(name, source[name]);
    config[name] = checked;
}

/** The settled, sealed configuration; what `ua.set()` may change stays writable. */
function load(source) {
    const config = defaults();
    for (const name of Object.keys(mandatory)) {
        if (!Object.hasOwn(source, name)) throw new ConfigurationError(name);
        check(config, source, mandatory, name);
    }
    for (const name of Object.keys(optional)) {
        if (Object.hasOwn(source, name) && !Utils.isEmpty(source[name])) check(config, source, optional, name);
    }
    complete(config);
    const sockets = config.sockets;
    delete config.sockets;
    for (const name of Object.keys(config)) {
        Object.defineProperty(config, name, { writable: writable.includes(name), configurable: false });
    }
    return { config, sockets, contact: Boolean(source.contact_uri) };
}

const writable = [
    'authorization_user',
    'password',
    'realm',
    'ha1',
    'authorization_jwt',
    'display_name',
    'register',
    'extra_headers',
];

function complete(config) {
    if (config.display_name === 0) config.display_name = '0';
    config.instance_id ||= Utils.newUUID();
    config.jssip_id = Utils.createRandomToken(5);
    const host = config.uri.clone();
    host.user = null;
    config.hostport_params = host.toString().replace(/^sip:/i, '');
    config.authorization_user ||= config.uri.user;
    if (!config.registrar_server) {
        const server = host.clone();
        server.clearParams();
        server.clearHeaders();
        config.registrar_server = server;
    }
    config.no_answer_timeout *= 1000;
    const socket = config.sockets[0].socket;
    const transport = socket._web ? 'ws' : socket._transport;
    config.via_host = config.contact_uri ? config.contact_uri.host : `${Utils.createRandomToken(12)}.invalid`;
    config.contact_uri ||= new URI('sip', Utils.createRandomToken(8), config.via_host, null, { transport });
}

module.exports = { HA1, load };
