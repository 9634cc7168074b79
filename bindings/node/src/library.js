'use strict';

// What the library offers without an agent.

const raw = require('./load.js');
const { camel, known, named, text } = require('./options.js');

const URI = ['scheme', 'user', 'password', 'host', 'port', 'parameters', 'headers'];

/** Reads a URI, also inside <> and after a display name. */
function parseUri(uri) {
    const { port, ...rest } = raw.uri_parse(text('uri', uri));
    const made = { port };
    for (const key of Object.keys(rest)) made[key] = rest[key] ?? '';
    return made;
}

/** Writes a URI, escaping what must be. */
function writeUri(parts) {
    const o = known('writeUri', parts, URI);
    const given = {};
    for (const key of Object.keys(o)) if (o[key] !== '') given[key] = o[key];
    return named('writeUri', () => raw.uri_write(given));
}

/** The table of what setOption() sets. */
function options() {
    return Array.from({ length: raw.option_count() }, (_, i) => {
        const row = raw.option_at(i);
        return Object.fromEntries(Object.keys(row).map(key => [camel(key), row[key] ?? '']));
    });
}

module.exports = { options, parseUri, writeUri };
