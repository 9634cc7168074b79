'use strict';

// JsSIP as a phone for the tests: in a page (bundled by esbuild) and under Node, driven by expressions from Python.

const JsSIP = require('jssip');

const EVENTS = ['connected', 'disconnected', 'registered', 'unregistered', 'registrationFailed', 'newMessage', 'newOptions'];

class Phone {
    constructor({ url, uri, password, ...more }) {
        this.seen = [];
        this.waiting = [];
        this.ua = new JsSIP.UA({
            sockets: [new JsSIP.WebSocketInterface(url)],
            uri,
            password,
            register: false,
            connection_recovery_min_interval: 1,
            connection_recovery_max_interval: 2,
            ...more,
        });
        for (const name of EVENTS) this.ua.on(name, (event) => this.note(name, event));
        this.ua.start();
    }

    note(name, event) {
        if (event && event.originator === 'local') return;
        this.seen.push({
            name,
            cause: event?.cause,
            status: event?.response?.status_code,
            contact: event?.response?.getHeader?.('Contact'),
            from: event?.request?.from?.uri?.toString(),
            body: event?.request?.body,
        });
        this.look();
    }

    look() {
        this.waiting = this.waiting.filter(({ name, done }) => {
            const at = this.seen.findIndex((one) => one.name === name);
            if (at < 0) return true;
            done(this.seen.splice(at, 1)[0]);
            return false;
        });
    }

    /** The next event of that name, one that came before too. */
    next(name, ms = 30000) {
        return new Promise((done, failed) => {
            const timer = setTimeout(() => failed(new Error(`no ${name}; there was ${JSON.stringify(this.seen)}`)), ms);
            this.waiting.push({ name, done: (event) => (clearTimeout(timer), done(event)) });
            this.look();
        });
    }

    async connected() {
        while (!this.ua.isConnected()) await new Promise((done) => setTimeout(done, 20));
    }

    async register() {
        await this.connected();
        this.ua.register();
        return this.next('registered');
    }

    async refused() {
        await this.connected();
        this.ua.register();
        return this.next('registrationFailed');
    }

    async unregister() {
        this.ua.unregister();
        return this.next('unregistered');
    }

    /** What became of a MESSAGE or OPTIONS: its status. */
    send(how, target, body) {
        return new Promise((done) => {
            const end = (event) => done({ status: event.response?.status_code ?? 0, cause: event.cause ?? null });
            this.ua[how](target, body, { eventHandlers: { succeeded: end, failed: end } });
        });
    }

    message(target, text) {
        return this.send('sendMessage', target, text);
    }

    options(target) {
        return this.send('sendOptions', target, '');
    }

    stop() {
        this.ua.stop();
    }
}

globalThis.Phone = Phone;

if (typeof process === 'object' && require.main === module) {
    // Under Node: one expression a line, one JSON answer a line.
    const evaluate = (0, eval);
    require('node:readline')
        .createInterface({ input: process.stdin })
        .on('line', async (line) => {
            const { id, expression } = JSON.parse(line);
            let answer;
            try {
                answer = { id, value: (await evaluate(expression)) ?? null };
            } catch (error) {
                answer = { id, error: String(error?.stack ?? error) };
            }
            process.stdout.write(JSON.stringify(answer) + '\n');
        })
        .on('close', () => process.exit(0));
}
