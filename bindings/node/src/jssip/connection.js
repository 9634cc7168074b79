'use strict';

// `session.connection`: what programs ask an RTCPeerConnection for, answered from the library's own media.

const { NotSupportedError } = require('./exceptions.js');

class AudioTrack extends EventTarget {
    constructor(id, side, audio) {
        super();
        Object.assign(this, { id: `${side}-${id}`, kind: 'audio', label: side, muted: false, readyState: 'live' });
        this.enabled = true;
        this._audio = audio;
    }

    stop() {
        this.readyState = 'ended';
    }

    getSettings() {
        return { sampleRate: this._audio?.rate, sampleSize: 16, channelCount: 1 };
    }
}

class DTMFSender extends EventTarget {
    constructor(session) {
        super();
        this._session = session;
        this.canInsertDTMF = true;
    }

    get toneBuffer() {
        return this._session._toneBuffer();
    }

    insertDTMF(tones, duration = 100, interToneGap = 70) {
        this._session.sendDTMF(String(tones), { duration, interToneGap, transportType: 'RFC2833' });
    }
}

module.exports = class Connection extends EventTarget {
    constructor(session) {
        super();
        this._session = session;
        this._ended = false;
        this._local = new AudioTrack(session.id, 'local', session.audio);
        this._remote = new AudioTrack(session.id, 'remote', session.audio);
        this._sender = {
            track: this._local,
            dtmf: new DTMFSender(session),
            transport: null,
            getStats: () => this.getStats(),
            getParameters: () => ({ codecs: [] }),
            replaceTrack: refuse,
            setParameters: refuse,
        };
        this._receiver = {
            track: this._remote,
            transport: null,
            getStats: () => this.getStats(),
            getParameters: () => ({ codecs: [] }),
        };
        Object.defineProperty(this._sender.track, 'enabled', {
            get: () => !session.isMuted().audio,
            set: (on) => (on ? session.unmute({ audio: true }) : session.mute({ audio: true })),
        });
    }

    get connectionState() {
        if (this._ended) return 'closed';
        return this._session._mediaReady ? 'connected' : 'new';
    }

    get iceConnectionState() {
        return this.connectionState;
    }

    get iceGatheringState() {
        return 'complete';
    }

    get signalingState() {
        return this._ended ? 'closed' : 'stable';
    }

    getSenders() {
        return [this._sender];
    }

    getReceivers() {
        return [this._receiver];
    }

    getTransceivers() {
        return [{ sender: this._sender, receiver: this._receiver, direction: 'sendrecv', mid: '0' }];
    }

    /** {readable, writable}-like streams, as `session.audio`. */
    getLocalStreams() {
        return [this._stream(this._local)];
    }

    getRemoteStreams() {
        return [this._stream(this._remote)];
    }

    _stream(track) {
        return {
            id: track.id,
            active: !this._ended,
            getTracks: () => [track],
            getAudioTracks: () => [track],
            getVideoTracks: () => [],
            readable: this._session.audio,
            writable: this._session.audio,
        };
    }

    /** Figures of the call by their names in W3C's webrtc-stats: a Map by id. */
    async getStats() {
        const figures = await this._session._stats();
        const report = new Map();
        if (!figures) return report;
        const put = (type, values) => {
            const id = `${type}-audio`;
            report.set(id, { id, type, kind: 'audio', timestamp: Date.now(), ...values });
        };
        const seconds = (us) => (us < 0 ? undefined : us / 1e6);
        put('codec', { mimeType: `audio/${figures.codec}` });
        put('inbound-rtp', {
            packetsReceived: figures.packets_received,
            bytesReceived: figures.bytes_received,
            packetsLost: figures.packets_lost,
            packetsDiscarded: figures.packets_late,
            jitter: seconds(figures.jitter_us),
            concealedSamples: figures.frames_concealed,
            codecId: 'codec-audio',
        });
        put('outbound-rtp', {
            packetsSent: figures.packets_sent,
            bytesSent: figures.bytes_sent,
            codecId: 'codec-audio',
        });
        put('remote-inbound-rtp', {
            packetsLost: figures.remote_packets_lost,
            jitter: seconds(figures.remote_jitter_us),
            roundTripTime: seconds(figures.rtt_us),
        });
        put('candidate-pair', {
            state: 'succeeded',
            nominated: true,
            currentRoundTripTime: seconds(figures.rtt_us),
            remoteAddress: figures.remote_address,
        });
        return report;
    }

    close() {
        if (!this._session.isEnded()) this._session.terminate();
    }

    /** Media flows: what a browser says by `track`, `addstream` and a change of state. */
    _ready() {
        const track = Object.assign(new Event('track'), { track: this._remote, streams: this.getRemoteStreams() });
        this.dispatchEvent(track);
        this.ontrack?.(track);
        this.dispatchEvent(Object.assign(new Event('addstream'), { stream: this.getRemoteStreams()[0] }));
        this._changed();
    }

    _close() {
        this._ended = true;
        this._remote.stop();
        this._changed();
    }

    _changed() {
        for (const name of ['connectionstatechange', 'iceconnectionstatechange']) {
            const event = new Event(name);
            this.dispatchEvent(event);
            this[`on${name}`]?.(event);
        }
    }
};

function refuse() {
    throw new NotSupportedError(
        'tracks cannot be replaced: give mediaStream {readable, writable}, or write to session.audio',
    );
}
