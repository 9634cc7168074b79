'use strict';

// `JsSIP.debug`: the interface of the npm package "debug" (which JsSIP re-exports), without depending on it.
// Namespaces are switched on by the environment variable DEBUG or by debug.enable('JsSIP:*').

const tty = require('node:tty');
const util = require('node:util');

const colors = [6, 2, 3, 4, 5, 1];
const formatters = {
    o(value) {
        return util
            .inspect(value, this.inspectOpts)
            .split('\n')
            .map((line) => line.trim())
            .join(' ');
    },
    O(value) {
        return util.inspect(value, this.inspectOpts);
    },
};

function createDebug(namespace) {
    let last = 0;
    let override = null;
    function debug(...args) {
        if (!debug.enabled) return;
        const now = Date.now();
        debug.diff = last ? now - last : 0;
        debug.prev = last || undefined;
        debug.curr = last = now;
        args[0] = createDebug.coerce(args[0]);
        if (typeof args[0] !== 'string') args.unshift('%O');
        applyFormatters(debug, args);
        createDebug.formatArgs.call(debug, args);
        (debug.log || createDebug.log).apply(debug, args);
    }
    debug.namespace = namespace;
    debug.useColors = createDebug.useColors();
    debug.color = createDebug.selectColor(namespace);
    debug.inspectOpts = { ...createDebug.inspectOpts };
    debug.extend = (name, delimiter = ':') => {
        const child = createDebug(`${namespace}${delimiter}${name}`);
        child.log = debug.log;
        return child;
    };
    debug.destroy = () => false; // there is nothing to release
    Object.defineProperty(debug, 'enabled', {
        enumerable: true,
        configurable: false,
        get: () => override ?? createDebug.enabled(namespace),
        set: (value) => {
            override = value;
        },
    });
    return debug;
}

// Replaces the %x that we know; the rest is left to util.format.
function applyFormatters(debug, args) {
    let index = 0;
    args[0] = args[0].replace(/%([a-zA-Z%])/g, (match, letter) => {
        if (match === '%%') return match;
        index++;
        const formatter = createDebug.formatters[letter];
        if (typeof formatter !== 'function' || index >= args.length) return match;
        const text = formatter.call(debug, args[index]);
        args.splice(index--, 1);
        return String(text).replaceAll('%', '%%');
    });
}

function toPattern(text) {
    return new RegExp(`^${text.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*?')}$`);
}

let patterns = { text: '', names: [], skips: [] };

Object.assign(createDebug, {
    debug: createDebug,
    default: createDebug,
    formatters,
    colors,
    names: [],
    skips: [],
    inspectOpts: {},
    namespaces: '',
    enable(namespaces) {
        const text = typeof namespaces === 'string' ? namespaces : '';
        const words = text.split(/[\s,]+/).filter(Boolean);
        createDebug.namespaces = text;
        createDebug.names = words.filter((word) => word[0] !== '-');
        createDebug.skips = words.filter((word) => word[0] === '-').map((word) => word.slice(1));
        patterns = { names: createDebug.names.map(toPattern), skips: createDebug.skips.map(toPattern) };
        createDebug.save(text);
    },
    disable() {
        const before = [...createDebug.names, ...createDebug.skips.map((name) => `-${name}`)].join(',');
        createDebug.enable('');
        return before;
    },
    enabled(name) {
        return !patterns.skips.some((p) => p.test(name)) && patterns.names.some((p) => p.test(name));
    },
    coerce(value) {
        return value instanceof Error ? value.stack || value.message : value;
    },
    selectColor(namespace) {
        let hash = 0;
        for (const c of String(namespace)) hash = (hash * 31 + c.codePointAt(0)) | 0;
        return colors[Math.abs(hash) % colors.length];
    },
    useColors() {
        return 'colors' in createDebug.inspectOpts ? Boolean(createDebug.inspectOpts.colors) : tty.isatty(2);
    },
    humanize(ms) {
        if (ms >= 60000) return `${Math.round(ms / 60000)}m`;
        return ms >= 1000 ? `${Math.round(ms / 1000)}s` : `${ms}ms`;
    },
    formatArgs(args) {
        const name = this.namespace;
        if (!this.useColors) {
            args[0] = `${new Date().toISOString()} ${name} ${args[0]}`;
            return;
        }
        const color = `\u001B[3${this.color}`;
        const prefix = `  ${color};1m${name} \u001B[0m`;
        args[0] = prefix + args[0].split('\n').join(`\n${prefix}`);
        args.push(`${color}m+${createDebug.humanize(this.diff)}\u001B[0m`);
    },
    log(...args) {
        process.stderr.write(`${util.formatWithOptions(createDebug.inspectOpts, ...args)}\n`);
    },
    save(namespaces) {
        if (namespaces) process.env.DEBUG = namespaces;
        else delete process.env.DEBUG;
    },
    load: () => process.env.DEBUG,
    init(debug) {
        debug.inspectOpts = { ...createDebug.inspectOpts };
    },
    destroy() {
        process.emitWarning('debug.destroy() does nothing and need not be called', 'DeprecationWarning');
    },
});

createDebug.enable(createDebug.load());

module.exports = createDebug;
