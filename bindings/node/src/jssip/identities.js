'use strict';

// Whom a UA speaks as: its own address, and for single calls and messages another name, user or nobody. Each is an
// account of the library. What ua.set() changes makes new accounts; the old ones go when their last call has ended.

const { NameAddrHeader } = require('./name_addr.js');
const { URI } = require('./uri.js');

module.exports = class Identities {
    constructor(ua) {
        this._ua = ua;
        this._accounts = new Map(); // by key
        this._retired = new Set();
    }

    get own() {
        return this.of({});
    }

    /** By the options `anonymous`, `fromUserName` and `fromDisplayName` of a call or message. */
    of({ anonymous, fromUserName, fromDisplayName }) {
        const { uri: own, display_name: name } = this._ua.configuration;
        const headers = [];
        let uri = own;
        let display = fromDisplayName || name;
        if (anonymous) {
            uri = new URI('sip', 'anonymous', 'anonymous.invalid');
            display = fromDisplayName || 'Anonymous';
            headers.push(`P-Preferred-Identity: ${own}`, 'Privacy: id');
        } else if (fromUserName) {
            uri = new URI('sip', fromUserName, own.host, own.port);
            headers.push(`P-Preferred-Identity: ${own}`);
        }
        const from = new NameAddrHeader(uri, display === null || display === undefined ? undefined : String(display));
        return { key: String(from), uri, from, headers, own: uri === own && !fromDisplayName };
    }

    /** The library's account of an identity, made when first needed. */
    account(identity) {
        const key = identity.own ? 'own' : identity.key;
        const known = this._accounts.get(key);
        if (known && !known.stale) return known.id;
        const id = this._ua._engine.call('account_create', this._config(identity), 0);
        this._accounts.set(key, { id, stale: false });
        if (known) {
            this._retired.add(known.id);
            if (identity.own && this._ua._registrator._wanted) this._ua._engine.call('account_register', id, 0);
            this.settle();
        }
        return id;
    }

    _config(identity) {
        const ua = this._ua;
        const c = ua.configuration;
        const config = {
            aor: identity.uri.toAor(true),
            expires: c.register_expires,
            auth_user: c.authorization_user,
            server: String(c.registrar_server),
            outbound_proxy: ua.transport.sip_uri,
            instance_id: `urn:uuid:${c.instance_id}`,
            headers: ua._headers(ua._registrator._headerPairs()),
        };
        if (c.password !== null) config.password = c.password;
        if (identity.from.display_name) config.display_name = identity.from.display_name;
        if (ua.transport.socket._advertise) config.advertise = ua.transport.socket._advertise;
        return config;
    }

    isOwn(id) {
        return id !== 0 && this._accounts.get('own')?.id === id;
    }

    /** Something that accounts are made of has changed. */
    changed() {
        for (const account of this._accounts.values()) account.stale = true;
    }

    /** Closes what is not needed any more. */
    settle() {
        if (!this._retired.size || !this._ua._engine) return;
        const used = new Set([...this._ua._objects.values()].map((object) => object._account));
        for (const id of this._retired) {
            if (used.has(id)) continue;
            this._retired.delete(id);
            this._ua._engine.call('account_close', id, 0);
        }
    }

    clear() {
        this._accounts.clear();
        this._retired.clear();
    }
};
