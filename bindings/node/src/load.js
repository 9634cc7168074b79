'use strict';

// The compiled library: from the package of this platform, which npm installs beside this one, or, for those who build
// it themselves, from the file that SIPUA_NODE_LIBRARY names.

const { SipuaError } = require('./errors.js');

function load() {
    const file = process.env.SIPUA_NODE_LIBRARY;
    if (file) return require(file);
    const name = `@sipua/${process.platform}-${process.arch}`;
    try {
        return require(name);
    } catch (error) {
        if (error.code !== 'MODULE_NOT_FOUND' || !error.message.includes(name)) throw error;
        throw missing(name, error);
    }
}

function missing(name, cause) {
    const error = new Error(
        `sipua needs the package ${name}, which holds its compiled part, and it is not installed. npm installs it by itself ` +
        `unless optional dependencies are left out: run "npm install ${name}", or "npm install" without --omit=optional, on ` +
        'the machine that runs this program. If there is no such package, or it does not suit (on Linux it needs glibc), ' +
        'sipua has not been built for this platform yet: build it from source and set SIPUA_NODE_LIBRARY to the resulting ' +
        'sipua.node.');
    error.code = 'ERR_SIPUA_PLATFORM';
    error.cause = cause;
    return error;
}

const raw = load();
if (raw.abi_version() >> 16 !== 0) throw new Error(`the library is version ${raw.version()}, this package needs 0.x`);
raw.set_error_class(SipuaError);

module.exports = raw;
