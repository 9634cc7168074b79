'use strict';

// What URIs and name-addr headers have in common: parameters by lower-case name; null for one without a value.

module.exports = class Parameters {
    constructor(parameters) {
        this.clearParams();
        for (const [key, value] of Object.entries(parameters ?? {})) this.setParam(key, value);
    }

    setParam(key, value) {
        if (key) this._parameters[key.toLowerCase()] = value === undefined || value === null ? null : value.toString();
    }

    getParam(key) {
        return key ? this._parameters[key.toLowerCase()] : undefined;
    }

    hasParam(key) {
        return key ? Object.hasOwn(this._parameters, key.toLowerCase()) : undefined;
    }

    deleteParam(key) {
        const value = this._parameters[key.toLowerCase()];
        delete this._parameters[key.toLowerCase()];
        return value;
    }

    clearParams() {
        this._parameters = Object.create(null);
    }

    _parameterText() {
        return Object.entries(this._parameters)
            .map(([k, v]) => (v === null ? `;${k}` : `;${k}=${v}`))
            .join('');
    }
};
