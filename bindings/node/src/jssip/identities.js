'use strict';

// Whom a UA speaks as: its own address, and for single calls and messages another name, user or nobody. Each is an
// account of the library. What ua.set() changes holds for calls and messages at once, by new accounts, and for the
// registration with the next ua.register(). Old accounts go when their last call has ended.

const { NameAddrHeader } = require('./name_addr.js');
const { URI } = require('./uri.js');

const ON = 1;
const OFF = 2;

module.exports = class Identities {
    constructor(ua) {
        this._ua = ua;
        this._accounts = new Map(); // by key
        this._retired = new Set();
        this._generation = 0;
        this._waiting = null; // {old, id}: the one is being unregistered, the other one comes then
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

    /** The library's account of an identity, made when first needed and again after a change. */
    account(identity) {
        let key = identity.own ? 'own' : identity.key;
        if (key === 'own' && this._accounts.has(key) && !this._fresh(key) && this._ua._registrator._wanted)
            key = 'calls';
        if (this._fresh(key)) return this._accounts.get(key).id;
        return this._replace(key, this._ua._engine.call('account_create', this._config(identity), 0));
    }

    /** What is registered stays as it is until then: two accounts of one instance would remove each other's binding. */
    register() {
        const before = this._accounts.get('own');
        if (!before || this._fresh('own')) {
            this._ua._engine.call('account_register', this.account(this.own), 0);
            return;
        }
        const id = this.account(this.own);
        const registered = this._ua._registrator.registered;
        if (registered) this._waiting = { old: before.id, id };
        this._accounts.delete('calls');
        this._replace('own', id);
        if (registered) this._ua._engine.call('account_unregister', before.id, OFF, 0);
        else this._ua._engine.call('account_register', id, 0);
    }

    /** An event of an account that is not the own one any more. */
    event(ev) {
        if (this._waiting?.old !== ev.account || !/^(unregistered|registration_failed|account_closed)$/.test(ev.name))
            return;
        const { id } = this._waiting;
        this._waiting = null;
        this._ua._engine.call('account_register', id, 0);
        this.settle();
    }

    _fresh(key) {
        return this._accounts.get(key)?.generation === this._generation;
    }

    _replace(key, id) {
        const before = this._accounts.get(key);
        this._accounts.set(key, { id, generation: this._generation });
        if (before && before.id !== id) this._retired.add(before.id);
        this.settle();
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
            outbound_proxy: ua.transport.socket._hop,
            preload_route: c.use_preloaded_route ? ON : OFF,
            instance_id: `urn:uuid:${c.instance_id}`,
            headers: ua._requestHeaders(ua._registrator._headerPairs()),
            ...this._way(),
        };
        if (c.ha1 !== null) config.ha1 = c.ha1;
        else if (c.password !== null) config.password = c.password;
        const token = /^Bearer +([\w.~+/-]+=*) *$/i.exec(c.authorization_jwt ?? '');
        if (token) config.bearer_token = token[1];
        const features = ua._registrator._contactParams;
        if (features) config.contact_features = features;
        if (identity.own && ua._contactGiven) {
            config.contact_user = c.contact_uri.user ?? undefined;
            config.advertise = c.contact_uri.port ? `${c.contact_uri.host}:${c.contact_uri.port}` : c.contact_uri.host;
        }
        if (identity.from.display_name) config.display_name = identity.from.display_name;
        if (ua.transport.socket._advertise) config.advertise = ua.transport.socket._advertise;
        return config;
    }

    /** What the socket says of certificates and of the request that opens it. */
    _way() {
        const { _tls: tls, _headers: headers, _web: web } = this._ua.transport.socket;
        const way = {};
        if (tls.ca !== undefined) way.tls_ca = String(tls.ca);
        if (tls.verify !== undefined) way.tls_verify = tls.verify ? ON : OFF;
        if (web && headers.length) way.ws_headers = headers;
        return way;
    }

    /** The account that is registered or to be; 0 without one. */
    get ownId() {
        return this._accounts.get('own')?.id ?? 0;
    }

    /** Something that accounts are made of has changed. */
    changed() {
        this._generation += 1;
    }

    /** Closes what is not needed any more. */
    settle() {
        if (!this._retired.size || !this._ua._engine) return;
        const used = new Set([...this._ua._objects.values()].map((object) => object._account));
        used.add(this._waiting?.old);
        for (const id of this._retired) {
            if (used.has(id)) continue;
            this._retired.delete(id);
            this._ua._engine.call('account_close', id, 0);
        }
    }

    clear() {
        this._accounts.clear();
        this._retired.clear();
        this._waiting = null;
    }
};
