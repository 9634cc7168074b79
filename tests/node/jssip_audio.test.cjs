'use strict';

const assert = require('node:assert/strict');
const { PassThrough, Writable, Readable } = require('node:stream');
const { test, describe, afterEach } = require('node:test');
const { closeAll, pair, talk, until, event, wait } = require('./jssip_support.cjs');

afterEach(closeAll);

const NO = { name: 'NOT_SUPPORTED_ERROR', code: 3 };

describe('audio', () => {
    const RATE = 16000;

    /** A tone of so many seconds. */
    function tone(hertz, seconds) {
        const samples = new Int16Array(RATE * seconds);
        for (let i = 0; i < samples.length; i++) samples[i] = 8000 * Math.sin((2 * Math.PI * hertz * i) / RATE);
        return Buffer.from(samples.buffer);
    }

    /** How much of a recording's energy one frequency has, 0 to 1 (Goertzel): the best of its loud tenths of a second. */
    function level(pcm, hertz) {
        const samples = new Int16Array(Uint8Array.from(pcm).buffer);
        const size = RATE / 10;
        const k = 2 * Math.cos((2 * Math.PI * hertz) / RATE);
        const levels = [];
        for (let at = 0; at + size <= samples.length; at += size) {
            let [a, b, energy] = [0, 0, 0];
            for (const s of samples.subarray(at, at + size)) {
                [a, b] = [s + k * a - b, a];
                energy += s * s;
            }
            if (energy > size * 1000 ** 2) levels.push((a * a + b * b - k * a * b) / ((energy * size) / 2));
        }
        return Math.max(0, ...levels);
    }

    function collector() {
        const chunks = [];
        const stream = new Writable({
            write(chunk, _, done) {
                chunks.push(chunk);
                done();
            },
        });
        stream.pcm = () => Buffer.concat(chunks);
        return stream;
    }

    test('mediaStream {readable, writable} is heard on the other side and hears it', async () => {
        const heard = collector();
        const back = collector();
        const { ours } = await talk(
            { mediaStream: { readable: Readable.from([tone(440, 1)]), writable: back } },
            (session) => session.answer({ mediaStream: { readable: Readable.from([tone(880, 1)]), writable: heard } }),
        );
        await wait(1300);
        assert.ok(level(heard.pcm(), 440) > 0.6, `440 Hz: ${level(heard.pcm(), 440)}`);
        assert.ok(level(back.pcm(), 880) > 0.6, `880 Hz: ${level(back.pcm(), 880)}`);
        assert.ok(level(back.pcm(), 440) < 0.3, `440 Hz came back: ${level(back.pcm(), 440)}`);
        const ended = event(back, 'finish');
        ours.terminate();
        await ended; // the program's stream ends with the call
    });

    test('session.audio is a Duplex that echoes, and ends with the call', async () => {
        const back = collector();
        const { ours, theirs } = await talk({
            mediaStream: { readable: Readable.from([tone(600, 1)]), writable: back },
        });
        theirs.audio.pipe(theirs.audio, { end: false });
        await wait(1300);
        assert.ok(level(back.pcm(), 600) > 0.6, `600 Hz: ${level(back.pcm(), 600)}`);
        const over = event(theirs.audio, 'end');
        ours.terminate();
        await over;
    });

    test('mute() sends silence and unmute() sound again; each tells what changed', async () => {
        const heard = collector();
        const live = new Readable({
            read() {
                this.push(tone(500, 0.02)); // ten whole periods
            },
        });
        const { ours } = await talk({ mediaStream: { readable: live } }, (s) =>
            s.answer({ mediaStream: { writable: heard } }),
        );
        const told = [];
        ours.on('muted', (e) => told.push(['muted', e])).on('unmuted', (e) => told.push(['unmuted', e]));
        ours.mute();
        ours.mute();
        assert.deepEqual(ours.isMuted(), { audio: true, video: false });
        assert.equal(ours.connection.getSenders()[0].track.enabled, false);
        await wait(400);
        const start = heard.pcm().length;
        await wait(300);
        const silent = heard.pcm().subarray(start);
        ours.unmute({ audio: true });
        await wait(400);
        const later = heard.pcm().length;
        await wait(300);
        assert.ok(
            Math.max(...new Int16Array(Uint8Array.from(silent).buffer).map(Math.abs)) < 200,
            'something was heard',
        );
        assert.ok(level(heard.pcm().subarray(later), 500) > 0.6);
        assert.deepEqual(told, [
            ['muted', { audio: true, video: false }],
            ['unmuted', { audio: true, video: false }],
        ]);
    });

    test('an endless source does not keep the program from seeing the end of the call', async () => {
        const endless = new Readable({
            read() {
                this.push(tone(500, 0.02));
            },
        });
        const { ours, theirs } = await talk({ mediaStream: { readable: endless } });
        theirs.terminate();
        for (const end = Date.now() + 100; Date.now() < end; ); // meanwhile the call ends, and we have not seen it yet
        endless.pipe(ours.audio, { end: false });
        await event(ours, 'ended');
        ours.audio.write(tone(500, 1));
    });

    test('a broken source or sink leaves the call up', async () => {
        const source = new PassThrough();
        const { ours } = await talk({ mediaStream: { readable: source } });
        source.destroy(new Error('no more'));
        await wait(50);
        assert.equal(ours.isEstablished(), true);
    });

    test('a mediaStream that is none is refused', async () => {
        const { alice } = await pair(null);
        const browser = { getTracks: () => [], getAudioTracks: () => [] };
        assert.throws(() => alice.call('bob', { mediaStream: browser }), NO);
        assert.throws(() => alice.call('bob', { mediaStream: 5 }), TypeError);
        assert.throws(
            () => alice.call('bob', { mediaStream: { readable: new PassThrough(), rate: 44100 } }),
            TypeError,
        );
    });

    test('connection answers getStats, getSenders and getReceivers, before, in and after the call', async () => {
        const { alice } = await pair();
        const session = alice.call('bob');
        const { connection } = session;
        const tracks = [];
        connection.addEventListener('track', (e) => tracks.push(e.track.kind));
        assert.equal((await connection.getStats()).size, 0);
        assert.equal(connection.connectionState, 'new');
        await event(session, 'confirmed');
        await wait(300);
        const stats = await connection.getStats();
        assert.ok(stats.get('outbound-rtp-audio').packetsSent > 0);
        assert.ok(stats.get('inbound-rtp-audio').packetsReceived > 0);
        assert.match(stats.get('codec-audio').mimeType, /^audio\/opus$/i);
        assert.equal(connection.connectionState, 'connected');
        assert.deepEqual(tracks, ['audio']);
        assert.equal(connection.getSenders()[0].track.kind, 'audio');
        assert.equal(connection.getReceivers()[0].track.kind, 'audio');
        session.terminate();
        await until(() => connection.connectionState === 'closed');
        assert.ok((await connection.getStats()).get('outbound-rtp-audio').packetsSent > 0);
    });
});
