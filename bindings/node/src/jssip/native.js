'use strict';

// The one door to the library: the raw module, loaded when it is first needed.

let module_;

function raw() {
    module_ ??= require('../load.js');
    return module_;
}

/** {scheme, user, password, host, port, parameters, headers} or null. */
function readUri(text) {
    const library = raw(); // its absence is not a bad URI
    try {
        return library.uri_parse(text);
    } catch {
        return null;
    }
}

module.exports = { raw, readUri };
