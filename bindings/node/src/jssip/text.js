'use strict';

/** Splits at a character, but not inside quoted strings or <>. */
function splitOutside(text, separator) {
    const parts = [];
    let start = 0;
    let quoted = false;
    let angle = false;
    for (let i = 0; i < text.length; i++) {
        const c = text[i];
        if (quoted) {
            if (c === '\\') i++;
            else if (c === '"') quoted = false;
        } else if (c === '"') quoted = true;
        else if (c === '<') angle = true;
        else if (c === '>') angle = false;
        else if (c === separator && !angle) {
            parts.push(text.slice(start, i));
            start = i + 1;
        }
    }
    parts.push(text.slice(start));
    return parts;
}

module.exports = { splitOutside };
