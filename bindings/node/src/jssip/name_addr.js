'use strict';

// The value of From, To, Contact and the like: a display name, a URI in brackets, parameters.

const Parameters = require('./parameters.js');
const { URI } = require('./uri.js');
const { splitOutside } = require('./text.js');

class NameAddrHeader extends Parameters {
    constructor(uri, displayName, parameters) {
        if (!uri || !(uri instanceof URI)) throw new TypeError('missing or invalid "uri" parameter');
        super(parameters);
        this._uri = uri;
        this.display_name = displayName;
    }

    /** Only the form with brackets, as in JsSIP; undefined for all else. */
    static parse(text) {
        if (typeof text !== 'string') return undefined;
        const m =
            /^\s*(?:"((?:[^"\\]|\\[^])*)"\s*|([\w\-.!%*+`'~]+(?:\s+[\w\-.!%*+`'~]+)*)?\s*)<([^<>]*)>\s*(;[^]*)?$/.exec(
                text,
            );
        if (!m || (m[4] && splitOutside(m[4], ',').length > 1)) return undefined;
        const uri = URI.parse(m[3]);
        if (!uri) return undefined;
        const header = new NameAddrHeader(uri, m[1] === undefined ? m[2] : m[1].replace(/\\([^])/g, '$1'));
        for (const part of splitOutside(m[4] ?? '', ';')) {
            const [, name, value] = /^\s*([^=\s]+)\s*(?:=\s*([^]*?))?\s*$/.exec(part) ?? [];
            if (name) header.setParam(name, value);
        }
        return header;
    }

    get uri() {
        return this._uri;
    }

    get display_name() {
        return this._display_name;
    }

    set display_name(value) {
        this._display_name = value === 0 ? '0' : value;
    }

    clone() {
        return new NameAddrHeader(this._uri.clone(), this._display_name, { ...this._parameters });
    }

    toString() {
        const name = this._display_name ? `"${String(this._display_name).replace(/[\\"]/g, '\\$&')}" ` : '';
        return `${name}<${this._uri}>${this._parameterText()}`;
    }
}

module.exports = { NameAddrHeader };
