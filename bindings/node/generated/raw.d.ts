// Written by abi/gen/generate from sipua.h. Do not edit.
/// <reference types="node" />

/** An agent: closed by agent_free(), or by the garbage collector. */
export interface AgentHandle { readonly agent: unique symbol }
/** An event: released by event_destroy(), or by the garbage collector. */
export interface EventHandle { readonly event: unique symbol }
/** A name and a value. */
export type Pair = [name: string, value: string];

/** Settings of an agent, all optional. */
export interface AgentConfig {
    /** calls at one time; beyond it an INVITE gets 486. Default 1000; -1: no limit */
    max_calls?: number;
    /** numeric address of all sockets, "192.0.2.1" or "2001:db8::1". Default "0.0.0.0" */
    bind?: string;
    /** what peers are told instead of `bind`, for 1:1 NAT and containers. Default: the address that the system uses towards the peer */
    advertise?: string;
    /** where to listen: "udp:HOST:PORT", or tcp, tls, ws, wss; HOST is numeric, port 0 is any; tls and wss need tls_cert. Default: udp and tcp on `bind`, one free port for both */
    listen?: readonly string[];
    /** on: the agent's listeners take calls and messages from anybody for any user. Default off: only what is meant for an account and comes by its registration, server or peers */
    open?: number;
    /** User-Agent and Server header. Default "libsipua/VERSION" */
    user_agent?: string;
    /** in order of preference, "opus", "pcmu", "pcma", each may be followed by ";key=value" format parameters. Default: opus, pcmu, pcma */
    codecs?: readonly string[];
    /** range of RTP ports, both ends included; RTCP takes the odd ones. Default: any free */
    rtp_port_min?: number;
    rtp_port_max?: number;
    /** threads for media. Default 1 */
    media_workers?: number;
    /** room of the event queue beyond what live objects reserve. Default 4096 */
    queue_events?: number;
    /** the same in bytes. Default 16 MiB */
    queue_bytes?: number;
    log_level?: number;
    /** on: every SIP message sent and received is a SIPUA_EVENT_TRACE. Default off */
    trace?: number;
    /** "HOST" or "HOST:PORT". Default: the system's */
    dns_servers?: readonly string[];
    /** whose certificates are trusted: PEM text, a file, or a directory of such files under the names that OpenSSL gives them. Default: what SSL_CERT_FILE and SSL_CERT_DIR name, else the well-known places of the system, else tls_ca_fallback */
    tls_ca?: string;
    /** PEM text or a file, used when that search finds nothing. Bindings give here what their language brings along. Default: none, and every certificate is refused */
    tls_ca_fallback?: string;
    /** our certificate with its chain, PEM text or a file: for the agent's own tls and wss listeners, and for servers that ask for one. Default: none */
    tls_cert?: string;
    /** its private key, PEM text or a file. Default: in tls_cert */
    tls_key?: string;
    /** of an encrypted key. Default: none */
    tls_key_password?: string;
    /** revoked certificates, PEM text or a file. Default: none are looked up */
    tls_crl?: string;
    /** "sha256/BASE64" of a server's public key (its SubjectPublicKeyInfo): besides passing all other checks it must be one of these. Default: any */
    tls_pins?: readonly string[];
    /** off: any certificate of any server is taken, and whoever sits in between reads and changes everything; it is a warning in the log. Default on */
    tls_verify?: number;
    /** 12 or 13: the least version of TLS. Default 12 */
    tls_min_version?: number;
    /** on: the agent notices by itself that addresses or routes of this machine changed, and does what sipua_network_changed() does. Default on, where the system can tell */
    watch_network?: number;
    /** numeric address of the sockets of media. Default: `bind` */
    media_bind?: string;
    /** numeric address that stands in SDP. Default: `advertise` if that is numeric, else the address that the system uses towards the peer */
    media_advertise?: string;
    /** "HOST" or "HOST:PORT" (3478): is asked how each call's media sockets look from outside, where our address is private, for SDP; at most 500 ms before an offer and before SIPUA_EVENT_INCOMING_CALL. Default: none. (A Contact is put right by what the registrar sees) */
    stun_server?: string;
}

/** All that an event may say. Which members an event fills stands beside its type; the others are 0 or NULL. Strings are valid UTF-8 without NUL (bad bytes became U+FFFD, in URIs and names control characters too); all pointers live as long as the event. */
export interface EventView {
    type?: number;
    /** what the event is about */
    id?: number;
    /** the account it belongs to */
    account?: number;
    /** the call it belongs to */
    call?: number;
    /** the number given when the object was made */
    user?: number;
    /** of the command this answers */
    tag?: number;
    /** when it happened: UTC, since 1970 */
    time_ms?: number;
    /** SIPUA_OK or SIPUA_E_ */
    code?: number;
    /** SIP status, 0 without one */
    status?: number;
    cause?: number;
    originator?: number;
    flags?: number;
    /** Q.850 cause of a Reason header, 0 without one */
    q850?: number;
    /** seconds granted */
    expires?: number;
    /** when the stack tries again by itself; -1: it does not */
    retry_ms?: number;
    port?: number;
    /** samples per second */
    rate?: number;
    /** how long a decision may take */
    deadline_ms?: number;
    /** what is answered when none comes */
    default_status?: number;
    /** the character: '0'-'9', '*', '#', 'A'-'D', 'F' for flash */
    digit?: number;
    /** sipua_log_level */
    level?: number;
    count?: number;
    duration_ms?: number;
    mark?: number;
    segment?: number;
    played_ms?: number;
    discarded_ms?: number;
    /** the SIP reason phrase */
    reason?: string | null;
    /** in words, for a person */
    text?: string | null;
    /** URI */
    from?: string | null;
    /** display name */
    from_name?: string | null;
    to?: string | null;
    to_name?: string | null;
    /** URI, or a file's path */
    target?: string | null;
    /** "opus", "PCMU" */
    codec?: string | null;
    /** "udp", "tcp", "tls", "ws", "wss" */
    transport?: string | null;
    host?: string | null;
    module?: string | null;
    content_type?: string | null;
    /** raw bytes */
    body?: Buffer | null;
    /** the check of TLS that failed: "expired", "not yet valid", "name mismatch", "unknown issuer", "self-signed", "revoked", "weak signature", "wrong key usage", "pin mismatch", "protocol version", "client certificate required", "not TLS", "handshake timeout", "other" */
    check?: string | null;
    /** for whom the certificate was made out, with ", " between */
    names?: string | null;
    /** URI that reaches this very device (RFC 5627) */
    pub_gruu?: string | null;
    /** the same, without telling who we are */
    temp_gruu?: string | null;
    /** an address of ours */
    local_host?: string | null;
    local_port?: number;
    /** another call that it is about */
    other?: number;
    /** in one word, which stands beside the event's type */
    state?: string | null;
    /** of events: "presence", "message-summary", "dialog" */
    package?: string | null;
    /** of a message, as delivery notifications name it */
    message_id?: string | null;
    /** collected */
    digits?: string | null;
    /** URI of P-Asserted-Identity, else of Remote-Party-ID: worth as much as who sent it */
    identity?: string | null;
    identity_name?: string | null;
    /** URI of who diverted the call last (Diversion, else History-Info) */
    diversion?: string | null;
    /** URI of who had us called, or wants us to call */
    referred_by?: string | null;
    /** "CALL-ID;to-tag=X;from-tag=Y", as sipua_call_config takes it */
    replaces?: string | null;
    /** "id;user" (RFC 3323) */
    privacy?: string | null;
    /** with flag AUTO_ANSWER */
    answer_after_s?: number;
    /** notify: which dialog of a forked subscription, from 0 */
    fork?: number;
    /** of a call: "CALL-ID;to-tag=OURS;from-tag=PEERS", what a Replaces that is sent to us says, and a dialog-info document. NULL before the peer has a tag */
    dialog?: string | null;
}

/** One row of the table of what documents say. */
export interface FieldInfo {
    /** content type, "application/pidf+xml" */
    type: string | null;
    /** "tuples.#.status"; #: an index */
    name: string | null;
    /** "string", "int", "switch", "time", or the words that it may be, "open|closed" */
    kind: string | null;
    /** what it says */
    text: string | null;
}

/** Figures of a call's media. Out-struct: set struct_size, the library fills that much. */
export interface CallStats {
    ptime_ms: number;
    /** since the answer */
    duration_ms: number;
    packets_sent: number;
    /** RTP payload */
    bytes_sent: number;
    packets_received: number;
    bytes_received: number;
    /** expected and never come */
    packets_lost: number;
    /** came after their time and were thrown away */
    packets_late: number;
    packets_duplicate: number;
    packets_reordered: number;
    /** not RTP, from a stranger, or of an unknown payload type */
    packets_invalid: number;
    /** 20 ms frames made up for lost or late ones */
    frames_concealed: number;
    /** silence sent because the app's queue ran dry */
    underrun_ms: number;
    /** received audio dropped because nobody read it */
    overrun_ms: number;
    /** what the peer says it did not get */
    remote_packets_lost: number;
    /** RFC 3550 interarrival jitter of what we receive */
    jitter_us: number;
    /** the same, as the peer reports it */
    remote_jitter_us: number;
    /** round trip by RTCP; -1: not known */
    rtt_us: number;
    /** depth now */
    jitter_buffer_ms: number;
    /** app audio waiting to be sent */
    queued_ms: number;
    /** lives as long as the event */
    codec: string | null;
    /** "192.0.2.7:40002", lives as long as the event */
    remote_address: string | null;
}

/** Counters of the whole agent, since its creation unless `now`. */
export interface AgentCounters {
    calls_now: number;
    calls_total: number;
    accounts_now: number;
    transactions_now: number;
    connections_now: number;
    /** SIP messages of any kind */
    messages_received: number;
    messages_sent: number;
    /** sent by us */
    retransmissions: number;
    /** answered with 400, or dropped */
    malformed: number;
    /** requests for nobody here, dropped or refused */
    refused: number;
    events_dropped: number;
}

/** Who we are towards a server, registered or not. */
export interface AccountConfig {
    /** seconds asked for when registering. Default 600 */
    expires?: number;
    /** comes back in every event of the account and, unless they set their own, of its calls */
    user?: number;
    /** address of record, "sip:alice@example.com". Required */
    aor: string;
    password?: string;
    /** user name for digest. Default: the user of the AOR */
    auth_user?: string;
    display_name?: string;
    /** registrar, "sip:example.com;transport=tcp", or the URL of a WebSocket server, "wss://example.com/sip?x=y". Default: the AOR's domain */
    server?: string;
    /** where every request goes first: a SIP URI, which goes into a Route header, or the URL of a WebSocket server, which does not. Default: as the request says */
    outbound_proxy?: string;
    /** default: the agent's */
    advertise?: string;
    /** default: the agent's */
    codecs?: readonly string[];
    /** on: the stack answers calls at once with 200, whether the program asked or not */
    auto_answer?: number;
    /** further sources that may call this account: "192.0.2.0/24" */
    peers?: readonly string[];
    /** default of its calls: SIPUA_MEDIA_ */
    media?: number;
    /** "urn:uuid:…", kept over restarts. Default: a fresh one */
    instance_id?: string;
    /** added to its REGISTER requests */
    headers?: readonly Pair[];
    /** "udp", "tcp", "tls", "ws" or "wss": to servers and proxies whose URI names none. Default: as DNS says (RFC 3263), else udp; a "sips:" address always means TLS */
    transport?: string;
    /** further ones, tried in this order when those before cannot be reached */
    outbound_proxies?: readonly string[];
    /** parameters of the Contact's URI, such as for push (RFC 8599): "pn-provider=acme;pn-prid=x", without the first ';'. Default: none */
    contact_params?: string;
    /** parameters of the Contact itself (RFC 3840): "audio;+sip.ice". Default: none */
    contact_features?: string;
    /** user part of the Contact. Calls for it are taken from anywhere: let nobody guess it. Default: made up */
    contact_user?: string;
    /** instead of a password: the hash of "auth_user:realm:password" in hex, "MD5:HEX", "SHA-256:HEX" or "SHA-512-256:HEX", good for that algorithm alone; several with commas between. Without a name 32 digits are MD5, 64 SHA-256. Default: none */
    ha1?: string;
    /** for servers that ask for Bearer (RFC 8898); it goes out over TLS and WSS only. Where tokens are to be had stands in the text of SIPUA_EVENT_REGISTRATION_FAILED when the server says so (authz_server). Default: none */
    bearer_token?: string;
    /** of the request that opens a WebSocket: Cookie, Origin, Authorization */
    ws_headers?: readonly Pair[];
    /** 1, or 2: registered over two servers or proxies at once (RFC 5626). Default 1 */
    flows?: number;
    /** on: registers with reg-id and instance (RFC 5626), so that a new connection replaces the lost one. Default on */
    outbound?: number;
    /** on: requests go to the server that took the registration. Default on */
    sticky?: number;
    /** on: the Contact has the public address that the server sees. Default on */
    contact_rewrite?: number;
    /** a URI of this very device (RFC 5627). Default: asked for, told in SIPUA_EVENT_REGISTERED, requests to it are taken. On: it also stands in the Contact of calls, for domains whose proxies route requests inside calls by it. Off: not asked for */
    gruu?: number;
    /** on: a WebSocket server given by URL stands in a Route header too. Default off */
    preload_route?: number;
    /** this and the rest: as in sipua_agent_config. Default: the agent's */
    tls_ca?: string;
    tls_cert?: string;
    tls_key?: string;
    tls_key_password?: string;
    tls_pins?: readonly string[];
    tls_verify?: number;
}

export interface CallConfig {
    media?: number;
    /** comes back in every event of the call */
    user?: number;
    /** a URI, "user@host", or a user or number completed with the account's domain. Required without a transfer, which names it */
    target?: string;
    /** a URI to call from, without an account. Default: made up */
    from?: string;
    /** how long to wait for the answer; then CANCEL and cause "No Answer". Default 180000; -1: as long as it rings */
    timeout_ms?: number;
    /** samples per second of sipua_audio_read(): 8000, 16000, 24000, 48000. Default 16000 */
    rate?: number;
    /** default: the account's */
    codecs?: readonly string[];
    /** added to the INVITE */
    headers?: readonly Pair[];
    /** with SIPUA_MEDIA_NONE: the SDP offer; none: the peer offers. Else it is not sent */
    body?: string | Uint8Array;
    /** "CALL-ID;to-tag=X;from-tag=Y", with ";early-only" behind it if need be: this call takes the place of that one at the called party (RFC 3891). The tags as the called party sees that dialog: to-tag is its own, from-tag its peer's. Default: none */
    replaces?: string;
    /** the same form: joins that call (RFC 3911). Default: none */
    join?: string;
    /** display name. Default: the account's */
    from_name?: string;
    /** URI of P-Asserted-Identity, towards a trunk that trusts us (RFC 3325) */
    asserted_identity?: string;
    /** URI of P-Preferred-Identity */
    preferred_identity?: string;
    /** value of Privacy: "id", "user;header" (RFC 3323) */
    privacy?: string;
    /** on: From is anonymous, with Privacy: id, and the account's address of record stands in P-Preferred-Identity. Default off */
    anonymous?: number;
    /** so many 3xx are followed, 1-100. Default: none, the call ends with cause Redirected */
    max_redirects?: number;
}

/** How an incoming call is answered, in part or for good. */
export interface Reply {
    /** ring: 180 (default) or 183, any 101-199; reject: 300-699, default 486; accept: 200 */
    status?: number;
    /** reason phrase. Default: the standard one */
    reason?: string;
    /** Contact among them only with 300-399: where else to call */
    headers?: readonly Pair[];
    /** answer: samples per second of sipua_audio_read(). Default 16000 */
    rate?: number;
    /** ring: on sends our SDP and starts the audio before the answer. Default off */
    early_media?: number;
    /** answer: SIPUA_MEDIA_NONE takes the SDP from body */
    media?: number;
    /** ring, answer: from now on in the call's events; 0 leaves it as it is */
    user?: number;
    /** of body. Default application/sdp for calls, text/plain for messages */
    content_type?: string;
    body?: string | Uint8Array;
    /** hangup, reject: cause of Q.850, 1-127, in a Reason header. Default: none */
    q850?: number;
}

/** Digits of the peer, however they come, until there are enough. */
export interface CollectConfig {
    /** 1-256. Default 1 */
    max_digits?: number;
    user?: number;
    /** "#": any of these ends it and is not part of it. Default: none */
    terminators?: string;
    /** for the first digit, from now, or from the end of `player`. Default 10000; -1: none */
    timeout_ms?: number;
    /** for each further one, at least 1. Default 3000 */
    between_ms?: number;
    /** on: the first digit stops what plays and drops what is queued. Default on */
    interrupt?: number;
    /** the prompt, a player of this call that was begun before. 0, or one that has ended: none */
    player?: number;
}

export interface Change {
    method?: number;
    /** on: holds the peer; off: goes on. Default: as it is */
    hold?: number;
    /** from now on these, in this order. Default: as they are */
    codecs?: readonly string[];
    /** added to the request */
    headers?: readonly Pair[];
    /** with SIPUA_MEDIA_NONE: the SDP offer; none: the last one again, with the direction that `hold` asks for; and if there was none, the peer offers */
    body?: string | Uint8Array;
}

export interface RequestConfig {
    /** default 32000 */
    timeout_ms?: number;
    user?: number;
    /** default "INFO"; any but those that the stack does itself (INVITE, ACK, BYE, CANCEL, UPDATE, PRACK, REFER, NOTIFY, SUBSCRIBE, REGISTER) */
    method?: string;
    /** of body. Default "text/plain;charset=utf-8" */
    content_type?: string;
    body?: string | Uint8Array;
    headers?: readonly Pair[];
}

export interface TransferConfig {
    /** how long to wait for the end of it. Default 90000 */
    timeout_ms?: number;
    user?: number;
    /** attended: our other call, whose peer the first one's peer shall talk with. Its target and its Replaces are taken from there */
    consult?: number;
    /** whom to call, as for calls. Required without consult */
    target?: string;
    /** sipua_transfer_send() only: who shall call, as for calls. Required there */
    recipient?: string;
    /** URI. Default: who we are; "": none */
    referred_by?: string;
    /** added to the REFER */
    headers?: readonly Pair[];
    /** off: no progress is asked for (RFC 4488), and a 2xx to the REFER is the end. Default on */
    subscribe?: number;
    /** on: the call, and consult, are hung up when the transfer has succeeded. Default on */
    hangup?: number;
}

export interface ConferenceConfig {
    /** of mixing, and of sipua_audio_read(): 8000, 16000, 24000, 48000. Default 16000 */
    rate?: number;
    user?: number;
}

/** What passes from one call of a bridge to the other. */
export interface BridgeConfig {
    /** digits. Default on */
    dtmf?: number;
    /** holding and going on. Default on */
    hold?: number;
    /** on: the end of one call ends the other. Default on */
    hangup?: number;
    /** on: a REFER goes to the other side. Default off: it is a question to the program */
    transfer?: number;
    /** on: a's ringing, answer and refusal follow b's. Default on */
    signalling?: number;
    /** on: packets pass as they are where both have a codec in common. Off: always through our codecs. Default on */
    untouched?: number;
    /** on: INFO that is no digit, MESSAGE and methods of your own go to the other side, and its answers come back; they are no events then. Default on */
    requests?: number;
    user?: number;
}

export interface SubscribeConfig {
    /** seconds asked for, at most 604800 (a week). Default 3600; -1: ask once (Expires: 0) */
    expires?: number;
    user?: number;
    /** whose events, as for calls. Required */
    target: string;
    /** without an account */
    from?: string;
    /** the package, with parameters: "presence", "dialog;id=7". Required */
    event: string;
    /** content types with commas between. Default: those of the package */
    accept?: string;
    /** of body; required with one */
    content_type?: string;
    body?: string | Uint8Array;
    headers?: readonly Pair[];
}

/** What a subscriber is told. */
export interface NotifyConfig {
    /** terminated: when to subscribe again. Default: not said */
    retry_after_s?: number;
    /** "active", "pending", "terminated", which ends it. Default: active when it is accepted, then as it was */
    state?: string;
    /** of terminated: "timeout", "noresource", "rejected", "deactivated", "probation", "giveup" */
    reason?: string;
    /** of body; required with one */
    content_type?: string;
    /** at most 60000 bytes. None: no body from now on; with "terminated": the last one */
    body?: string | Uint8Array;
    headers?: readonly Pair[];
    /** accept: at most so many seconds. Default: as asked, a week at most */
    expires?: number;
}

export interface PublishConfig {
    /** seconds asked for, at most 604800 (a week). Default 3600 */
    expires?: number;
    user?: number;
    /** whose state. Default: the account's address of record */
    target?: string;
    /** the package: "presence". Required */
    event: string;
    /** of body; must be given */
    content_type?: string;
    /** 1 to 60000 bytes; must be given */
    body?: string | Uint8Array;
    headers?: readonly Pair[];
}

export interface MessageConfig {
    /** default 32000 */
    timeout_ms?: number;
    user?: number;
    /** as for calls. Required outside calls */
    target?: string;
    /** without an account */
    from?: string;
    /** default "text/plain;charset=utf-8" */
    content_type?: string;
    body?: string | Uint8Array;
    headers?: readonly Pair[];
    /** sends it inside this call; target, from and the account do not matter then */
    call?: number;
    /** as delivery notifications name it. Default: made up where it is needed */
    message_id?: string;
    /** "delivered", "displayed", "processed", "stored", "failed", "error" or "forbidden": no message, but that one notification about the message that came as message_id */
    report?: string;
    /** asks for notifications, and wraps the body into CPIM (RFC 3862) for that. Default: none */
    disposition?: number;
    /** no message, but on: "is writing", off: "has stopped" (RFC 3994) */
    composing?: number;
    /** on: wraps the body into CPIM in any case. Default off */
    cpim?: number;
}

export interface ListenerConfig {
    /** as in sipua_agent_config; default: as the agent */
    open?: number;
    user?: number;
    /** the server that it belongs to; 0: the user agent itself */
    server?: number;
    /** "udp:HOST:PORT", or tcp, tls, ws, wss. Required; port 0 is any */
    address: string;
    advertise?: string;
    /** of tls and wss: our certificate with its chain, PEM text or a file. Default: the agent's; with neither, SIPUA_E_INVALID */
    tls_cert?: string;
    /** PEM text or a file. Default: in tls_cert */
    tls_key?: string;
    tls_key_password?: string;
    /** who may sign the certificates of clients. Default: with tls_need_client the agent's tls_ca, else none are asked for one */
    tls_ca?: string;
    /** of ws and wss: from which pages browsers may come, "https://phone.example.com"; "*": any. Others get 403; a client without Origin is not a browser. Default: any */
    origins?: readonly string[];
    /** "/sip": other paths get 404. Default: any */
    ws_path?: string;
    /** on: clients without a certificate of tls_ca are refused. Default off */
    tls_need_client?: number;
}

/** A registrar and proxy for development, tests and demos. */
export interface ServerConfig {
    mode?: number;
    user?: number;
    /** default: the host of its first listener; "localhost" at a wildcard address */
    realm?: string;
    /** name and password */
    users?: readonly Pair[];
    /** seconds. Default 1 */
    min_expires?: number;
    /** seconds. Default 3600 */
    max_expires?: number;
    /** on: INVITE and MESSAGE from its users need digest too. Default off */
    challenge_calls?: number;
    /** default on */
    record_route?: number;
}

/** One row of the table of options. */
export interface OptionInfo {
    minimum: number;
    maximum: number;
    key: string | null;
    /** "int", "switch", "string", "choice" */
    type: string | null;
    /** whose it is: the words "agent", "account", "call", with one space between */
    scope: string | null;
    default_value: string | null;
    /** what it does, with its unit */
    text: string | null;
    /** "0.1" */
    since: string | null;
    /** of a choice: the words that it may be, with one space between; else NULL */
    choices: string | null;
}

export interface Uri {
    /** 0: none */
    port?: number;
    /** "sip", "sips", "tel", in lower case */
    scheme?: string | null;
    /** unescaped */
    user?: string | null;
    password?: string | null;
    /** without brackets; the number of a tel: URI is in `user` */
    host?: string | null;
    /** "transport=tcp;lr", as written, without the first ';' */
    parameters?: string | null;
    /** "subject=x&priority=urgent", as written, without the '?' */
    headers?: string | null;
}

/** The running library's version: major * 65536 + minor. A binding checks it when it is loaded. */
export function abi_version(): number;

/** "0.2.0". Never NULL; valid for ever. */
export function version(): string;

/** What this build can do, as words with one space between: "udp tcp tls ws wss opus pcmu pcma server". Valid for ever. */
export function features(): string;

/** The code's name ("SIPUA_E_GONE") and one plain sentence. Never NULL; valid for ever; any number is legal. */
export function error_name(code: number): string;

/** The code's name ("SIPUA_E_GONE") and one plain sentence. Never NULL; valid for ever; any number is legal. */
export function error_text(code: number): string;

/** 1 when the same call may succeed later without a change by the program (SIPUA_E_FULL, SIPUA_E_BUSY, ...). */
export function error_retryable(code: number): number;

/** 1 when nothing more can be done with the agent (SIPUA_E_CLOSED, SIPUA_E_FORKED). */
export function error_fatal(code: number): number;

/** The last failure of this thread: its code, and its detail in words (what was wrong with which value). Never NULL; valid until the next failing call of this thread. A success does not clear them. */
export function last_error(): number;

/** The last failure of this thread: its code, and its detail in words (what was wrong with which value). Never NULL; valid until the next failing call of this thread. A success does not clear them. */
export function last_error_text(): string;

/** The cause in words, as in the comments above ("Busy"); "" for none and unknown numbers. Valid for ever. */
export function cause_text(cause: number): string;

/** Starts an agent: opens its listeners and its threads. Each listener is reported by SIPUA_EVENT_LISTENING. config NULL: all defaults. Fails with SIPUA_E_ADDRESS, SIPUA_E_IN_USE, SIPUA_E_PERMISSION (a port below 1024), SIPUA_E_FORMAT (a codec, listener or PEM that cannot be read), SIPUA_E_NOT_FOUND (a file that is not there; the words name it), SIPUA_E_INVALID (a key that is not its certificate's), SIPUA_E_TLS (one that is too weak), SIPUA_E_VERSION, SIPUA_E_IO. */
export function agent_create(config: AgentConfig | null | undefined): AgentHandle;

/** Ends everything politely: calls get BYE, CANCEL or 480, registrations are removed, and SIPUA_EVENT_SHUTDOWN comes last of all, when all has been answered or `deadline_ms` has passed. New calls and messages are refused with 503 meanwhile. Default deadline (0): 2000; -1: do not wait for any answer. After that event commands answer SIPUA_E_CLOSED; the threads stay until sipua_agent_close() or sipua_agent_free(). */
export function agent_shutdown(agent: AgentHandle, deadline_ms: number, tag: number): number;

/** Stops and joins the agent's threads without waiting for the network; takes under 100 ms. Wakes whoever polls or waits for audio. Events already queued stay there to be polled, then open tags come as replies with SIPUA_E_CANCELED, then sipua_poll() says SIPUA_E_CLOSED as every other function does. Idempotent. */
export function agent_close(agent: AgentHandle): number;

/** Asks for the agent's counters: a SIPUA_EVENT_STATS without id, read with sipua_event_agent_stats(). */
export function agent_stats(agent: AgentHandle, tag: number): number;

/** Opts in to a kind of question (SIPUA_ON) or out again (SIPUA_OFF). */
export function agent_ask(agent: AgentHandle, kind: number, on: number, tag: number): number;

/** Says that addresses or routes of this machine changed, as a phone's operating system reports: every flow is tried at once, registrations are renewed from the new address, and established calls move to it by re-INVITE, or end when their peer cannot be reached. SIPUA_EVENT_NETWORK_CHANGED follows, then what comes of it as events of accounts and calls. Not needed where watch_network works; never harmful. */
export function network_changed(agent: AgentHandle, tag: number): number;

/** Reads all files of certificates, keys, trust and revocation again, those of accounts and listeners too. Connections that are up stay; new ones use the new. The reply says when something cannot be read (SIPUA_E_NOT_FOUND, SIPUA_E_FORMAT, SIPUA_E_TLS, with the file's name): then that part stays as it was. */
export function agent_reload_tls(agent: AgentHandle, tag: number): number;

/** On: new calls from outside get 503 with Retry-After, new ones of ours SIPUA_E_STATE; what is up goes on, and SIPUA_EVENT_DRAINED comes when no call is left. Off: back to work. */
export function agent_drain(agent: AgentHandle, on: number, tag: number): number;

/** Takes the oldest event, waiting up to timeout_ms (0: do not wait, -1: for ever). Returns 1 and an event that the caller owns, or 0 and NULL when none came. SIPUA_E_BUSY: another thread is polling. SIPUA_E_INTERRUPTED: a signal or sipua_poll_interrupt(). SIPUA_E_CLOSED: closed or shut down, and nothing is left. */
export function poll(agent: AgentHandle, timeout_ms: number): EventHandle | null;

/** Makes the running sipua_poll() of this agent, or the next one, return SIPUA_E_INTERRUPTED. */
export function poll_interrupt(agent: AgentHandle): number;

/** A descriptor for a foreign event loop: readable whenever an event waits (rarely also with none; a poll that finds nothing clears it). The library owns it, until sipua_agent_free(): only wait for it, never read or close it. */
export function agent_fd(agent: AgentHandle): number;

/** The event's name as in JSON and the bindings: "call_ended". "" for unknown numbers. Valid for ever. */
export function event_type_name(type: number): string;

/** Fills *view up to the struct_size that the caller set. Returns the size filled, or SIPUA_E_VERSION. */
export function event_get(event: EventHandle): EventView;

/** The headers of the SIP message behind an event, in order, comma lists not split, folding undone. 0 without one. */
export function event_header_count(event: EventHandle): number;

/** *name and *value live as long as the event. SIPUA_E_NOT_FOUND past the end. */
export function event_header_at(event: EventHandle, index: number): [string, string];

/** The index-th header of that name, upper or lower case and compact form alike; NULL when there is none. */
export function event_header(event: EventHandle, name: string, index: number): string | null;

/** The whole SIP message with credentials redacted; NULL and *size 0 without one. Not NUL-terminated. */
export function event_message(event: EventHandle): Buffer | null;

/** The event as one JSON object in UTF-8: time (ISO 8601, UTC, milliseconds), event, account, call, status, reason, cause and what else it fills, under the names of sipua_event_view. NULL when memory ran out. */
export function event_json(event: EventHandle): string | null;

/** The number of names; 0: no body, none that this library reads, or one that is broken. */
export function event_document_count(event: EventHandle): number;

/** *name and *value live as long as the event. SIPUA_E_NOT_FOUND past the end. */
export function event_document_at(event: EventHandle, index: number): [string, string];

/** Makes a body of that content type ("application/pidf+xml") from names and values, with a NUL at the end. Returns the bytes without the NUL. SIPUA_E_FULL: the buffer is too small; SIPUA_E_FORMAT: an unknown name, one twice, a value that it cannot have, a required one that is missing, or a gap in a list; SIPUA_E_UNSUPPORTED: no such type; SIPUA_E_LIMIT: too large. */
export function document_write(type: string, fields: readonly Pair[]): string;

export function field_count(): number;

/** The strings live for ever. Returns the size filled; SIPUA_E_NOT_FOUND past the end. */
export function field_at(index: number): FieldInfo;

/** Asks for a call's figures: a SIPUA_EVENT_STATS of the call. One more, final, comes before SIPUA_EVENT_CALL_ENDED. */
export function call_stats_request(agent: AgentHandle, call: number, tag: number): number;

/** Reads the figures of a SIPUA_EVENT_STATS with an id. Returns the size filled; SIPUA_E_KIND for another event. */
export function event_call_stats(event: EventHandle): CallStats;

/** Reads a SIPUA_EVENT_STATS without an id. Returns the size filled; SIPUA_E_KIND for another event. */
export function event_agent_stats(event: EventHandle): AgentCounters;

/** Makes an account. It sends nothing; sipua_account_register() does. Files that are not there or hold no PEM fail at once (SIPUA_E_NOT_FOUND, SIPUA_E_PERMISSION, SIPUA_E_FORMAT); a key that is not its certificate's ends it by SIPUA_EVENT_ACCOUNT_CLOSED, with SIPUA_E_INVALID in the reply. */
export function account_create(agent: AgentHandle, config: AccountConfig, tag: number): number;

/** Registers now and keeps the registration fresh: SIPUA_EVENT_REGISTERED or SIPUA_EVENT_REGISTRATION_FAILED, later refreshed by the expiry that the server granted. Registered already: refreshes at once. Many accounts at once wait for their turn (option register_in_flight). */
export function account_register(agent: AgentHandle, account: number, tag: number): number;

/** Removes the registration; all: of every device of this AOR ("Contact: *"). SIPUA_EVENT_UNREGISTERED follows. */
export function account_unregister(agent: AgentHandle, account: number, all: number, tag: number): number;

/** Changes the bearer token, for what is sent from now on; NULL or "": none. It sends nothing by itself. */
export function account_set_token(agent: AgentHandle, account: number, token: string | null | undefined, tag: number): number;

/** Unregisters if need be, ends its calls and closes it: SIPUA_EVENT_ACCOUNT_CLOSED. */
export function account_close(agent: AgentHandle, account: number, tag: number): number;

/** Calls somebody. account 0: a direct call without an account. Events: CALL_SENDING, CALL_PROGRESS, MEDIA_READY, CALL_ACCEPTED, CALL_CONFIRMED, and at last CALL_ENDED whatever happens. Fails at once with SIPUA_E_URI, SIPUA_E_HEADER, SIPUA_E_FORMAT (codec), SIPUA_E_LIMIT (max_calls, descriptors). */
export function call_create(agent: AgentHandle, account: number, config: CallConfig, tag: number): number;

/** 180 Ringing, or as reply says. The decision's deadline becomes the call's no-answer timeout. */
export function call_ring(agent: AgentHandle, call: number, reply: Reply | null | undefined, tag: number): number;

/** 200 OK. SIPUA_EVENT_CALL_ACCEPTED follows, and SIPUA_EVENT_CALL_CONFIRMED when the caller's ACK has come. */
export function call_answer(agent: AgentHandle, call: number, reply: Reply | null | undefined, tag: number): number;

/** Refuses an incoming call that has not been answered. SIPUA_EVENT_CALL_ENDED follows. */
export function call_reject(agent: AgentHandle, call: number, reply: Reply | null | undefined, tag: number): number;

/** Ends a call in whatever state: CANCEL, a refusal (480) or BYE; with an answer and a hang-up crossing, ACK and BYE. headers are added to the BYE, CANCEL or refusal; reply->status 0 and reply->reason may fill a Reason header. A body goes into a BYE only; say its content_type. SIPUA_EVENT_CALL_ENDED follows. Never refused for lack of room. */
export function call_hangup(agent: AgentHandle, call: number, reply: Reply | null | undefined, tag: number): number;

/** Changes the number that the call's events carry as `user`. */
export function call_set_user(agent: AgentHandle, call: number, user: number, tag: number): number;

/** Sends digits, after those still being sent, as RFC 4733 events or INFO (option dtmf_method). digits: 0-9 * # A-D, and ',' for a pause of 2 s. duration_ms 40-6000, default 100; gap_ms at least 50, default 70. SIPUA_EVENT_DTMF_SENT when the last has left. SIPUA_E_UNSUPPORTED, in the reply, when the peer takes none of the way that the option wants. */
export function call_dtmf(agent: AgentHandle, call: number, digits: string, duration_ms: number, gap_ms: number, tag: number): number;

/** Plays a WAV file to the peer: 8 to 32 bit PCM, float, A-law or u-law, any rate, stereo mixed down. It waits its turn behind what is queued. SIPUA_E_NOT_FOUND, SIPUA_E_FORMAT at once. SIPUA_EVENT_PLAY_DONE of the player. */
export function call_play(agent: AgentHandle, call: number, path: string, loop: number, user: number, tag: number): number;

/** Plays a WAV file to the peer: 8 to 32 bit PCM, float, A-law or u-law, any rate, stereo mixed down. It waits its turn behind what is queued. SIPUA_E_NOT_FOUND, SIPUA_E_FORMAT at once. SIPUA_EVENT_PLAY_DONE of the player. */
export function player_stop(agent: AgentHandle, player: number, tag: number): number;

/** Records into a new 16-bit WAV file, at the call's rate; any number at a time, each into a file of its own. SIPUA_E_IO, SIPUA_E_PERMISSION at once; SIPUA_E_IN_USE, in the reply, when the call is being recorded into that file. SIPUA_EVENT_RECORD_DONE when the file is complete, at the latest with the call's end. */
export function call_record(agent: AgentHandle, call: number, path: string, side: number, user: number, tag: number): number;

/** Records into a new 16-bit WAV file, at the call's rate; any number at a time, each into a file of its own. SIPUA_E_IO, SIPUA_E_PERMISSION at once; SIPUA_E_IN_USE, in the reply, when the call is being recorded into that file. SIPUA_EVENT_RECORD_DONE when the file is complete, at the latest with the call's end. */
export function recorder_stop(agent: AgentHandle, recorder: number, tag: number): number;

/** Silences a call without signalling. sides: SIPUA_FLAG_SEND: the peer hears silence; SIPUA_FLAG_RECEIVE: we read silence; or both. SIPUA_EVENT_CALL_MUTED or SIPUA_EVENT_CALL_UNMUTED tells what is muted now; where nothing changes there is none. SIPUA_E_STATE, in the reply, with SIPUA_MEDIA_NONE. */
export function call_mute(agent: AgentHandle, call: number, sides: number, on: number, tag: number): number;

/** Collects digits: SIPUA_EVENT_COLLECTED at the end. They come as SIPUA_EVENT_DTMF too. config NULL: one digit. One at a time: SIPUA_E_BUSY, in the reply. */
export function call_collect(agent: AgentHandle, call: number, config: CollectConfig | null | undefined, tag: number): number;

/** Collects digits: SIPUA_EVENT_COLLECTED at the end. They come as SIPUA_EVENT_DTMF too. config NULL: one digit. One at a time: SIPUA_E_BUSY, in the reply. */
export function collector_stop(agent: AgentHandle, collector: number, tag: number): number;

/** Changes a call: SIPUA_EVENT_CALL_HELD, SIPUA_EVENT_CALL_RESUMED or SIPUA_EVENT_CALL_UPDATED with this tag, or SIPUA_EVENT_CALL_CHANGE_FAILED; the call goes on in any case. One change after the other, in the order of the commands. change NULL: everything is offered anew. SIPUA_E_STATE, in the reply, before the call is answered, but for an UPDATE where the call has been made reliable so far (RFC 3262), and where a hold has no SDP of the program's to say it with; SIPUA_E_INVALID there for codecs with SIPUA_MEDIA_NONE or a body without it; SIPUA_E_LIMIT when 32 changes wait. */
export function call_change(agent: AgentHandle, call: number, change: Change | null | undefined, tag: number): number;

/** Answers a SIPUA_EVENT_CALL_CHANGE_REQUESTED. With SIPUA_MEDIA_NONE the SDP stands in reply->body; none: the last one again, with its directions fitted. SIPUA_E_STATE, in the reply of this and the next, when no change waits for a decision. */
export function call_accept_change(agent: AgentHandle, call: number, reply: Reply | null | undefined, tag: number): number;

/** Refuses it, with 488 by default; the call is as it was. */
export function call_reject_change(agent: AgentHandle, call: number, reply: Reply | null | undefined, tag: number): number;

/** Sends a request inside a call, an INFO by default: SIPUA_EVENT_REQUEST_ANSWERED. In the reply: SIPUA_E_STATE when there is no dialog with the peer yet (a callee must have rung), SIPUA_E_LIMIT when 16 have no answer. */
export function call_request(agent: AgentHandle, call: number, config: RequestConfig | null | undefined, tag: number): number;

/** Has the peer of a call call somebody else (REFER): SIPUA_EVENT_TRANSFER_PROGRESS, then SIPUA_EVENT_TRANSFER_DONE when that call has been answered or has failed. The call goes on until then, and after a failure (but for 481, 408 or silence as the answer to the REFER: they end it, RFC 3261 12.2.1.2). In the reply: SIPUA_E_STATE when the call or consult is not answered yet, SIPUA_E_LIMIT when 8 transfers are under way in it. */
export function call_transfer(agent: AgentHandle, call: number, config: TransferConfig, tag: number): number;

/** The same outside a call: asks config->recipient. account 0: without an account. */
export function transfer_send(agent: AgentHandle, account: number, config: TransferConfig, tag: number): number;

/** Follows a SIPUA_EVENT_TRANSFER_REQUESTED: 202, calls the target and tells the other side how that goes. SIPUA_EVENT_TRANSFER_DONE ends the transfer; the call in which it came goes on until somebody hangs up. config: as for sipua_call_create(), but target and replaces come from the REFER and must not be set (SIPUA_E_INVALID), and a Join of the REFER takes the place of config->join; NULL: defaults. SIPUA_E_STATE, in the reply of this and the next: it has been decided. */
export function transfer_accept(agent: AgentHandle, transfer: number, config: CallConfig | null | undefined, tag: number): number;

/** Refuses it, with 603 by default. */
export function transfer_reject(agent: AgentHandle, transfer: number, reply: Reply | null | undefined, tag: number): number;

/** A conference mixes calls inside the library: everybody hears all others, and never himself. The program is one more member: sipua_audio_ functions take a conference's id too, what it writes is heard by all, what it reads is the mix of all calls. config NULL: all defaults. */
export function conference_create(agent: AgentHandle, config: ConferenceConfig | null | undefined, tag: number): number;

/** A call may be added before it is answered; it leaves when it ends. SIPUA_EVENT_CONFERENCE_CHANGED. In the reply: SIPUA_E_BUSY when it is in a conference or bridge already, SIPUA_E_STATE with SIPUA_MEDIA_NONE. */
export function conference_add(agent: AgentHandle, conference: number, call: number, tag: number): number;

/** The call goes on by itself. SIPUA_EVENT_CONFERENCE_CHANGED; SIPUA_E_STATE, in the reply: it is not in this conference. */
export function conference_remove(agent: AgentHandle, conference: number, call: number, tag: number): number;

/** Plays a WAV file to all; several at once are mixed. Otherwise as sipua_call_play(). */
export function conference_play(agent: AgentHandle, conference: number, path: string, loop: number, user: number, tag: number): number;

/** Records all that is said and played, mono. Otherwise as sipua_call_record(). */
export function conference_record(agent: AgentHandle, conference: number, path: string, user: number, tag: number): number;

/** Ends it: SIPUA_EVENT_CONFERENCE_ENDED. Its calls go on by themselves; hangup on: they are hung up. */
export function conference_end(agent: AgentHandle, conference: number, hangup: number, tag: number): number;

/** Connects two calls. With an incoming call `a` that is not answered and a call `b` that is being placed this is a B2BUA: a rings as b rings, is answered when b answers, and refused as b refuses. SIPUA_EVENT_BRIDGE_CHANGED, at last SIPUA_EVENT_BRIDGE_ENDED. SIPUA_E_BUSY, in the reply: one of them is in a conference or bridge already; SIPUA_E_GONE there: one has ended meanwhile, and the other is refused or hung up as config says; SIPUA_E_STATE there: one has SIPUA_MEDIA_NONE. config NULL: all defaults. */
export function bridge_create(agent: AgentHandle, a: number, b: number, config: BridgeConfig | null | undefined, tag: number): number;

/** Takes them apart; both calls go on by themselves. */
export function bridge_end(agent: AgentHandle, bridge: number, tag: number): number;

/** Subscribes, and keeps the subscription fresh: SIPUA_EVENT_SUBSCRIPTION_STATE, and SIPUA_EVENT_NOTIFY for each piece of news. account 0: without an account. */
export function subscription_create(agent: AgentHandle, account: number, config: SubscribeConfig, tag: number): number;

/** Asks again now. expires: seconds, at most 604800; 0: as before. SIPUA_E_STATE, in the reply: it is ending, or asked once. */
export function subscription_refresh(agent: AgentHandle, subscription: number, expires: number, tag: number): number;

/** Unsubscribes; SIPUA_EVENT_SUBSCRIPTION_STATE with "terminated" is the last event. */
export function subscription_end(agent: AgentHandle, subscription: number, tag: number): number;

/** Takes a SIPUA_EVENT_SUBSCRIBE_REQUESTED: 200 and the first NOTIFY. The last body is sent again whenever the subscriber refreshes. user: the number of the notifier's events. config NULL: active, without a body. */
export function notifier_accept(agent: AgentHandle, notifier: number, config: NotifyConfig | null | undefined, user: number, tag: number): number;

/** Refuses it, with 403 by default. */
export function notifier_reject(agent: AgentHandle, notifier: number, reply: Reply | null | undefined, tag: number): number;

/** Sends a NOTIFY. When several come faster than they are answered, the newest counts. SIPUA_E_STATE, in the reply: it is not accepted yet, or has ended. */
export function notifier_notify(agent: AgentHandle, notifier: number, config: NotifyConfig, tag: number): number;

/** Publishes a state and keeps it fresh: SIPUA_EVENT_PUBLISH_STATE. account 0: without an account, then target is required. */
export function publication_create(agent: AgentHandle, account: number, config: PublishConfig, tag: number): number;

/** Replaces what is published; a body is required. content_type NULL: as before. SIPUA_E_STATE, in the reply: it is being removed. */
export function publication_update(agent: AgentHandle, publication: number, content_type: string | null | undefined, body: string | Uint8Array, tag: number): number;

/** Takes it back; SIPUA_EVENT_PUBLISH_STATE with "removed" is the last event. */
export function publication_end(agent: AgentHandle, publication: number, tag: number): number;

/** Queues samples to be sent, at a rate of 8000, 16000, 24000 or 48000; they are resampled as needed. segment: any number that names this piece of audio in SIPUA_EVENT_FLUSHED. Waits up to timeout_ms for room (0: does not). Returns the samples taken, fewer than given when the queue is full (max_queued_ms). Allowed from the call's creation on; audio is sent once media flows. SIPUA_E_GONE once the call has ended. */
export function audio_write(agent: AgentHandle, call: number, pcm: Uint8Array | Int16Array, rate: number, segment: number, timeout_ms: number): number;

/** Takes received samples, a steady stream on the local clock at the call's rate. Waits up to timeout_ms until `samples` are there (0: takes what there is; -1: for ever). Returns the samples read; SIPUA_E_EOF when the call has ended and all has been read. flags may be NULL. */
export function audio_read(agent: AgentHandle, call: number, pcm: Uint8Array | Int16Array, timeout_ms: number, flags: Uint32Array | undefined): number;

/** Changes the rate of sipua_audio_read(): 8000, 16000, 24000, 48000. What was not yet read is kept. */
export function audio_set_rate(agent: AgentHandle, call: number, rate: number): number;

/** Drops all that is queued, ordered with writes: what is written afterwards is sent. SIPUA_EVENT_FLUSHED tells which segment was playing, how much of it the peer was sent and how much was dropped. */
export function audio_flush(agent: AgentHandle, call: number, tag: number): number;

/** SIPUA_EVENT_MARK with this number comes when all that was written before has been sent, or was flushed. */
export function audio_mark(agent: AgentHandle, call: number, mark: number): number;

/** Milliseconds of audio that wait to be sent. */
export function audio_queued(agent: AgentHandle, call: number): number;

/** Arms SIPUA_EVENT_AUDIO_READY for this call: when readable_ms or more can be read, or writable_ms or more can be written (0: do not watch that side). At most one such event is pending per agent; reading or writing arms again. */
export function audio_watch(agent: AgentHandle, call: number, readable_ms: number, writable_ms: number): number;

/** The calls that are ready: writes up to `capacity` ids and returns how many there were; clears the pending event. */
export function audio_ready(agent: AgentHandle, capacity: number): number[];

/** Sends a MESSAGE: SIPUA_EVENT_MESSAGE_DELIVERED or SIPUA_EVENT_MESSAGE_FAILED. account 0: without an account. What its receiver does with it comes as SIPUA_EVENT_MESSAGE_DISPOSITION when config->disposition asked for that. */
export function message_send(agent: AgentHandle, account: number, config: MessageConfig, tag: number): number;

/** Answers a SIPUA_EVENT_MESSAGE, now or later within its deadline: 200, or a refusal (default 480). */
export function message_accept(agent: AgentHandle, message: number, reply: Reply | null | undefined, tag: number): number;

/** Answers a SIPUA_EVENT_MESSAGE, now or later within its deadline: 200, or a refusal (default 480). */
export function message_reject(agent: AgentHandle, message: number, reply: Reply | null | undefined, tag: number): number;

/** Asks a peer what it can do: SIPUA_EVENT_OPTIONS_ANSWERED. The config's body and content type are sent if given. */
export function options_send(agent: AgentHandle, account: number, config: MessageConfig, tag: number): number;

/** Opens one more listener: SIPUA_EVENT_LISTENING with the real port. An address that cannot be read and a file that is not there fail at once; an address that is taken or forbidden by SIPUA_EVENT_LISTENER_CLOSED with SIPUA_E_IN_USE or SIPUA_E_PERMISSION, a key that is not its certificate's by the same with SIPUA_E_INVALID. */
export function listener_create(agent: AgentHandle, config: ListenerConfig, tag: number): number;

/** Opens one more listener: SIPUA_EVENT_LISTENING with the real port. An address that cannot be read and a file that is not there fail at once; an address that is taken or forbidden by SIPUA_EVENT_LISTENER_CLOSED with SIPUA_E_IN_USE or SIPUA_E_PERMISSION, a key that is not its certificate's by the same with SIPUA_E_INVALID. */
export function listener_close(agent: AgentHandle, listener: number, tag: number): number;

/** Starts a server without listeners; open them with sipua_listener_create(). */
export function server_create(agent: AgentHandle, config: ServerConfig, tag: number): number;

/** Adds a user or changes its password; password NULL removes it and its bindings. */
export function server_set_user(agent: AgentHandle, server: number, name: string, password: string | null | undefined, tag: number): number;

/** Adds a user or changes its password; password NULL removes it and its bindings. */
export function server_close(agent: AgentHandle, server: number, tag: number): number;

/** Sets an option of the agent (id 0) or of one object, from its text: numbers in decimal, switches as "on" and "off", choices as one of their words. What an object has of its own counts, else its account's, else the agent's. SIPUA_E_NOT_FOUND: no such option; SIPUA_E_INVALID: out of its range; SIPUA_E_KIND: not of this object. */
export function option_set(agent: AgentHandle, id: number, key: string, value: string, tag: number): number;

export function option_count(): number;

/** The strings live for ever. Returns the size filled; SIPUA_E_NOT_FOUND past the end. */
export function option_at(index: number): OptionInfo;

/** Reads a URI (also inside <> and after a display name). Its strings are put into buffer. Returns the bytes of buffer used; SIPUA_E_URI; SIPUA_E_FULL when buffer is too small (strlen(text) + 16 always suffices). */
export function uri_parse(text: string): Uri;

/** Writes a URI, escaping what must be, with a NUL at the end. Returns the bytes without the NUL; SIPUA_E_FULL. */
export function uri_write(uri: Uri): string;

/** Closes the agent if need be and releases it now. Twice is legal. */
export function agent_free(agent: AgentHandle): void;
/** Releases an event and all that it holds. Twice is legal. */
export function event_destroy(event: EventHandle): void;
/** The function is called on this environment's loop when events wait, then whenever the queue stops being empty. It does
 * not hold the process until agent_ref(). null takes it away. */
export function agent_on_wakeup(agent: AgentHandle, callback: (() => void) | null): void;
export function agent_ref(agent: AgentHandle): void;
export function agent_unref(agent: AgentHandle): void;
/** poll() without waiting and event_get() in one, as a flat array: the handle (null for a reply or audio_ready), type, id,
 * account, call, user, tag, time_ms, then what the type fills. null when nothing waits. */
export function agent_take(agent: AgentHandle): [EventHandle | null, number, number, number, number, number, number, number, ...unknown[]] | null;
/** What the library refuses is thrown as `new Class(code, text)`. */
export function set_error_class(Class: new (code: number, text: string) => Error): void;
