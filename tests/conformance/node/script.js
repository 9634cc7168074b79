'use strict';

// A scenario file as statements of words. See ../README.md. Texts are bytes, a character each, until they are used.

const fs = require('node:fs');
const path = require('node:path');

const LETTERS = { n: '\n', r: '\r', '"': '"', '\\': '\\' };

const unescape = text => text.replace(/\\(?:x([0-9a-f]{2})|(.))/g,
    (_, digits, letter) => (digits ? String.fromCharCode(parseInt(digits, 16)) : LETTERS[letter]));

const WORD = /^(?:([^\s"=>]+)(>?=))?((?:[^ "]|"(?:[^"\\]|\\.)*")*)/;
const PIECE = /"((?:[^"\\]|\\.)*)"|([^"]+)/g;

function words(line) {
    const found = [];
    for (let rest = line.trimStart(); rest && !rest.startsWith('#');) {
        const [all, key, sign, raw] = WORD.exec(rest);
        let value = '', quoted = false;
        for (const [, inside, bare] of raw.matchAll(PIECE)) {
            quoted ||= bare === undefined;
            value += bare ?? unescape(inside);
        }
        found.push({ key, value, quoted, least: sign === '>=' });
        rest = rest.slice(all.length).trimStart();
    }
    return found;
}

function read(file) {
    const statements = [];
    fs.readFileSync(file, 'latin1').split('\n').forEach((line, i) => {
        if (line.startsWith('|')) {
            statements.at(-1).block += unescape(line.slice(1).replace(/^ /, '')) + '\r\n';
            return;
        }
        const found = words(line);
        if (found[0]?.value === 'include') statements.push(...read(path.join(path.dirname(file), found[1].value)));
        else if (found.length) statements.push({ file, line: i + 1, words: found, block: '' });
    });
    return statements;
}

module.exports = { read, words };
