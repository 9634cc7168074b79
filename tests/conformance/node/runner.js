'use strict';

// runner.js LOG SCENARIO ...: plays each scenario through the Node binding and writes what happened. Commands go through the
// compiled part, one function of the library each; events, headers and errors are the classes that users of the package get.
// See ../README.md.

const { spawn } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const binding = path.join(__dirname, '../../../bindings/node');
const raw = require(path.join(binding, 'src/load.js'));
const constants = require(path.join(binding, 'generated/constants.js'));
const { CLASSES } = require(path.join(binding, 'generated/events.js'));
const { SipuaError } = require(path.join(binding, 'src/errors.js'));
const script = require('./script.js');

const PATIENCE = 30000; // milliseconds: a bound, not a wait
const RATE = 16000;
const FRAME = RATE / 50;
const TENTH = RATE / 10;

// What a log line shows, in this order.
const BARE = ('id account call other user tag code status originator flags q850 expires retry_ms port local_port rate deadline_ms ' +
    'default_status digit level count mark segment answer_after_s fork').split(' ');
const QUOTED = ('package state cause reason text from from_name to to_name target codec transport host module content_type ' +
    'check names local_host pub_gruu temp_gruu identity identity_name diversion referred_by replaces privacy message_id ' +
    'digits dialog').split(' ');
const RANDOM = new Set(['replaces', 'dialog']); // Call-IDs and tags
// Kinds that come or do not come as the machine is fast or slow: shown only where the scenario waited for them.
const LOSSY = new Set(('media_stalled media_resumed audio_ready stats trace log overflow suspicious ' +
    'transport_disconnected bridge_changed').split(' '));
// Media has a thread of its own: what it reports is in order among itself.
const MEDIA = new Set(('media_ready media_stalled media_resumed mark flushed audio_ready play_done record_done dtmf ' +
    'dtmf_sent stats').split(' '));
// The enumerations by what their constants begin with in the header.
const ENUMS = { ASK: 'AskKind', MEDIA: 'Media', SERVER: 'ServerMode', RECORD: 'RecordSide', LOG: 'LogLevel',
    CHANGE: 'ChangeMethod', FLAG: 'EventFlags', DISPOSITION: 'Disposition' };

const COMMANDS = new Map();
for (const line of fs.readFileSync(path.join(__dirname, '../commands.txt'), 'utf8').split('\n')) {
    if (!line || line.startsWith('#')) continue;
    const [what, ...params] = line.split(' ');
    COMMANDS.set(what, params.map(param => {
        const [name, kind = ''] = param.split(':');
        return { name, kind };
    }));
}

const utf8 = text => Buffer.from(text, 'latin1').toString('utf8');
const camel = name => name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
const nameIn = (values, value) => Object.keys(values).find(key => values[key] === value);

/** What the log shows of a body: what is not printable ASCII as \xNN. */
const bytesText = body => Array.from(body, c => (
    c < 0x20 || c > 0x7e || c === 0x22 || c === 0x5c ? `\\x${c.toString(16).padStart(2, '0')}` : String.fromCharCode(c))).join('');

class ScenarioError extends Error {}

class Runner {
    constructor(files) {
        this.files = files;
        this.handles = new WeakMap();
        this.agents = new Map();
        this.entries = [];
        this.ids = new Map();
        this.named = new Map();
        this.strangers = new Map();
    }

    // Names and values

    nameIt(name, id, event) {
        if (this.ids.has(name)) throw new ScenarioError(`${name} is named twice`);
        this.ids.set(name, id);
        if (event) this.named.set(name, event);
    }

    nameOf(id) {
        for (const [name, known] of this.ids) if (known === id) return name;
        return '?';
    }

    expand(text) {
        return text.replace(/\$(?!self\b)([a-z0-9_]+)(?:\.([a-z0-9_]+))?/g, (_, name, field) => {
            if (name === 'tls' && !field) return process.env.SIPUA_TLS ?? '.';
            if (name === 'files' && !field) return Buffer.from(this.files).toString('latin1');
            if (!this.ids.has(name)) throw new ScenarioError(`nothing is called ${name}`);
            return field ? this.field(this.named.get(name), field) : `${this.ids.get(name)}`;
        });
    }

    text(word) {
        if (!word.quoted && /^[0-9]+$/.test(word.value)) throw new ScenarioError(`a text of digits stands in quotes: "${word.value}"`);
        return utf8(this.expand(word.value));
    }

    number(word) {
        if (word.quoted) throw new ScenarioError(`a number is needed, not "${word.value}"`);
        if (word.value === 'on' || word.value === 'off') return constants.Switch[word.value.toUpperCase()];
        const [, group, constant] = /^SIPUA_([A-Z]+)_([A-Z]+)$/.exec(word.value) ?? [];
        if (group) return constants[ENUMS[group]][constant];
        return Number(this.expand(word.value));
    }

    /** A word as its own form says: a number, a list, or a text. */
    value(word) {
        const { value, quoted } = word;
        if (quoted) return utf8(this.expand(value));
        if (/^(on|off|-?[0-9]+|SIPUA_.*|\$[a-z0-9_]+)$/.test(value)) return this.number(word);
        if (/^\[.*\]$/.test(value)) return utf8(this.expand(value.slice(1, -1))).split(',');
        return utf8(this.expand(value));
    }

    // Commands

    struct(words) {
        const config = {};
        for (const word of words) {
            const [name, ...item] = word.key.split(':');
            if (item.length) (config[`${name}s`] ??= []).push([item.join(':'), this.text(word)]);
            else config[name] = name === 'body' ? Buffer.from(this.expand(word.value), 'latin1') : this.value(word);
        }
        return config;
    }

    create(agent, words) {
        agent.raw = raw.agent_create(this.struct(words));
        raw.agent_on_wakeup(agent.raw, () => agent.wake?.());
        return 0;
    }

    call(agent, what, words) {
        const params = COMMANDS.get(what);
        if (!params) throw new ScenarioError(`nobody can ${what}`);
        const plain = params.filter(({ kind }) => kind === 'n' || kind === 's' || kind === 'b').map(({ name }) => name);
        const given = new Map(), members = [];
        let position = 0;
        for (const word of words) {
            if (word.key === undefined) given.set(plain[position++], word);
            else if (word.key === 'tag' || plain.includes(word.key)) given.set(word.key, word);
            else members.push(word);
        }
        const tag = given.has('tag') ? this.number(given.get('tag')) : ++agent.tag;
        const values = params.filter(({ name }) => name !== 'out').map(({ name, kind }) => {
            if (name === 'tag') return tag;
            if (kind === 'n') return given.has(name) ? this.number(given.get(name)) : 0;
            if (kind === 'b') return Buffer.from(this.expand(given.get(name).value), 'latin1');
            if (kind === 's') return given.has(name) ? this.text(given.get(name)) : null;
            return kind.endsWith('?') && !members.length ? null : this.struct(members);
        });
        if (what === 'agent_shutdown') agent.leaving = true;
        return raw[what](agent.raw, ...values);
    }

    run(agent, what, words) {
        let name, refusal, result;
        const before = words.at(-2);
        if (before && before.key === undefined && ['->', 'fails'].includes(before.value)) {
            if (before.value === '->') name = words.at(-1).value;
            else refusal = words.at(-1).value;
            words = words.slice(0, -2);
        }
        try {
            result = what === 'agent_create' ? this.create(agent, words) : this.call(agent, what, words);
        } catch (error) {
            // A required member that is not there never comes to the library: it is a TypeError here, whatever C's word for it.
            const missing = refusal && error instanceof TypeError && error.code === 'ERR_MISSING_ARGS';
            if (!missing && (!(error instanceof SipuaError) || error.codeName !== refusal)) throw error;
            this.entries.push({ stream: `${agent.name} refused`, line: `${what} ${refusal}` });
            return;
        }
        if (refusal) throw new ScenarioError(`${what} answered success, not ${refusal}`);
        if (name) this.nameIt(name, result);
    }

    // Events

    /** A member of an event as text; '' for nothing. */
    field(event, name) {
        if (name === 'id' || name === 'account' || name === 'call' || name === 'other') {
            const id = event[name === 'id' || name === 'other' ? name : `${name}Id`];
            return id ? this.nameOf(id) : '';
        }
        const value = event[camel(name)];
        if (!value) return '';
        if (name === 'code') return `SIPUA_E_${nameIn(constants.ErrorCode, value)}`;
        if (name === 'level') return nameIn(constants.LogLevel, value).toLowerCase();
        if (name === 'body') return bytesText(value);
        if (name !== 'flags') return `${value}`;
        return Object.keys(constants.EventFlags).filter(flag => value & constants.EventFlags[flag]).join(',').toLowerCase();
    }

    async take(agent) {
        let event = raw.agent_take(agent.raw);
        while (!event) {
            await new Promise((resolve, reject) => {
                const timer = setTimeout(() => reject(new ScenarioError(`${agent.name} waited in vain`)), PATIENCE);
                agent.wake = () => {
                    clearTimeout(timer);
                    resolve();
                };
            });
            event = raw.agent_take(agent.raw);
        }
        const entry = { from: agent, event: new CLASSES[event[1]](event) };
        this.handles.set(entry.event, event[0]);
        if (entry.event.name === 'shutdown') agent.gone = true;
        this.entries.push(entry);
        return entry;
    }

    holds(event, word) {
        const wanted = utf8(this.expand(word.value));
        const [kind, name] = word.key.split(/:(.*)/s);
        const from = { header: () => event.headers, document: () => this.document(event) }[kind];
        const have = from ? from().get(name) ?? '' : this.field(event, word.key);
        return word.least ? Number(have) >= Number(wanted) : have === wanted;
    }

    /** The body as the library's names and values. */
    document(event) {
        const handle = this.handles.get(event);
        return new Map(Array.from({ length: raw.event_document_count(handle) }, (_, i) => raw.event_document_at(handle, i)));
    }

    async wait(agent, words) {
        let name;
        if (words.length > 2 && words.at(-2).value === '->') {
            name = words.at(-1).value;
            words = words.slice(0, -2);
        }
        const [{ value: kind }, ...members] = words;
        const id = members[0] && members[0].key === undefined ? this.number(members.shift()) : 0;
        for (let at = 0; ; at++) {
            const entry = this.entries[at] ?? await this.take(agent);
            const { event } = entry;
            if (!event || entry.from !== agent || entry.consumed || event.name !== kind || (id && event.id !== id)) continue;
            if (!members.every(word => this.holds(event, word))) continue;
            entry.consumed = true;
            if (name) this.nameIt(name, event.id, event);
            return;
        }
    }

    // What the runner brings itself

    audioEcho(near, words) {
        const [call, far, hertz] = [words[0], words[2], words[3]].map(word => this.number(word));
        const other = this.agents.get(words[1].value);
        const tone = Buffer.alloc(2 * FRAME), frame = Buffer.alloc(2 * FRAME), flags = new Uint32Array(1);
        const end = Date.now() + PATIENCE;
        let said = 0, good = 0, heard = [];
        while (good < 10) {
            if (Date.now() > end) throw new ScenarioError(`no echo was heard: ${good} of 10 tenths`);
            for (let i = 0; i < FRAME; i++) {
                tone.writeInt16LE(Math.trunc(9000 * Math.sin(2 * Math.PI * hertz * (said + i) / RATE)), 2 * i);
            }
            said += raw.audio_write(near.raw, call, tone, RATE, 1, 0);
            let n = raw.audio_read(other.raw, far, frame, 20, flags);
            raw.audio_write(other.raw, far, frame.subarray(0, 2 * n), RATE, 2, 0);
            n = raw.audio_read(near.raw, call, frame, 0, flags);
            for (let i = 0; i < n; i++) heard.push(frame.readInt16LE(2 * i));
            for (; heard.length >= TENTH; heard = heard.slice(TENTH)) good += share(heard.slice(0, TENTH), hertz) > 0.8 ? 1 : 0;
        }
        this.entries.push({ stream: `${near.name} ${this.nameOf(call)} audio`, line: `heard ${hertz} Hz` });
    }

    stranger([name, to], block) {
        const request = Buffer.from(this.expand(block), 'latin1').toString('hex');
        const child = spawn(process.env.SIPUA_STRANGER, [this.expand(to.value), request], { stdio: ['ignore', 'pipe', 'inherit'] });
        this.strangers.set(name.value, new Promise((resolve, reject) => {
            let said = '';
            child.stdout.on('data', data => {
                said += data;
            });
            child.on('error', reject);
            child.on('close', status => resolve({ status, line: said.trimEnd() }));
        }));
    }

    async answered(name) {
        const { status, line } = await this.strangers.get(name);
        if (status) throw new ScenarioError(`${name} was not answered: ${line}`);
        this.entries.push({ stream: name, line });
    }

    // The log

    port(port) {
        for (const [name, event] of this.named) if (event.name === 'listening' && event.port === port) return name;
        return 'PORT';
    }

    quote(text) {
        const lead = text.startsWith(this.files) ? 'FILES' : '';
        const shown = (lead ? text.slice(this.files.length) : text)
            .replace(/sip:[a-z0-5]{12}(?=@)/g, 'sip:CONTACT')
            .replaceAll(process.env.SIPUA_TLS ?? '\0', 'TLS')
            .replace(/urn:uuid:[0-9a-f-]{36}/g, 'urn:uuid:UUID')
            .replace(/[a-z0-9]+\.invalid/g, 'HOST.invalid')
            .replace(/127\.0\.0\.1:([0-9]+)/g, (_, port) => `127.0.0.1:${this.port(Number(port))}`)
            .replace(/["\\]/g, '\\$&')
            // eslint-disable-next-line no-control-regex
            .replace(/[\x00-\x1f\x7f]/g, c => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
        return `"${lead}${shown}"`;
    }

    line(event) {
        const parts = [event.name];
        for (const name of BARE) {
            let value = this.field(event, name);
            if (name === 'retry_ms' && event.retryMs > 0) value = 'TIME'; // it has a random part
            if (name === 'port' && value) value = this.port(event.port);
            if (name === 'local_port' && value) value = this.port(event.localPort);
            if (value) parts.push(`${name}=${value}`);
        }
        for (const name of QUOTED) {
            const value = this.field(event, name);
            if (value) parts.push(`${name}=${RANDOM.has(name) ? 'RANDOM' : this.quote(value)}`);
        }
        const body = this.field(event, 'body');
        if (body && event.contentType === 'application/sdp') parts.push('body=SDP');
        else if (body) parts.push(event.name === 'trace' ? 'body=SIP' : `body="${body}"`);
        return parts.join(' ');
    }

    write(title) {
        const streams = new Map();
        for (const { from, event, consumed, stream, line } of this.entries) {
            if (event && LOSSY.has(event.name) && !consumed) continue;
            const about = event && (event.name === 'reply' ? 'replies' : event.id ? this.nameOf(event.id) : 'agent');
            const to = event ? `${from.name} ${about}${MEDIA.has(event.name) ? ' media' : ''}` : stream;
            if (!streams.has(to)) streams.set(to, []);
            streams.get(to).push(event ? this.line(event) : line);
        }
        const sections = [...streams.keys()].sort().map(stream => `-- ${stream}\n${streams.get(stream).join('\n')}\n`);
        return `== ${title}\n${sections.join('')}`;
    }

    // The whole

    async step({ words: [who, what, ...words], block }) {
        if (who.value === 'stranger') return this.stranger([what, ...words], block);
        if (what.value === 'answered') return this.answered(who.value);
        if (!this.agents.has(who.value)) this.agents.set(who.value, { name: who.value, raw: null, tag: 0 });
        const agent = this.agents.get(who.value);
        if (what.value === 'wait') return this.wait(agent, words);
        if (what.value === 'audio_echo') return this.audioEcho(agent, words);
        return this.run(agent, what.value, words);
    }

    /** Every agent leaves politely, the last made first; what it says until then belongs to the log. */
    async leave() {
        for (const agent of [...this.agents.values()].reverse()) {
            if (agent.raw && !agent.leaving) this.call(agent, 'agent_shutdown', script.words(`${PATIENCE}`));
            while (agent.raw && !agent.gone) await this.take(agent);
        }
    }

    close() {
        for (const agent of this.agents.values()) if (agent.raw) raw.agent_free(agent.raw);
    }
}

/** How much of the power lies at that frequency: 1 is all of it. */
function share(pcm, hertz) {
    let re = 0, im = 0, power = 0;
    pcm.forEach((x, i) => {
        re += x * Math.cos(2 * Math.PI * hertz * i / RATE);
        im += x * Math.sin(2 * Math.PI * hertz * i / RATE);
        power += x * x;
    });
    return power < pcm.length * 200 * 200 ? 0 : 2 * (re * re + im * im) / (power * pcm.length);
}

async function play(files, file) {
    const runner = new Runner(files);
    let at;
    try {
        for (at of script.read(file)) await runner.step(at);
        await runner.leave();
        return runner.write(path.basename(file, '.txt'));
    } catch (error) {
        for (const { from, event } of runner.entries) if (event) console.error(`${from.name}: ${event.json()}`);
        console.error(`${at?.file ?? file}:${at?.line ?? 0}: ${error instanceof ScenarioError ? error.message : error.stack}`);
        return process.exit(1);
    } finally {
        runner.close();
    }
}

async function main([log, ...scenarios]) {
    let text = '';
    for (const file of scenarios) text += await play(log, file);
    fs.writeFileSync(log, text);
}

main(process.argv.slice(2));
