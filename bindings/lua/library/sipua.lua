---@meta
-- Written by abi/gen/generate from sipua.h and bindings/lua/sipua. Do not edit.
-- For the Lua language server: add this folder to workspace.library.

---@alias sipua.cause "Terminated"|"Canceled"|"Busy"|"Rejected"|"Redirected"|"Unavailable"|"Not Found"|"Address Incomplete"|"Incompatible SDP"|"Missing SDP"|"Bad Media Description"|"Authentication Error"|"No Answer"|"No ACK"|"Expires"|"Dialog Error"|"Request Timeout"|"Connection Error"|"RTP Timeout"|"SIP Failure Code"|"Internal Error"|"Overload"|"Replaced"|"Transferred"|"Time Limit"|"Session Expired"|integer
---@alias sipua.originator "local"|"remote"|"system"|integer
---@alias sipua.log_level "default"|"none"|"error"|"warning"|"info"|"debug"|integer
---@alias sipua.ask_kind "call"|"message"|"change"|"transfer"|"subscribe"|"replace"|"join"|integer
---@alias sipua.event_flags "refresh"|"early_media"|"established"|"default"|"flushed"|"final"|"followed"|"hold"|"resume"|"offerless"|"send"|"receive"|"join"|"added"|"wants_delivered"|"wants_displayed"|"early_only"|"auto_answer"|integer
---@alias sipua.media "default"|"rtp"|"none"|integer
---@alias sipua.record_side "far"|"near"|"stereo"|integer
---@alias sipua.change_method "auto"|"invite"|"update"|integer
---@alias sipua.audio_flags "concealed"|"silence"|integer
---@alias sipua.disposition "delivered"|"displayed"|"processed"|integer
---@alias sipua.server_mode "proxy"|"redirect"|integer

---Settings of an agent, all optional.
---@class sipua.AgentConfig
---@field max_calls? integer calls at one time; beyond it an INVITE gets 486. Default 1000; -1: no limit
---@field bind? string numeric address of all sockets, "192.0.2.1" or "2001:db8::1". Default "0.0.0.0"
---@field advertise? string what peers are told instead of `bind`, for 1:1 NAT and containers. Default: the address that the system uses towards the peer
---@field listen? string[] where to listen: "udp:HOST:PORT", or tcp, tls, ws, wss; HOST is numeric, port 0 is any; tls and wss need tls_cert. Default: udp and tcp on `bind`, one free port for both
---@field open? boolean on: the agent's listeners take calls and messages from anybody for any user. Default off: only what is meant for an account and comes by its registration, server or peers
---@field user_agent? string User-Agent and Server header. Default "libsipua/VERSION"
---@field codecs? string[] in order of preference, "opus", "pcmu", "pcma", each may be followed by ";key=value" format parameters. Default: opus, pcmu, pcma
---@field media_workers? integer threads for media. Default 1
---@field queue_events? integer room of the event queue beyond what live objects reserve. Default 4096
---@field queue_bytes? integer the same in bytes. Default 16 MiB
---@field log_level? sipua.log_level
---@field trace? boolean on: every SIP message sent and received is a SIPUA_EVENT_TRACE. Default off
---@field dns_servers? string[] "HOST" or "HOST:PORT". Default: the system's
---@field tls_ca? string whose certificates are trusted: PEM text, a file, or a directory of such files under the names that OpenSSL gives them. Default: what SSL_CERT_FILE and SSL_CERT_DIR name, else the well-known places of the system, else tls_ca_fallback
---@field tls_ca_fallback? string PEM text or a file, used when that search finds nothing. Bindings give here what their language brings along. Default: none, and every certificate is refused
---@field tls_cert? string our certificate with its chain, PEM text or a file: for the agent's own tls and wss listeners, and for servers that ask for one. Default: none
---@field tls_key? string its private key, PEM text or a file. Default: in tls_cert
---@field tls_key_password? string of an encrypted key. Default: none
---@field tls_crl? string revoked certificates, PEM text or a file. Default: none are looked up
---@field tls_pins? string[] "sha256/BASE64" of a server's public key (its SubjectPublicKeyInfo): besides passing all other checks it must be one of these. Default: any
---@field tls_verify? boolean off: any certificate of any server is taken, and whoever sits in between reads and changes everything; it is a warning in the log. Default on
---@field tls_min_version? integer 12 or 13: the least version of TLS. Default 12
---@field watch_network? boolean on: the agent notices by itself that addresses or routes of this machine changed, and does what sipua_network_changed() does. Default on, where the system can tell
---@field media_bind? string numeric address of the sockets of media. Default: `bind`
---@field media_advertise? string numeric address that stands in SDP. Default: `advertise` if that is numeric, else the address that the system uses towards the peer
---@field stun_server? string "HOST" or "HOST:PORT" (3478): is asked how each call's media sockets look from outside, where our address is private, for SDP; at most 500 ms before an offer and before SIPUA_EVENT_INCOMING_CALL. Default: none. (A Contact is put right by what the registrar sees)
---@field rtp_ports? integer[] first and last RTP port
---@field display_name? string of its accounts
---@field auth_user? string of its accounts
---@field outbound_proxy? string of its accounts
---@field options? table<string, string|number|boolean> what set_option() sets, from the start
---@field on_event? function as agent:on_event(), from the start
---@field on_log? function|false as agent:on_log(), from the start

---One row of the table of what documents say.
---@class sipua.FieldInfo
---@field type? string content type, "application/pidf+xml"
---@field name? string "tuples.#.status"; #: an index
---@field kind? string "string", "int", "switch", "time", or the words that it may be, "open|closed"
---@field text? string what it says

---Figures of a call's media.
---@class sipua.CallStats
---@field ptime_ms integer
---@field duration_ms integer since the answer
---@field packets_sent integer
---@field bytes_sent integer RTP payload
---@field packets_received integer
---@field bytes_received integer
---@field packets_lost integer expected and never come
---@field packets_late integer came after their time and were thrown away
---@field packets_duplicate integer
---@field packets_reordered integer
---@field packets_invalid integer not RTP, from a stranger, or of an unknown payload type
---@field frames_concealed integer 20 ms frames made up for lost or late ones
---@field underrun_ms integer silence sent because the app's queue ran dry
---@field overrun_ms integer received audio dropped because nobody read it
---@field remote_packets_lost integer what the peer says it did not get
---@field jitter_us integer RFC 3550 interarrival jitter of what we receive
---@field remote_jitter_us integer the same, as the peer reports it
---@field rtt_us integer round trip by RTCP; -1: not known
---@field jitter_buffer_ms integer depth now
---@field queued_ms integer app audio waiting to be sent
---@field codec? string lives as long as the event
---@field remote_address? string "192.0.2.7:40002", lives as long as the event

---Counters of the whole agent, since its creation unless `now`.
---@class sipua.AgentCounters
---@field calls_now integer
---@field calls_total integer
---@field accounts_now integer
---@field transactions_now integer
---@field connections_now integer
---@field messages_received integer SIP messages of any kind
---@field messages_sent integer
---@field retransmissions integer sent by us
---@field malformed integer answered with 400, or dropped
---@field refused integer requests for nobody here, dropped or refused
---@field events_dropped integer

---Who we are towards a server, registered or not.
---@class sipua.AccountConfig
---@field expires? integer seconds asked for when registering. Default 600
---@field user? integer comes back in every event of the account and, unless they set their own, of its calls
---@field aor string address of record, "sip:alice@example.com". Required
---@field password? string
---@field auth_user? string user name for digest. Default: the user of the AOR
---@field display_name? string
---@field server? string registrar, "sip:example.com;transport=tcp", or the URL of a WebSocket server, "wss://example.com/sip?x=y". Default: the AOR's domain
---@field outbound_proxy? string where every request goes first: a SIP URI, which goes into a Route header, or the URL of a WebSocket server, which does not. Default: as the request says
---@field advertise? string default: the agent's
---@field codecs? string[] default: the agent's
---@field auto_answer? boolean on: the stack answers calls at once with 200, whether the program asked or not
---@field peers? string[] further sources that may call this account: "192.0.2.0/24"
---@field media? sipua.media default of its calls: SIPUA_MEDIA_
---@field instance_id? string "urn:uuid:…", kept over restarts. Default: a fresh one
---@field headers? table<string, string>|string[][] added to its REGISTER requests
---@field transport? string "udp", "tcp", "tls", "ws" or "wss": to servers and proxies whose URI names none. Default: as DNS says (RFC 3263), else udp; a "sips:" address always means TLS
---@field outbound_proxies? string[] further ones, tried in this order when those before cannot be reached
---@field contact_params? string parameters of the Contact's URI, such as for push (RFC 8599): "pn-provider=acme;pn-prid=x", without the first ';'. Default: none
---@field contact_features? string parameters of the Contact itself (RFC 3840): "audio;+sip.ice". Default: none
---@field contact_user? string user part of the Contact. Calls for it are taken from anywhere: let nobody guess it. Default: made up
---@field ha1? string instead of a password: the hash of "auth_user:realm:password" in hex, "MD5:HEX", "SHA-256:HEX" or "SHA-512-256:HEX", good for that algorithm alone; several with commas between. Without a name 32 digits are MD5, 64 SHA-256. Default: none
---@field bearer_token? string for servers that ask for Bearer (RFC 8898); it goes out over TLS and WSS only. Where tokens are to be had stands in the text of SIPUA_EVENT_REGISTRATION_FAILED when the server says so (authz_server). Default: none
---@field ws_headers? table<string, string>|string[][] of the request that opens a WebSocket: Cookie, Origin, Authorization
---@field flows? integer 1, or 2: registered over two servers or proxies at once (RFC 5626). Default 1
---@field outbound? boolean on: registers with reg-id and instance (RFC 5626), so that a new connection replaces the lost one. Default on
---@field sticky? boolean on: requests go to the server that took the registration. Default on
---@field contact_rewrite? boolean on: the Contact has the public address that the server sees. Default on
---@field gruu? boolean a URI of this very device (RFC 5627). Default: asked for, told in SIPUA_EVENT_REGISTERED, requests to it are taken. On: it also stands in the Contact of calls, for domains whose proxies route requests inside calls by it. Off: not asked for
---@field preload_route? boolean on: a WebSocket server given by URL stands in a Route header too. Default off
---@field tls_ca? string this and the rest: as in sipua_agent_config. Default: the agent's
---@field tls_cert? string
---@field tls_key? string
---@field tls_key_password? string
---@field tls_pins? string[]
---@field tls_verify? boolean

---@class sipua.CallConfig
---@field media? sipua.media
---@field user? integer comes back in every event of the call
---@field from? string a URI to call from, without an account. Default: made up
---@field timeout_ms? integer how long to wait for the answer; then CANCEL and cause "No Answer". Default 180000; -1: as long as it rings
---@field rate? integer samples per second of sipua_audio_read(): 8000, 16000, 24000, 48000. Default 16000
---@field codecs? string[] default: the account's
---@field headers? table<string, string>|string[][] added to the INVITE
---@field body? string with SIPUA_MEDIA_NONE: the SDP offer; none: the peer offers. Else it is not sent
---@field replaces? string "CALL-ID;to-tag=X;from-tag=Y", with ";early-only" behind it if need be: this call takes the place of that one at the called party (RFC 3891). The tags as the called party sees that dialog: to-tag is its own, from-tag its peer's. Default: none
---@field join? string the same form: joins that call (RFC 3911). Default: none
---@field from_name? string display name. Default: the account's
---@field asserted_identity? string URI of P-Asserted-Identity, towards a trunk that trusts us (RFC 3325)
---@field preferred_identity? string URI of P-Preferred-Identity
---@field privacy? string value of Privacy: "id", "user;header" (RFC 3323)
---@field anonymous? boolean on: From is anonymous, with Privacy: id, and the account's address of record stands in P-Preferred-Identity. Default off
---@field max_redirects? integer so many 3xx are followed, 1-100. Default: none, the call ends with cause Redirected
---@field timeout? number seconds until the call is given up
---@field account? sipua.Account of agent:call()
---@field early_media? boolean return as soon as audio flows

---How an incoming call is answered, in part or for good.
---@class sipua.Reply
---@field status? integer ring: 180 (default) or 183, any 101-199; reject: 300-699, default 486; accept: 200
---@field reason? string reason phrase. Default: the standard one
---@field headers? table<string, string>|string[][] Contact among them only with 300-399: where else to call
---@field rate? integer answer: samples per second of sipua_audio_read(). Default 16000
---@field early_media? boolean ring: on sends our SDP and starts the audio before the answer. Default off
---@field media? sipua.media answer: SIPUA_MEDIA_NONE takes the SDP from body
---@field user? integer ring, answer: from now on in the call's events; 0 leaves it as it is
---@field content_type? string of body. Default application/sdp for calls, text/plain for messages
---@field body? string
---@field q850? integer hangup, reject: cause of Q.850, 1-127, in a Reason header. Default: none
---@field reserved2? integer

---Digits of the peer, however they come, until there are enough.
---@class sipua.CollectConfig
---@field max_digits? integer 1-256. Default 1
---@field user? integer
---@field terminators? string "#": any of these ends it and is not part of it. Default: none
---@field timeout_ms? integer for the first digit, from now, or from the end of `player`. Default 10000; -1: none
---@field between_ms? integer for each further one, at least 1. Default 3000
---@field interrupt? boolean on: the first digit stops what plays and drops what is queued. Default on
---@field player? integer the prompt, a player of this call that was begun before. 0, or one that has ended: none

---@class sipua.Change
---@field method? sipua.change_method
---@field hold? boolean on: holds the peer; off: goes on. Default: as it is
---@field codecs? string[] from now on these, in this order. Default: as they are
---@field headers? table<string, string>|string[][] added to the request
---@field body? string with SIPUA_MEDIA_NONE: the SDP offer; none: the last one again, with the direction that `hold` asks for; and if there was none, the peer offers

---@class sipua.RequestConfig
---@field timeout_ms? integer default 32000
---@field user? integer
---@field content_type? string of body. Default "text/plain;charset=utf-8"
---@field headers? table<string, string>|string[][]
---@field timeout? number seconds

---@class sipua.TransferConfig
---@field timeout_ms? integer how long to wait for the end of it. Default 90000
---@field user? integer
---@field referred_by? string URI. Default: who we are; "": none
---@field headers? table<string, string>|string[][] added to the REFER
---@field subscribe? boolean off: no progress is asked for (RFC 4488), and a 2xx to the REFER is the end. Default on
---@field hangup? boolean on: the call, and consult, are hung up when the transfer has succeeded. Default on
---@field timeout? number seconds until it counts as failed
---@field account? sipua.Account of agent:refer()
---@field consult? sipua.Call our other call, whose peer the first one's peer shall talk with

---@class sipua.ConferenceConfig
---@field rate? integer of mixing, and of sipua_audio_read(): 8000, 16000, 24000, 48000. Default 16000
---@field user? integer

---What passes from one call of a bridge to the other.
---@class sipua.BridgeConfig
---@field dtmf? boolean digits. Default on
---@field hold? boolean holding and going on. Default on
---@field hangup? boolean on: the end of one call ends the other. Default on
---@field transfer? boolean on: a REFER goes to the other side. Default off: it is a question to the program
---@field signalling? boolean on: a's ringing, answer and refusal follow b's. Default on
---@field untouched? boolean on: packets pass as they are where both have a codec in common. Off: always through our codecs. Default on
---@field requests? boolean on: INFO that is no digit, MESSAGE and methods of your own go to the other side, and its answers come back; they are no events then. Default on
---@field user? integer

---@class sipua.SubscribeConfig
---@field expires? integer seconds asked for, at most 604800 (a week). Default 3600; -1: ask once (Expires: 0)
---@field user? integer
---@field from? string without an account
---@field accept? string content types with commas between. Default: those of the package
---@field content_type? string of body; required with one
---@field body? string
---@field headers? table<string, string>|string[][]
---@field account? sipua.Account of agent:subscribe()

---What a subscriber is told.
---@class sipua.NotifyConfig
---@field retry_after_s? integer terminated: when to subscribe again. Default: not said
---@field state? string "active", "pending", "terminated", which ends it. Default: active when it is accepted, then as it was
---@field reason? string of terminated: "timeout", "noresource", "rejected", "deactivated", "probation", "giveup"
---@field content_type? string of body; required with one
---@field body? string at most 60000 bytes. None: no body from now on; with "terminated": the last one
---@field headers? table<string, string>|string[][]
---@field expires? integer accept: at most so many seconds. Default: as asked, a week at most

---@class sipua.PublishConfig
---@field expires? integer seconds asked for, at most 604800 (a week). Default 3600
---@field user? integer
---@field target? string whose state. Default: the account's address of record
---@field content_type? string of body; must be given
---@field headers? table<string, string>|string[][]

---@class sipua.MessageConfig
---@field timeout_ms? integer default 32000
---@field user? integer
---@field from? string without an account
---@field content_type? string default "text/plain;charset=utf-8"
---@field headers? table<string, string>|string[][]
---@field message_id? string as delivery notifications name it. Default: made up where it is needed
---@field cpim? boolean on: wraps the body into CPIM in any case. Default off
---@field disposition? string[] "delivered", "displayed", "processed": what the sender wants to be told
---@field timeout? number seconds
---@field account? sipua.Account of agent:message()

---@class sipua.ListenerConfig
---@field open? boolean as in sipua_agent_config; default: as the agent
---@field user? integer
---@field server? integer the server that it belongs to; 0: the user agent itself
---@field advertise? string
---@field tls_cert? string of tls and wss: our certificate with its chain, PEM text or a file. Default: the agent's; with neither, SIPUA_E_INVALID
---@field tls_key? string PEM text or a file. Default: in tls_cert
---@field tls_key_password? string
---@field tls_ca? string who may sign the certificates of clients. Default: with tls_need_client the agent's tls_ca, else none are asked for one
---@field origins? string[] of ws and wss: from which pages browsers may come, "https://phone.example.com"; "*": any. Others get 403; a client without Origin is not a browser. Default: any
---@field ws_path? string "/sip": other paths get 404. Default: any
---@field tls_need_client? boolean on: clients without a certificate of tls_ca are refused. Default off

---A registrar and proxy for development, tests and demos.
---@class sipua.ServerConfig
---@field mode? sipua.server_mode
---@field user? integer
---@field realm? string default: the host of its first listener; "localhost" at a wildcard address
---@field users? table<string, string>|string[][] name and password
---@field min_expires? integer seconds. Default 1
---@field max_expires? integer seconds. Default 3600
---@field challenge_calls? boolean on: INVITE and MESSAGE from its users need digest too. Default off
---@field record_route? boolean default on
---@field listen? string[] default udp and tcp on a free port of 127.0.0.1
---@field trace? boolean
---@field log_level? sipua.log_level

---One row of the table of options.
---@class sipua.OptionInfo
---@field minimum integer
---@field maximum integer
---@field key? string
---@field type? string "int", "switch", "string", "choice"
---@field scope? string whose it is: the words "agent", "account", "call", with one space between
---@field default_value? string
---@field text? string what it does, with its unit
---@field since? string "0.1"
---@field choices? string of a choice: the words that it may be, with one space between; else NULL

---@class sipua.Uri
---@field port integer 0: none
---@field scheme? string "sip", "sips", "tel", in lower case
---@field user? string unescaped
---@field password? string
---@field host? string without brackets; the number of a tel: URI is in `user`
---@field parameters? string "transport=tcp;lr", as written, without the first ';'
---@field headers? string "subject=x&priority=urgent", as written, without the '?'

---What happened. Fields that do not apply are nil.
---@class sipua.Event
---@field event string its name
---@field type? integer
---@field id? integer what the event is about
---@field account? integer the account it belongs to
---@field call? integer the call it belongs to
---@field user? integer the number given when the object was made
---@field tag? integer of the command this answers
---@field time_ms? integer when it happened: UTC, since 1970

---@class sipua.event.listening: sipua.Event
---@field transport? string "udp", "tcp", "tls", "ws", "wss"
---@field host? string
---@field port? integer

---terminal
---@class sipua.event.listener_closed: sipua.Event
---@field code? integer SIPUA_OK or SIPUA_E_
---@field text? string in words, for a person

---@class sipua.event.transport_connecting: sipua.Event
---@field transport? string "udp", "tcp", "tls", "ws", "wss"
---@field host? string
---@field port? integer

---usable: after the handshakes of TLS and WebSocket
---@class sipua.event.transport_connected: sipua.Event
---@field transport? string "udp", "tcp", "tls", "ws", "wss"
---@field host? string
---@field port? integer

---also one that never came up; with SIPUA_E_TLS check says which check failed
---@class sipua.event.transport_disconnected: sipua.Event
---@field transport? string "udp", "tcp", "tls", "ws", "wss"
---@field host? string
---@field port? integer
---@field code? integer SIPUA_OK or SIPUA_E_
---@field text? string in words, for a person
---@field check? string the check of TLS that failed: "expired", "not yet valid", "name mismatch", "unknown issuer", "self-signed", "revoked", "weak signature", "wrong key usage", "pin mismatch", "protocol version", "client certificate required", "not TLS", "handshake timeout", "other"
---@field names? string for whom the certificate was made out, with ", " between

---no id; local: the program said so; system: it was noticed
---@class sipua.event.network_changed: sipua.Event
---@field originator? sipua.originator
---@field text? string in words, for a person

---flag REFRESH: not the first; transport, host and port: the way it took; local_host, local_port: our address in the Contact
---@class sipua.event.registered: sipua.Event
---@field status? integer SIP status, 0 without one
---@field reason? string the SIP reason phrase
---@field expires? integer seconds granted
---@field flags? table<string, boolean>
---@field transport? string "udp", "tcp", "tls", "ws", "wss"
---@field host? string
---@field port? integer
---@field local_host? string an address of ours
---@field local_port? integer
---@field pub_gruu? string URI that reaches this very device (RFC 5627)
---@field temp_gruu? string the same, without telling who we are

---a flow was lost or a refresh failed; the binding holds until its time is over
---@class sipua.event.registration_degraded: sipua.Event
---@field status? integer SIP status, 0 without one
---@field reason? string the SIP reason phrase
---@field cause? sipua.cause
---@field code? integer SIPUA_OK or SIPUA_E_
---@field text? string in words, for a person
---@field retry_ms? integer when the stack tries again by itself; -1: it does not

---@class sipua.event.unregistered: sipua.Event
---@field status? integer SIP status, 0 without one
---@field reason? string the SIP reason phrase
---@field cause? sipua.cause
---@field code? integer SIPUA_OK or SIPUA_E_
---@field text? string in words, for a person

---@class sipua.event.registration_failed: sipua.Event
---@field status? integer SIP status, 0 without one
---@field reason? string the SIP reason phrase
---@field cause? sipua.cause
---@field code? integer SIPUA_OK or SIPUA_E_
---@field text? string in words, for a person
---@field retry_ms? integer when the stack tries again by itself; -1: it does not

---terminal
---@class sipua.event.account_closed: sipua.Event

---an OPTIONS of qualify_s was answered, or not; duration_ms: round trip; count: unanswered ones in a row
---@class sipua.event.path_quality: sipua.Event
---@field status? integer SIP status, 0 without one
---@field reason? string the SIP reason phrase
---@field code? integer SIPUA_OK or SIPUA_E_
---@field text? string in words, for a person
---@field duration_ms? integer
---@field count? integer

---other: the call that it wants to replace, or (flag JOIN) to join; flags EARLY_ONLY, AUTO_ANSWER
---@class sipua.event.incoming_call: sipua.Event
---@field from? string URI
---@field from_name? string display name
---@field to? string
---@field to_name? string
---@field target? string URI, or a file's path
---@field deadline_ms? integer how long a decision may take
---@field default_status? integer what is answered when none comes
---@field body? string raw bytes
---@field content_type? string
---@field other? integer another call that it is about
---@field flags? table<string, boolean>
---@field identity? string URI of P-Asserted-Identity, else of Remote-Party-ID: worth as much as who sent it
---@field identity_name? string
---@field diversion? string URI of who diverted the call last (Diversion, else History-Info)
---@field referred_by? string URI of who had us called, or wants us to call
---@field replaces? string "CALL-ID;to-tag=X;from-tag=Y", as sipua_call_config takes it
---@field privacy? string "id;user" (RFC 3323)
---@field answer_after_s? integer with flag AUTO_ANSWER
---@field dialog? string of a call: "CALL-ID;to-tag=OURS;from-tag=PEERS", what a Replaces that is sent to us says, and a dialog-info document. NULL before the peer has a tag

---@class sipua.event.call_sending: sipua.Event
---@field from? string URI
---@field to? string
---@field target? string URI, or a file's path

---flag EARLY_MEDIA
---@class sipua.event.call_progress: sipua.Event
---@field status? integer SIP status, 0 without one
---@field reason? string the SIP reason phrase
---@field flags? table<string, boolean>
---@field originator? sipua.originator
---@field body? string raw bytes
---@field content_type? string
---@field identity? string URI of P-Asserted-Identity, else of Remote-Party-ID: worth as much as who sent it
---@field identity_name? string
---@field dialog? string of a call: "CALL-ID;to-tag=OURS;from-tag=PEERS", what a Replaces that is sent to us says, and a dialog-info document. NULL before the peer has a tag

---@class sipua.event.call_accepted: sipua.Event
---@field status? integer SIP status, 0 without one
---@field reason? string the SIP reason phrase
---@field originator? sipua.originator
---@field from? string URI
---@field to? string
---@field body? string raw bytes
---@field content_type? string
---@field identity? string URI of P-Asserted-Identity, else of Remote-Party-ID: worth as much as who sent it
---@field identity_name? string
---@field dialog? string of a call: "CALL-ID;to-tag=OURS;from-tag=PEERS", what a Replaces that is sent to us says, and a dialog-info document. NULL before the peer has a tag

---@class sipua.event.call_confirmed: sipua.Event
---@field originator? sipua.originator

---terminal; flag ESTABLISHED: the call had been answered; other: the call that replaced it
---@class sipua.event.call_ended: sipua.Event
---@field status? integer SIP status, 0 without one
---@field reason? string the SIP reason phrase
---@field cause? sipua.cause
---@field code? integer SIPUA_OK or SIPUA_E_
---@field text? string in words, for a person
---@field q850? integer Q.850 cause of a Reason header, 0 without one
---@field originator? sipua.originator
---@field flags? table<string, boolean>
---@field duration_ms? integer
---@field other? integer another call that it is about

---this and the next two, when we brought it about: tag of our sipua_call_change()
---@class sipua.event.call_held: sipua.Event
---@field originator? sipua.originator
---@field body? string raw bytes
---@field content_type? string

---@class sipua.event.call_resumed: sipua.Event
---@field originator? sipua.originator
---@field body? string raw bytes
---@field content_type? string

---body: with SIPUA_MEDIA_NONE the SDP of the peer, in the two above as well
---@class sipua.event.call_updated: sipua.Event
---@field originator? sipua.originator
---@field codec? string "opus", "PCMU"
---@field body? string raw bytes
---@field content_type? string

---flag FOLLOWED: target is being called now
---@class sipua.event.call_redirected: sipua.Event
---@field status? integer SIP status, 0 without one
---@field reason? string the SIP reason phrase
---@field target? string URI, or a file's path
---@field flags? table<string, boolean>

---@class sipua.event.dtmf: sipua.Event
---@field digit? string the character: '0'-'9', '*', '#', 'A'-'D', 'F' for flash
---@field duration_ms? integer

---@class sipua.event.info: sipua.Event
---@field body? string raw bytes
---@field content_type? string

---all digits of one sipua_call_dtmf() have left; code SIPUA_E_CANCELED: the call ended before; SIPUA_E_PROTOCOL: by INFO, refused with status
---@class sipua.event.dtmf_sent: sipua.Event
---@field status? integer SIP status, 0 without one
---@field reason? string the SIP reason phrase
---@field code? integer SIPUA_OK or SIPUA_E_
---@field text? string in words, for a person

---signalling and media run over this address of ours now; code: why they could not be moved
---@class sipua.event.call_moved: sipua.Event
---@field local_host? string an address of ours
---@field local_port? integer
---@field status? integer SIP status, 0 without one
---@field reason? string the SIP reason phrase
---@field code? integer SIPUA_OK or SIPUA_E_
---@field text? string in words, for a person

---the peer wants the call changed; flags HOLD, RESUME, OFFERLESS
---@class sipua.event.call_change_requested: sipua.Event
---@field deadline_ms? integer how long a decision may take
---@field default_status? integer what is answered when none comes
---@field flags? table<string, boolean>
---@field body? string raw bytes
---@field content_type? string

---local: what we wanted changed (tag: by which command) was refused; system: nobody decided in time on what the peer wanted (flag DEFAULT); remote: the peer took that back. The call is as it was
---@class sipua.event.call_change_failed: sipua.Event
---@field originator? sipua.originator
---@field status? integer SIP status, 0 without one
---@field reason? string the SIP reason phrase
---@field cause? sipua.cause
---@field code? integer SIPUA_OK or SIPUA_E_
---@field text? string in words, for a person
---@field flags? table<string, boolean>

---flags SEND, RECEIVE: the sides that are muted now
---@class sipua.event.call_muted: sipua.Event
---@field flags? table<string, boolean>

---flags SEND, RECEIVE: those that still are
---@class sipua.event.call_unmuted: sipua.Event
---@field flags? table<string, boolean>

---id: a new call, answered already, in place of `other`, which ends; it has the `user` of the other
---@class sipua.event.call_replaced: sipua.Event
---@field other? integer another call that it is about
---@field from? string URI
---@field from_name? string display name
---@field to? string
---@field to_name? string
---@field target? string URI, or a file's path
---@field identity? string URI of P-Asserted-Identity, else of Remote-Party-ID: worth as much as who sent it
---@field identity_name? string
---@field body? string raw bytes
---@field content_type? string
---@field dialog? string of a call: "CALL-ID;to-tag=OURS;from-tag=PEERS", what a Replaces that is sent to us says, and a dialog-info document. NULL before the peer has a tag

---id: the request of sipua_call_request(); terminal
---@class sipua.event.request_answered: sipua.Event
---@field status? integer SIP status, 0 without one
---@field reason? string the SIP reason phrase
---@field cause? sipua.cause
---@field code? integer SIPUA_OK or SIPUA_E_
---@field text? string in words, for a person
---@field duration_ms? integer
---@field body? string raw bytes
---@field content_type? string

---flags WANTS_DELIVERED, WANTS_DISPLAYED; body: what a CPIM wrapper contains; from and to then are those of the wrapper, words of the sender: who sent it by SIP stands in the headers
---@class sipua.event.message: sipua.Event
---@field from? string URI
---@field from_name? string display name
---@field to? string
---@field to_name? string
---@field target? string URI, or a file's path
---@field deadline_ms? integer how long a decision may take
---@field default_status? integer what is answered when none comes
---@field body? string raw bytes
---@field content_type? string
---@field message_id? string of a message, as delivery notifications name it
---@field flags? table<string, boolean>

---terminal of an incoming one; flag DEFAULT: it was not decided in time
---@class sipua.event.message_answered: sipua.Event
---@field status? integer SIP status, 0 without one
---@field flags? table<string, boolean>

---terminal of an outgoing one
---@class sipua.event.message_delivered: sipua.Event
---@field status? integer SIP status, 0 without one
---@field reason? string the SIP reason phrase
---@field message_id? string of a message, as delivery notifications name it

---terminal of an outgoing one
---@class sipua.event.message_failed: sipua.Event
---@field status? integer SIP status, 0 without one
---@field reason? string the SIP reason phrase
---@field cause? sipua.cause
---@field code? integer SIPUA_OK or SIPUA_E_
---@field text? string in words, for a person
---@field message_id? string of a message, as delivery notifications name it

---no id; state "active" or "idle" (RFC 3994); expires: idle after so many seconds without news
---@class sipua.event.message_composing: sipua.Event
---@field from? string URI
---@field from_name? string display name
---@field state? string in one word, which stands beside the event's type
---@field expires? integer seconds granted

---no id; what became of the message that we sent as message_id (RFC 5438): state "delivered", "displayed", "processed", "stored", "failed", "forbidden", "error"
---@class sipua.event.message_disposition: sipua.Event
---@field from? string URI
---@field message_id? string of a message, as delivery notifications name it
---@field state? string in one word, which stands beside the event's type
---@field status? integer SIP status, 0 without one

---@class sipua.event.options: sipua.Event
---@field from? string URI
---@field to? string

---terminal; any final status; 408 or 503 with code and text when there was none
---@class sipua.event.options_answered: sipua.Event
---@field status? integer SIP status, 0 without one
---@field reason? string the SIP reason phrase
---@field cause? sipua.cause
---@field code? integer SIPUA_OK or SIPUA_E_
---@field text? string in words, for a person
---@field duration_ms? integer
---@field body? string raw bytes
---@field content_type? string

---id: the notifier
---@class sipua.event.subscribe_requested: sipua.Event
---@field from? string URI
---@field from_name? string display name
---@field to? string
---@field to_name? string
---@field target? string URI, or a file's path
---@field package? string of events: "presence", "message-summary", "dialog"
---@field expires? integer seconds granted
---@field deadline_ms? integer how long a decision may take
---@field default_status? integer what is answered when none comes
---@field body? string raw bytes
---@field content_type? string

---id: the subscription, or none where nobody had subscribed; state that of Subscription-State (with "terminated" SIPUA_FLAG_FINAL is set); sipua_event_document_at() reads the body
---@class sipua.event.notify: sipua.Event
---@field from? string URI
---@field package? string of events: "presence", "message-summary", "dialog"
---@field state? string in one word, which stands beside the event's type
---@field expires? integer seconds granted
---@field fork? integer notify: which dialog of a forked subscription, from 0
---@field flags? table<string, boolean>
---@field body? string raw bytes
---@field content_type? string

---id: the subscription or the notifier; state "pending", "active", "terminated" (terminal); flag REFRESH: only kept fresh; reason: that of Subscription-State, or of the refusal
---@class sipua.event.subscription_state: sipua.Event
---@field package? string of events: "presence", "message-summary", "dialog"
---@field state? string in one word, which stands beside the event's type
---@field status? integer SIP status, 0 without one
---@field reason? string the SIP reason phrase
---@field code? integer SIPUA_OK or SIPUA_E_
---@field text? string in words, for a person
---@field expires? integer seconds granted
---@field retry_ms? integer when the stack tries again by itself; -1: it does not
---@field flags? table<string, boolean>

---id: the publication; state "published" (flag REFRESH: only kept fresh), "failed" (retry_ms -1: until the next sipua_publication_update()), "removed" (terminal)
---@class sipua.event.publish_state: sipua.Event
---@field package? string of events: "presence", "message-summary", "dialog"
---@field state? string in one word, which stands beside the event's type
---@field status? integer SIP status, 0 without one
---@field reason? string the SIP reason phrase
---@field cause? sipua.cause
---@field code? integer SIPUA_OK or SIPUA_E_
---@field text? string in words, for a person
---@field expires? integer seconds granted
---@field retry_ms? integer when the stack tries again by itself; -1: it does not
---@field flags? table<string, boolean>

---id: the transfer; call: the one that it came in or names, or none; flag JOIN: `replaces` is the value of a Join: the new call joins that one
---@class sipua.event.transfer_requested: sipua.Event
---@field target? string URI, or a file's path
---@field from? string URI
---@field from_name? string display name
---@field referred_by? string URI of who had us called, or wants us to call
---@field replaces? string "CALL-ID;to-tag=X;from-tag=Y", as sipua_call_config takes it
---@field flags? table<string, boolean>
---@field deadline_ms? integer how long a decision may take
---@field default_status? integer what is answered when none comes

---id: the transfer; what the new call is doing
---@class sipua.event.transfer_progress: sipua.Event
---@field status? integer SIP status, 0 without one
---@field reason? string the SIP reason phrase

---id: the transfer; terminal; status 2xx: it succeeded
---@class sipua.event.transfer_done: sipua.Event
---@field status? integer SIP status, 0 without one
---@field reason? string the SIP reason phrase
---@field cause? sipua.cause
---@field code? integer SIPUA_OK or SIPUA_E_
---@field text? string in words, for a person

---audio can flow; flag EARLY_MEDIA
---@class sipua.event.media_ready: sipua.Event
---@field codec? string "opus", "PCMU"
---@field rate? integer samples per second
---@field host? string
---@field port? integer
---@field flags? table<string, boolean>

---no audio comes; flag EARLY_MEDIA: none came within a second of the peer's promise, so that the program should let the caller hear ringing
---@class sipua.event.media_stalled: sipua.Event
---@field duration_ms? integer
---@field flags? table<string, boolean>

---audio comes again; flag EARLY_MEDIA: what the stall had said
---@class sipua.event.media_resumed: sipua.Event
---@field flags? table<string, boolean>

---flag FLUSHED: dropped before it was played
---@class sipua.event.mark: sipua.Event
---@field mark? integer
---@field flags? table<string, boolean>
---@field played_ms? integer

---@class sipua.event.flushed: sipua.Event
---@field segment? integer
---@field played_ms? integer
---@field discarded_ms? integer

---no id: ask sipua_audio_ready()
---@class sipua.event.audio_ready: sipua.Event

---terminal of a player; flag FLUSHED
---@class sipua.event.play_done: sipua.Event
---@field code? integer SIPUA_OK or SIPUA_E_
---@field text? string in words, for a person
---@field duration_ms? integer
---@field flags? table<string, boolean>

---terminal of a recorder; target: the file
---@class sipua.event.record_done: sipua.Event
---@field code? integer SIPUA_OK or SIPUA_E_
---@field text? string in words, for a person
---@field duration_ms? integer
---@field target? string URI, or a file's path

---terminal of a collector; state "full", "terminator", "timeout", "ended" (the call did), "stopped"
---@class sipua.event.collected: sipua.Event
---@field digits? string collected
---@field state? string in one word, which stands beside the event's type
---@field duration_ms? integer

---other: the call; flag ADDED: it is in, else it left; count: the calls in it now
---@class sipua.event.conference_changed: sipua.Event
---@field other? integer another call that it is about
---@field count? integer
---@field flags? table<string, boolean>

---terminal
---@class sipua.event.conference_ended: sipua.Event
---@field code? integer SIPUA_OK or SIPUA_E_
---@field text? string in words, for a person
---@field duration_ms? integer

---state "waiting" (not both are answered), "untouched" (packets pass as they are), "transcoded", "held"
---@class sipua.event.bridge_changed: sipua.Event
---@field state? string in one word, which stands beside the event's type
---@field codec? string "opus", "PCMU"

---terminal
---@class sipua.event.bridge_ended: sipua.Event
---@field code? integer SIPUA_OK or SIPUA_E_
---@field text? string in words, for a person
---@field duration_ms? integer

---from: the user; target: its contact; expires 0: gone
---@class sipua.event.server_binding: sipua.Event
---@field from? string URI
---@field target? string URI, or a file's path
---@field expires? integer seconds granted

---terminal
---@class sipua.event.server_closed: sipua.Event

---id: the call, or none for the agent's own
---@class sipua.event.stats: sipua.Event
---@field flags? table<string, boolean>
---@field figures sipua.CallStats|sipua.AgentCounters

---body: the SIP message, credentials redacted
---@class sipua.event.trace: sipua.Event
---@field originator? sipua.originator
---@field transport? string "udp", "tcp", "tls", "ws", "wss"
---@field host? string
---@field port? integer
---@field body? string raw bytes

---@class sipua.event.log: sipua.Event
---@field level? sipua.log_level sipua_log_level
---@field module? string
---@field text? string in words, for a person

---so many events that may be lost (log, trace, stats, digits) were dropped; text: of what kind, "log 12, digit 3"
---@class sipua.event.overflow: sipua.Event
---@field count? integer
---@field text? string in words, for a person

---@class sipua.event.reply: sipua.Event
---@field code? integer SIPUA_OK or SIPUA_E_
---@field text? string in words, for a person

---the last of all
---@class sipua.event.shutdown: sipua.Event

---requests for nobody here were dropped
---@class sipua.event.suspicious: sipua.Event
---@field host? string
---@field port? integer
---@field count? integer
---@field text? string in words, for a person

---no call is left since sipua_agent_drain()
---@class sipua.event.drained: sipua.Event

---What went wrong. tostring() puts it in words.
---@class sipua.Error
---@field code integer of sipua.codes
---@field name string
---@field text? string
---@field status? integer SIP status
---@field reason? string
---@field cause? sipua.cause
---@field hangup? boolean a call has ended
---@field ended? sipua.event.call_ended

---Every function of sipua.h. What fails returns nil, the code and a text.
---@class sipua.raw
local raw = {}

---The running library's version: major * 65536 + minor. A binding checks it when it is loaded.
---@return integer
function raw.abi_version() end

---"0.2.0". Never NULL; valid for ever.
---@return string
function raw.version() end

---What this build can do, as words with one space between: "udp tcp tls ws wss
---opus pcmu pcma server". Valid for ever.
---@return string
function raw.features() end

---The code's name ("SIPUA_E_GONE") and one plain sentence. Never NULL; valid for ever; any number is legal.
---@param code integer
---@return string
function raw.error_name(code) end

---The code's name ("SIPUA_E_GONE") and one plain sentence. Never NULL; valid for ever; any number is legal.
---@param code integer
---@return string
function raw.error_text(code) end

---1 when the same call may succeed later without a change by the program (SIPUA_E_FULL, SIPUA_E_BUSY, ...).
---@param code integer
---@return integer
function raw.error_retryable(code) end

---1 when nothing more can be done with the agent (SIPUA_E_CLOSED, SIPUA_E_FORKED).
---@param code integer
---@return integer
function raw.error_fatal(code) end

---The last failure of this thread: its code, and its detail in words (what was wrong with which value). Never NULL;
---valid until the next failing call of this thread. A success does not clear them.
---@return integer
function raw.last_error() end

---The last failure of this thread: its code, and its detail in words (what was wrong with which value). Never NULL;
---valid until the next failing call of this thread. A success does not clear them.
---@return string
function raw.last_error_text() end

---The cause in words, as in the comments above ("Busy"); "" for none and unknown numbers. Valid for ever.
---@param cause sipua.cause
---@return string
function raw.cause_text(cause) end

---Starts an agent: opens its listeners and its threads. Each listener is reported by SIPUA_EVENT_LISTENING.
---config NULL: all defaults. Fails with SIPUA_E_ADDRESS, SIPUA_E_IN_USE, SIPUA_E_PERMISSION (a port below 1024),
---SIPUA_E_FORMAT (a codec, listener or PEM that cannot be read), SIPUA_E_NOT_FOUND (a file that is not there; the words
---name it), SIPUA_E_INVALID (a key that is not its certificate's), SIPUA_E_TLS (one that is too weak), SIPUA_E_VERSION,
---SIPUA_E_IO.
---@param config? sipua.AgentConfig
---@return userdata
function raw.agent_create(config) end

---Ends everything politely: calls get BYE, CANCEL or 480, registrations are removed, and SIPUA_EVENT_SHUTDOWN comes
---last of all, when all has been answered or `deadline_ms` has passed. New calls and messages are refused with 503
---meanwhile. Default deadline (0): 2000; -1: do not wait for any answer. After that event commands answer
---SIPUA_E_CLOSED; the threads stay until sipua_agent_close() or sipua_agent_free().
---@param agent userdata
---@param deadline_ms integer
---@param tag integer
---@return integer
function raw.agent_shutdown(agent, deadline_ms, tag) end

---Stops and joins the agent's threads without waiting for the network; takes under 100 ms. Wakes whoever polls or
---waits for audio. Events already queued stay there to be polled, then open tags come as replies with
---SIPUA_E_CANCELED, then sipua_poll() says SIPUA_E_CLOSED as every other function does. Idempotent.
---@param agent userdata
---@return integer
function raw.agent_close(agent) end

---Closes if need be and releases the memory. NULL is legal. The caller guarantees that no other thread is inside a
---function of this agent. Events already polled stay valid.
---@param agent? userdata
function raw.agent_free(agent) end

---Asks for the agent's counters: a SIPUA_EVENT_STATS without id, read with sipua_event_agent_stats().
---@param agent userdata
---@param tag integer
---@return integer
function raw.agent_stats(agent, tag) end

---Opts in to a kind of question (SIPUA_ON) or out again (SIPUA_OFF).
---@param agent userdata
---@param kind sipua.ask_kind
---@param on boolean|integer
---@param tag integer
---@return integer
function raw.agent_ask(agent, kind, on, tag) end

---Says that addresses or routes of this machine changed, as a phone's operating system reports: every flow is tried at
---once, registrations are renewed from the new address, and established calls move to it by re-INVITE, or end when their
---peer cannot be reached. SIPUA_EVENT_NETWORK_CHANGED follows, then what comes of it as events of accounts and calls. Not
---needed where watch_network works; never harmful.
---@param agent userdata
---@param tag integer
---@return integer
function raw.network_changed(agent, tag) end

---Reads all files of certificates, keys, trust and revocation again, those of accounts and listeners too. Connections that
---are up stay; new ones use the new. The reply says when something cannot be read (SIPUA_E_NOT_FOUND, SIPUA_E_FORMAT,
---SIPUA_E_TLS, with the file's name): then that part stays as it was.
---@param agent userdata
---@param tag integer
---@return integer
function raw.agent_reload_tls(agent, tag) end

---On: new calls from outside get 503 with Retry-After, new ones of ours SIPUA_E_STATE; what is up goes on, and
---SIPUA_EVENT_DRAINED comes when no call is left. Off: back to work.
---@param agent userdata
---@param on boolean|integer
---@param tag integer
---@return integer
function raw.agent_drain(agent, on, tag) end

---Takes the oldest event, waiting up to timeout_ms (0: do not wait, -1: for ever). Returns 1 and an event that the
---caller owns, or 0 and NULL when none came. SIPUA_E_BUSY: another thread is polling. SIPUA_E_INTERRUPTED: a signal
---or sipua_poll_interrupt(). SIPUA_E_CLOSED: closed or shut down, and nothing is left.
---@param agent userdata
---@param timeout_ms integer
---@param reuse? userdata a handle whose event was destroyed
---@return userdata|false, sipua.Event
function raw.poll(agent, timeout_ms, reuse) end

---Makes the running sipua_poll() of this agent, or the next one, return SIPUA_E_INTERRUPTED.
---@param agent userdata
---@return integer
function raw.poll_interrupt(agent) end

---A descriptor for a foreign event loop: readable whenever an event waits (rarely also with none; a poll that finds
---nothing clears it). The library owns it, until sipua_agent_free(): only wait for it, never read or close it.
---@param agent userdata
---@return integer
function raw.agent_fd(agent) end

---The event's name as in JSON and the bindings: "call_ended". "" for unknown numbers. Valid for ever.
---@param type integer
---@return string
function raw.event_type_name(type) end

---Fills *view up to the struct_size that the caller set. Returns the size filled, or SIPUA_E_VERSION.
---@param event userdata
---@return sipua.EventView
function raw.event_get(event) end

---Releases an event and all that its view points to. NULL is legal.
---@param event? userdata
function raw.event_destroy(event) end

---The headers of the SIP message behind an event, in order, comma lists not split, folding undone. 0 without one.
---@param event userdata
---@return integer
function raw.event_header_count(event) end

---*name and *value live as long as the event. SIPUA_E_NOT_FOUND past the end.
---@param event userdata
---@param index integer
---@return string, string
function raw.event_header_at(event, index) end

---The index-th header of that name, upper or lower case and compact form alike; NULL when there is none.
---@param event userdata
---@param name string
---@param index integer
---@return string
function raw.event_header(event, name, index) end

---The whole SIP message with credentials redacted; NULL and *size 0 without one. Not NUL-terminated.
---@param event userdata
---@return string
function raw.event_message(event) end

---The event as one JSON object in UTF-8: time (ISO 8601, UTC, milliseconds), event, account, call, status, reason,
---cause and what else it fills, under the names of sipua_event_view. NULL when memory ran out.
---@param event userdata
---@return string
function raw.event_json(event) end

---The number of names; 0: no body, none that this library reads, or one that is broken.
---@param event userdata
---@return integer
function raw.event_document_count(event) end

---*name and *value live as long as the event. SIPUA_E_NOT_FOUND past the end.
---@param event userdata
---@param index integer
---@return string, string
function raw.event_document_at(event, index) end

---Makes a body of that content type ("application/pidf+xml") from names and values, with a NUL at the end. Returns the bytes
---without the NUL. SIPUA_E_FULL: the buffer is too small; SIPUA_E_FORMAT: an unknown name, one twice, a value that it cannot
---have, a required one that is missing, or a gap in a list; SIPUA_E_UNSUPPORTED: no such type; SIPUA_E_LIMIT: too large.
---@param type string
---@param fields sipua.Pair
---@return string
function raw.document_write(type, fields) end

---@return integer
function raw.field_count() end

---The strings live for ever. Returns the size filled; SIPUA_E_NOT_FOUND past the end.
---@param index integer
---@return sipua.FieldInfo
function raw.field_at(index) end

---Asks for a call's figures: a SIPUA_EVENT_STATS of the call. One more, final, comes before SIPUA_EVENT_CALL_ENDED.
---@param agent userdata
---@param call integer
---@param tag integer
---@return integer
function raw.call_stats_request(agent, call, tag) end

---Reads the figures of a SIPUA_EVENT_STATS with an id. Returns the size filled; SIPUA_E_KIND for another event.
---@param event userdata
---@return sipua.CallStats
function raw.event_call_stats(event) end

---Reads a SIPUA_EVENT_STATS without an id. Returns the size filled; SIPUA_E_KIND for another event.
---@param event userdata
---@return sipua.AgentCounters
function raw.event_agent_stats(event) end

---Makes an account. It sends nothing; sipua_account_register() does. Files that are not there or hold no PEM fail at once
---(SIPUA_E_NOT_FOUND, SIPUA_E_PERMISSION, SIPUA_E_FORMAT); a key that is not its certificate's ends it
---by SIPUA_EVENT_ACCOUNT_CLOSED, with SIPUA_E_INVALID in the reply.
---@param agent userdata
---@param config sipua.AccountConfig
---@param tag integer
---@return integer
function raw.account_create(agent, config, tag) end

---Registers now and keeps the registration fresh: SIPUA_EVENT_REGISTERED or SIPUA_EVENT_REGISTRATION_FAILED, later
---refreshed by the expiry that the server granted. Registered already: refreshes at once. Many accounts at once wait for
---their turn (option register_in_flight).
---@param agent userdata
---@param account integer
---@param tag integer
---@return integer
function raw.account_register(agent, account, tag) end

---Removes the registration; all: of every device of this AOR ("Contact: *"). SIPUA_EVENT_UNREGISTERED follows.
---@param agent userdata
---@param account integer
---@param all boolean|integer
---@param tag integer
---@return integer
function raw.account_unregister(agent, account, all, tag) end

---Changes the bearer token, for what is sent from now on; NULL or "": none. It sends nothing by itself.
---@param agent userdata
---@param account integer
---@param token? string
---@param tag integer
---@return integer
function raw.account_set_token(agent, account, token, tag) end

---Unregisters if need be, ends its calls and closes it: SIPUA_EVENT_ACCOUNT_CLOSED.
---@param agent userdata
---@param account integer
---@param tag integer
---@return integer
function raw.account_close(agent, account, tag) end

---Calls somebody. account 0: a direct call without an account. Events: CALL_SENDING, CALL_PROGRESS, MEDIA_READY,
---CALL_ACCEPTED, CALL_CONFIRMED, and at last CALL_ENDED whatever happens. Fails at once with SIPUA_E_URI,
---SIPUA_E_HEADER, SIPUA_E_FORMAT (codec), SIPUA_E_LIMIT (max_calls, descriptors).
---@param agent userdata
---@param account integer
---@param config sipua.CallConfig
---@param tag integer
---@return integer
function raw.call_create(agent, account, config, tag) end

---180 Ringing, or as reply says. The decision's deadline becomes the call's no-answer timeout.
---@param agent userdata
---@param call integer
---@param reply? sipua.Reply
---@param tag integer
---@return integer
function raw.call_ring(agent, call, reply, tag) end

---200 OK. SIPUA_EVENT_CALL_ACCEPTED follows, and SIPUA_EVENT_CALL_CONFIRMED when the caller's ACK has come.
---@param agent userdata
---@param call integer
---@param reply? sipua.Reply
---@param tag integer
---@return integer
function raw.call_answer(agent, call, reply, tag) end

---Refuses an incoming call that has not been answered. SIPUA_EVENT_CALL_ENDED follows.
---@param agent userdata
---@param call integer
---@param reply? sipua.Reply
---@param tag integer
---@return integer
function raw.call_reject(agent, call, reply, tag) end

---Ends a call in whatever state: CANCEL, a refusal (480) or BYE; with an answer and a hang-up crossing, ACK and BYE.
---headers are added to the BYE, CANCEL or refusal; reply->status 0 and reply->reason may fill a Reason header. A body goes
---into a BYE only; say its content_type.
---SIPUA_EVENT_CALL_ENDED follows. Never refused for lack of room.
---@param agent userdata
---@param call integer
---@param reply? sipua.Reply
---@param tag integer
---@return integer
function raw.call_hangup(agent, call, reply, tag) end

---Changes the number that the call's events carry as `user`.
---@param agent userdata
---@param call integer
---@param user integer
---@param tag integer
---@return integer
function raw.call_set_user(agent, call, user, tag) end

---Sends digits, after those still being sent, as RFC 4733 events or INFO (option dtmf_method). digits: 0-9 * # A-D, and ','
---for a pause of 2 s. duration_ms 40-6000, default 100; gap_ms at least 50, default 70. SIPUA_EVENT_DTMF_SENT when the last
---has left. SIPUA_E_UNSUPPORTED, in the reply, when the peer takes none of the way that the option wants.
---@param agent userdata
---@param call integer
---@param digits string
---@param duration_ms integer
---@param gap_ms integer
---@param tag integer
---@return integer
function raw.call_dtmf(agent, call, digits, duration_ms, gap_ms, tag) end

---Plays a WAV file to the peer: 8 to 32 bit PCM, float, A-law or u-law, any rate, stereo mixed down. It waits its
---turn behind what is queued. SIPUA_E_NOT_FOUND, SIPUA_E_FORMAT at once. SIPUA_EVENT_PLAY_DONE of the player.
---@param agent userdata
---@param call integer
---@param path string
---@param loop boolean|integer
---@param user integer
---@param tag integer
---@return integer
function raw.call_play(agent, call, path, loop, user, tag) end

---Plays a WAV file to the peer: 8 to 32 bit PCM, float, A-law or u-law, any rate, stereo mixed down. It waits its
---turn behind what is queued. SIPUA_E_NOT_FOUND, SIPUA_E_FORMAT at once. SIPUA_EVENT_PLAY_DONE of the player.
---@param agent userdata
---@param player integer
---@param tag integer
---@return integer
function raw.player_stop(agent, player, tag) end

---Records into a new 16-bit WAV file, at the call's rate; any number at a time, each into a file of its own.
---SIPUA_E_IO, SIPUA_E_PERMISSION at once; SIPUA_E_IN_USE, in the reply, when the call is being recorded into that file.
---SIPUA_EVENT_RECORD_DONE when the file is complete, at the latest with the call's end.
---@param agent userdata
---@param call integer
---@param path string
---@param side sipua.record_side
---@param user integer
---@param tag integer
---@return integer
function raw.call_record(agent, call, path, side, user, tag) end

---Records into a new 16-bit WAV file, at the call's rate; any number at a time, each into a file of its own.
---SIPUA_E_IO, SIPUA_E_PERMISSION at once; SIPUA_E_IN_USE, in the reply, when the call is being recorded into that file.
---SIPUA_EVENT_RECORD_DONE when the file is complete, at the latest with the call's end.
---@param agent userdata
---@param recorder integer
---@param tag integer
---@return integer
function raw.recorder_stop(agent, recorder, tag) end

---Silences a call without signalling. sides: SIPUA_FLAG_SEND: the peer hears silence; SIPUA_FLAG_RECEIVE: we read silence;
---or both. SIPUA_EVENT_CALL_MUTED or SIPUA_EVENT_CALL_UNMUTED tells what is muted now; where nothing changes there is none.
---SIPUA_E_STATE, in the reply, with SIPUA_MEDIA_NONE.
---@param agent userdata
---@param call integer
---@param sides integer
---@param on boolean|integer
---@param tag integer
---@return integer
function raw.call_mute(agent, call, sides, on, tag) end

---Collects digits: SIPUA_EVENT_COLLECTED at the end. They come as SIPUA_EVENT_DTMF too. config NULL: one digit. One at a time:
---SIPUA_E_BUSY, in the reply.
---@param agent userdata
---@param call integer
---@param config? sipua.CollectConfig
---@param tag integer
---@return integer
function raw.call_collect(agent, call, config, tag) end

---Collects digits: SIPUA_EVENT_COLLECTED at the end. They come as SIPUA_EVENT_DTMF too. config NULL: one digit. One at a time:
---SIPUA_E_BUSY, in the reply.
---@param agent userdata
---@param collector integer
---@param tag integer
---@return integer
function raw.collector_stop(agent, collector, tag) end

---Changes a call: SIPUA_EVENT_CALL_HELD, SIPUA_EVENT_CALL_RESUMED or SIPUA_EVENT_CALL_UPDATED with this tag, or
---SIPUA_EVENT_CALL_CHANGE_FAILED; the call goes on in any case. One change after the other, in the order of the commands.
---change NULL: everything is offered anew. SIPUA_E_STATE, in the reply, before the call is answered, but for an UPDATE where
---the call has been made reliable so far (RFC 3262), and where a hold has no SDP of the program's to say it with;
---SIPUA_E_INVALID there for codecs with SIPUA_MEDIA_NONE or a body without it; SIPUA_E_LIMIT when 32 changes wait.
---@param agent userdata
---@param call integer
---@param change? sipua.Change
---@param tag integer
---@return integer
function raw.call_change(agent, call, change, tag) end

---Answers a SIPUA_EVENT_CALL_CHANGE_REQUESTED. With SIPUA_MEDIA_NONE the SDP stands in reply->body; none: the last one again,
---with its directions fitted. SIPUA_E_STATE, in the reply of this and the next, when no change waits for a decision.
---@param agent userdata
---@param call integer
---@param reply? sipua.Reply
---@param tag integer
---@return integer
function raw.call_accept_change(agent, call, reply, tag) end

---Refuses it, with 488 by default; the call is as it was.
---@param agent userdata
---@param call integer
---@param reply? sipua.Reply
---@param tag integer
---@return integer
function raw.call_reject_change(agent, call, reply, tag) end

---Sends a request inside a call, an INFO by default: SIPUA_EVENT_REQUEST_ANSWERED. In the reply: SIPUA_E_STATE when there is
---no dialog with the peer yet (a callee must have rung), SIPUA_E_LIMIT when 16 have no answer.
---@param agent userdata
---@param call integer
---@param config? sipua.RequestConfig
---@param tag integer
---@return integer
function raw.call_request(agent, call, config, tag) end

---Has the peer of a call call somebody else (REFER): SIPUA_EVENT_TRANSFER_PROGRESS, then SIPUA_EVENT_TRANSFER_DONE when that
---call has been answered or has failed. The call goes on until then, and after a failure (but for 481, 408
---or silence as the answer to the REFER: they end it, RFC 3261 12.2.1.2). In the reply: SIPUA_E_STATE when the
---call or consult is not answered yet, SIPUA_E_LIMIT when 8 transfers are under way in it.
---@param agent userdata
---@param call integer
---@param config sipua.TransferConfig
---@param tag integer
---@return integer
function raw.call_transfer(agent, call, config, tag) end

---The same outside a call: asks config->recipient. account 0: without an account.
---@param agent userdata
---@param account integer
---@param config sipua.TransferConfig
---@param tag integer
---@return integer
function raw.transfer_send(agent, account, config, tag) end

---Follows a SIPUA_EVENT_TRANSFER_REQUESTED: 202, calls the target and tells the other side how that goes.
---SIPUA_EVENT_TRANSFER_DONE ends the transfer; the call in which it came goes on until somebody hangs up. config: as for
---sipua_call_create(), but target and replaces come from the REFER and must not be set (SIPUA_E_INVALID), and a Join of the REFER
---takes the place of config->join; NULL: defaults. SIPUA_E_STATE, in the reply of this and the next: it has been decided.
---@param agent userdata
---@param transfer integer
---@param config? sipua.CallConfig
---@param tag integer
---@return integer
function raw.transfer_accept(agent, transfer, config, tag) end

---Refuses it, with 603 by default.
---@param agent userdata
---@param transfer integer
---@param reply? sipua.Reply
---@param tag integer
---@return integer
function raw.transfer_reject(agent, transfer, reply, tag) end

---A conference mixes calls inside the library: everybody hears all others, and never himself. The program is one more
---member: sipua_audio_ functions take a conference's id too, what it writes is heard by all, what it reads is the mix of all
---calls. config NULL: all defaults.
---@param agent userdata
---@param config? sipua.ConferenceConfig
---@param tag integer
---@return integer
function raw.conference_create(agent, config, tag) end

---A call may be added before it is answered; it leaves when it ends. SIPUA_EVENT_CONFERENCE_CHANGED. In the reply:
---SIPUA_E_BUSY when it is in a conference or bridge already, SIPUA_E_STATE with SIPUA_MEDIA_NONE.
---@param agent userdata
---@param conference integer
---@param call integer
---@param tag integer
---@return integer
function raw.conference_add(agent, conference, call, tag) end

---The call goes on by itself. SIPUA_EVENT_CONFERENCE_CHANGED; SIPUA_E_STATE, in the reply: it is not in this conference.
---@param agent userdata
---@param conference integer
---@param call integer
---@param tag integer
---@return integer
function raw.conference_remove(agent, conference, call, tag) end

---Plays a WAV file to all; several at once are mixed. Otherwise as sipua_call_play().
---@param agent userdata
---@param conference integer
---@param path string
---@param loop boolean|integer
---@param user integer
---@param tag integer
---@return integer
function raw.conference_play(agent, conference, path, loop, user, tag) end

---Records all that is said and played, mono. Otherwise as sipua_call_record().
---@param agent userdata
---@param conference integer
---@param path string
---@param user integer
---@param tag integer
---@return integer
function raw.conference_record(agent, conference, path, user, tag) end

---Ends it: SIPUA_EVENT_CONFERENCE_ENDED. Its calls go on by themselves; hangup on: they are hung up.
---@param agent userdata
---@param conference integer
---@param hangup boolean|integer
---@param tag integer
---@return integer
function raw.conference_end(agent, conference, hangup, tag) end

---Connects two calls. With an incoming call `a` that is not answered and a call `b` that is being placed this is a B2BUA: a
---rings as b rings, is answered when b answers, and refused as b refuses. SIPUA_EVENT_BRIDGE_CHANGED, at last
---SIPUA_EVENT_BRIDGE_ENDED. SIPUA_E_BUSY, in the reply: one of them is in a conference or bridge already; SIPUA_E_GONE there:
---one has ended meanwhile, and the other is refused or hung up as config says; SIPUA_E_STATE there: one has SIPUA_MEDIA_NONE. config NULL: all
---defaults.
---@param agent userdata
---@param a integer
---@param b integer
---@param config? sipua.BridgeConfig
---@param tag integer
---@return integer
function raw.bridge_create(agent, a, b, config, tag) end

---Takes them apart; both calls go on by themselves.
---@param agent userdata
---@param bridge integer
---@param tag integer
---@return integer
function raw.bridge_end(agent, bridge, tag) end

---Subscribes, and keeps the subscription fresh: SIPUA_EVENT_SUBSCRIPTION_STATE, and SIPUA_EVENT_NOTIFY for each piece of
---news. account 0: without an account.
---@param agent userdata
---@param account integer
---@param config sipua.SubscribeConfig
---@param tag integer
---@return integer
function raw.subscription_create(agent, account, config, tag) end

---Asks again now. expires: seconds, at most 604800; 0: as before. SIPUA_E_STATE, in the reply: it is ending, or asked once.
---@param agent userdata
---@param subscription integer
---@param expires integer
---@param tag integer
---@return integer
function raw.subscription_refresh(agent, subscription, expires, tag) end

---Unsubscribes; SIPUA_EVENT_SUBSCRIPTION_STATE with "terminated" is the last event.
---@param agent userdata
---@param subscription integer
---@param tag integer
---@return integer
function raw.subscription_end(agent, subscription, tag) end

---Takes a SIPUA_EVENT_SUBSCRIBE_REQUESTED: 200 and the first NOTIFY. The last body is sent again whenever the subscriber
---refreshes. user: the number of the notifier's events. config NULL: active, without a body.
---@param agent userdata
---@param notifier integer
---@param config? sipua.NotifyConfig
---@param user integer
---@param tag integer
---@return integer
function raw.notifier_accept(agent, notifier, config, user, tag) end

---Refuses it, with 403 by default.
---@param agent userdata
---@param notifier integer
---@param reply? sipua.Reply
---@param tag integer
---@return integer
function raw.notifier_reject(agent, notifier, reply, tag) end

---Sends a NOTIFY. When several come faster than they are answered, the newest counts. SIPUA_E_STATE, in the reply: it is not
---accepted yet, or has ended.
---@param agent userdata
---@param notifier integer
---@param config sipua.NotifyConfig
---@param tag integer
---@return integer
function raw.notifier_notify(agent, notifier, config, tag) end

---Publishes a state and keeps it fresh: SIPUA_EVENT_PUBLISH_STATE. account 0: without an account, then target is required.
---@param agent userdata
---@param account integer
---@param config sipua.PublishConfig
---@param tag integer
---@return integer
function raw.publication_create(agent, account, config, tag) end

---Replaces what is published; a body is required. content_type NULL: as before. SIPUA_E_STATE, in the reply: it is being
---removed.
---@param agent userdata
---@param publication integer
---@param content_type? string
---@param body string
---@param tag integer
---@return integer
function raw.publication_update(agent, publication, content_type, body, tag) end

---Takes it back; SIPUA_EVENT_PUBLISH_STATE with "removed" is the last event.
---@param agent userdata
---@param publication integer
---@param tag integer
---@return integer
function raw.publication_end(agent, publication, tag) end

---Queues samples to be sent, at a rate of 8000, 16000, 24000 or 48000; they are resampled as needed. segment: any
---number that names this piece of audio in SIPUA_EVENT_FLUSHED. Waits up to timeout_ms for room (0: does not).
---Returns the samples taken, fewer than given when the queue is full (max_queued_ms). Allowed from the call's
---creation on; audio is sent once media flows. SIPUA_E_GONE once the call has ended.
---@param agent userdata
---@param call integer
---@param pcm string
---@param rate integer
---@param segment integer
---@param timeout_ms integer
---@return integer
function raw.audio_write(agent, call, pcm, rate, segment, timeout_ms) end

---Takes received samples, a steady stream on the local clock at the call's rate. Waits up to timeout_ms until `samples`
---are there (0: takes what there is; -1: for ever). Returns the samples read; SIPUA_E_EOF when the call has ended and
---all has been read. flags may be NULL.
---@param agent userdata
---@param call integer
---@param samples integer
---@param timeout_ms integer
---@return string, integer
function raw.audio_read(agent, call, samples, timeout_ms) end

---Changes the rate of sipua_audio_read(): 8000, 16000, 24000, 48000. What was not yet read is kept.
---@param agent userdata
---@param call integer
---@param rate integer
---@return integer
function raw.audio_set_rate(agent, call, rate) end

---Drops all that is queued, ordered with writes: what is written afterwards is sent. SIPUA_EVENT_FLUSHED tells which
---segment was playing, how much of it the peer was sent and how much was dropped.
---@param agent userdata
---@param call integer
---@param tag integer
---@return integer
function raw.audio_flush(agent, call, tag) end

---SIPUA_EVENT_MARK with this number comes when all that was written before has been sent, or was flushed.
---@param agent userdata
---@param call integer
---@param mark integer
---@return integer
function raw.audio_mark(agent, call, mark) end

---Milliseconds of audio that wait to be sent.
---@param agent userdata
---@param call integer
---@return integer
function raw.audio_queued(agent, call) end

---Arms SIPUA_EVENT_AUDIO_READY for this call: when readable_ms or more can be read, or writable_ms or more can be
---written (0: do not watch that side). At most one such event is pending per agent; reading or writing arms again.
---@param agent userdata
---@param call integer
---@param readable_ms integer
---@param writable_ms integer
---@return integer
function raw.audio_watch(agent, call, readable_ms, writable_ms) end

---The calls that are ready: writes up to `capacity` ids and returns how many there were; clears the pending event.
---@param agent userdata
---@return integer[]
function raw.audio_ready(agent) end

---Sends a MESSAGE: SIPUA_EVENT_MESSAGE_DELIVERED or SIPUA_EVENT_MESSAGE_FAILED. account 0: without an account. What its
---receiver does with it comes as SIPUA_EVENT_MESSAGE_DISPOSITION when config->disposition asked for that.
---@param agent userdata
---@param account integer
---@param config sipua.MessageConfig
---@param tag integer
---@return integer
function raw.message_send(agent, account, config, tag) end

---Answers a SIPUA_EVENT_MESSAGE, now or later within its deadline: 200, or a refusal (default 480).
---@param agent userdata
---@param message integer
---@param reply? sipua.Reply
---@param tag integer
---@return integer
function raw.message_accept(agent, message, reply, tag) end

---Answers a SIPUA_EVENT_MESSAGE, now or later within its deadline: 200, or a refusal (default 480).
---@param agent userdata
---@param message integer
---@param reply? sipua.Reply
---@param tag integer
---@return integer
function raw.message_reject(agent, message, reply, tag) end

---Asks a peer what it can do: SIPUA_EVENT_OPTIONS_ANSWERED. The config's body and content type are sent if given.
---@param agent userdata
---@param account integer
---@param config sipua.MessageConfig
---@param tag integer
---@return integer
function raw.options_send(agent, account, config, tag) end

---Opens one more listener: SIPUA_EVENT_LISTENING with the real port. An address that cannot be read and a file that is not
---there fail at once; an address that is taken or forbidden by SIPUA_EVENT_LISTENER_CLOSED with SIPUA_E_IN_USE or
---SIPUA_E_PERMISSION, a key that is not its certificate's by the same with SIPUA_E_INVALID.
---@param agent userdata
---@param config sipua.ListenerConfig
---@param tag integer
---@return integer
function raw.listener_create(agent, config, tag) end

---Opens one more listener: SIPUA_EVENT_LISTENING with the real port. An address that cannot be read and a file that is not
---there fail at once; an address that is taken or forbidden by SIPUA_EVENT_LISTENER_CLOSED with SIPUA_E_IN_USE or
---SIPUA_E_PERMISSION, a key that is not its certificate's by the same with SIPUA_E_INVALID.
---@param agent userdata
---@param listener integer
---@param tag integer
---@return integer
function raw.listener_close(agent, listener, tag) end

---Starts a server without listeners; open them with sipua_listener_create().
---@param agent userdata
---@param config sipua.ServerConfig
---@param tag integer
---@return integer
function raw.server_create(agent, config, tag) end

---Adds a user or changes its password; password NULL removes it and its bindings.
---@param agent userdata
---@param server integer
---@param name string
---@param password? string
---@param tag integer
---@return integer
function raw.server_set_user(agent, server, name, password, tag) end

---Adds a user or changes its password; password NULL removes it and its bindings.
---@param agent userdata
---@param server integer
---@param tag integer
---@return integer
function raw.server_close(agent, server, tag) end

---Sets an option of the agent (id 0) or of one object, from its text: numbers in decimal, switches as "on" and "off",
---choices as one of their words. What an object has of its own counts, else its account's, else the agent's.
---SIPUA_E_NOT_FOUND: no such option; SIPUA_E_INVALID: out of its range; SIPUA_E_KIND: not of this object.
---@param agent userdata
---@param id integer
---@param key string
---@param value string
---@param tag integer
---@return integer
function raw.option_set(agent, id, key, value, tag) end

---@return integer
function raw.option_count() end

---The strings live for ever. Returns the size filled; SIPUA_E_NOT_FOUND past the end.
---@param index integer
---@return sipua.OptionInfo
function raw.option_at(index) end

---Reads a URI (also inside <> and after a display name). Its strings are put into buffer. Returns the bytes of buffer
---used; SIPUA_E_URI; SIPUA_E_FULL when buffer is too small (strlen(text) + 16 always suffices).
---@param text string
---@return sipua.Uri, string
function raw.uri_parse(text) end

---Writes a URI, escaping what must be, with a NUL at the end. Returns the bytes without the NUL; SIPUA_E_FULL.
---@param uri sipua.Uri
---@return string
function raw.uri_write(uri) end

---@class sipua
---@field codes table<string, integer> the numbers of errors
---@field events table<string, table> the events with their fields
---@field documents sipua.documents makers of bodies
---@field raw sipua.raw every function of sipua.h, without its prefix
local sipua = {}

---Starts an agent; its settings are in README.md.
---@param settings sipua.AgentConfig?
---@return sipua.Agent
function sipua.agent(settings) end

---Starts the embedded registrar, for tests and demos.
---@param settings sipua.ServerConfig?
---@return sipua.Registrar
function sipua.registrar(settings) end

---Lua 5.1's assert shows no error objects; this one does.
---@param value string|number|boolean
---@param err any
---@param ... any
function sipua.assert(value, err, ...) end

---@param value string|number|boolean
---@return boolean
function sipua.is_hangup(value) end

---@return string
function sipua.version() end

---What the library can do: {udp = true, opus = true, ...}.
---@return table<string, boolean>
function sipua.features() end

---The options of set_option(), as a list of tables: key, type, scope, minimum, maximum, default_value, text.
---@return sipua.OptionInfo[]
function sipua.options() end

---A URI as a table (scheme, user, host, port, parameters, headers), and back; nil and the error for what is none.
---@param text string
---@return sipua.Uri?, sipua.Error?
function sipua.parse_uri(text) end

---A document as text, and its content type.
---@param body string|table|nil
---@return string, string
function sipua.write_document(body) end

---@param uri sipua.Uri
---@return string?, sipua.Error?
function sipua.write_uri(uri) end

---@class sipua.Agent
---@field listeners {transport: string, host: string, port: integer, id: integer}[]
---@field calls table<integer, sipua.Call>
local Agent = {}

---Runs fn(event) in a task for each event of that name; "*" is any.
---@param name string
---@param fn fun(event: sipua.Event)
---@return sipua.Agent
function Agent:on(name, fn) end

---Runs fn(...) in a task of its own from the next turn of the loop on. An error in it is logged.
---@param fn function
---@param ... any
function Agent:go(fn, ...) end

---Calls fn() in a task every so many seconds, not again before it has returned. timer:cancel() ends it.
---@param seconds number
---@param fn function
---@return {cancel: function}
function Agent:every(seconds, fn) end

---Waits that many seconds; others run meanwhile.
---@param seconds number
function Agent:sleep(seconds) end

---One turn of the loop, for programs with a loop of their own: waits up to `timeout` seconds (0: does not; nil: as long
---as it takes) and handles what is there, of all agents of this Lua state. True when anything was done.
---@param timeout number?
---@return boolean
function Agent:step(timeout) end

---A descriptor that is readable when step(0) has something to do. Only wait for it.
---@return integer
function Agent:fd() end

---Seconds until step(0) has something to do by time alone (a sleep, an every); nil when there is nothing such.
---@return number?
function Agent:timeout() end

---Runs the loop until stop() or the agent is closed.
function Agent:run() end

---Makes run() return.
function Agent:stop() end

---Takes calls: each runs fn(call) in a task of its own. An error in it ends the call with 500 or BYE and is logged.
---nil: no more calls are taken; they get 480. options: replacing = true: calls that are to replace one of ours come here
---too, with call.other, instead of being answered by the stack; joining = true: so do those that want to join one.
---@param fn function
---@param options {replacing: boolean?, joining: boolean?}?
---@return sipua.Agent
function Agent:on_call(fn, options) end

---Takes messages: fn(message) accepts or rejects each, now or later. nil: they get 405 again.
---@param fn function
---@return sipua.Agent
function Agent:on_message(fn) end

---Takes the wishes of others that we call somebody (REFER): fn(transfer) accepts or rejects each. nil: they get 603.
---@param fn function
---@return sipua.Agent
function Agent:on_transfer(fn) end

---Takes the changes of calls that peers want: fn(change) accepts or rejects each. nil: the stack agrees to all that it can.
---@param fn function
---@return sipua.Agent
function Agent:on_change(fn) end

---Takes those who subscribe to us: fn(notifier) accepts or rejects each. nil: they get 489.
---@param fn function
---@return sipua.Agent
function Agent:on_subscribe(fn) end

---Calls fn(event, handle) at once for every event of the agent; it may not wait. The handle is good for
---sipua.raw.event_json() and the like until it returns.
---@param fn function
function Agent:on_event(fn) end

---Where the log goes: fn(level, module, text), with the level in words. Without one, to stderr. false: nowhere.
---@param fn function
function Agent:on_log(fn) end

---The agent's counters.
---@return sipua.AgentCounters
function Agent:stats() end

---Sets an option of the agent: numbers, true or false, strings. sipua.options() lists them.
---@param key string
---@param value string|number|boolean
function Agent:set_option(key, value) end

---Ends everything politely, waiting up to that many seconds (default 2) for the answers; then it is closed.
---@param deadline number?
function Agent:shutdown(deadline) end

---Stops at once, without a word to anybody.
function Agent:close() end

---@class sipua.Account
---@field id integer
---@field aor string
---@field registered boolean
---@field expires integer seconds granted
local Account = {}

---Runs fn(event) in a task for each event of that name; "*" is any.
---@param name string
---@param fn fun(event: sipua.Event)
---@return sipua.Account
function Account:on(name, fn) end

---Registers, or refreshes at once, and waits for the server's 200; it is then kept fresh. The account, or nil and the
---error.
---@return sipua.Account?, sipua.Error?
function Account:register() end

---Removes the registration; { all = true }: of every device of this address. true, or nil and the error.
---@param options {all: boolean?}?
---@return boolean?, sipua.Error?
function Account:unregister(options) end

---Changes the bearer token for what is sent from now on; nil: none any more.
---@param token any
function Account:set_token(token) end

---Unregisters if need be, ends its calls and closes it.
function Account:close() end

---Calls somebody and waits for the answer: the call, or nil and the error.
---@param target string
---@param options sipua.CallConfig?
---@return sipua.Call?, sipua.Error?
function Account:call(target, options) end

---The same without waiting: call:answered() does.
---@param target string
---@param options sipua.CallConfig?
---@return sipua.Call
function Account:dial(target, options) end

---Sends a MESSAGE and waits: the delivered event, or nil and the error.
---@param target string
---@param text string
---@param options sipua.MessageConfig?
---@return sipua.event.message_delivered?, sipua.Error?
function Account:message(target, text, options) end

---Asks a peer what it can do: the answer's event, or nil and the error.
---@param target string
---@param options sipua.MessageConfig?
---@return sipua.event.options_answered?, sipua.Error?
function Account:options(target, options) end

---Tells somebody that we are writing to him, or with false that we have stopped: true, or nil and the error.
---@param target string
---@param active boolean?
---@return sipua.event.message_delivered?, sipua.Error?
function Account:composing(target, active) end

---Has somebody call somebody else, outside any call: a transfer, whose wait() says how that went. options: as for
---agent:refer().
---@param recipient string
---@param target string
---@param options sipua.TransferConfig?
---@return sipua.Transfer
function Account:refer(recipient, target, options) end

---Subscribes ("presence", "message-summary", "dialog" ...) and returns the subscription at once: active() waits. options:
---expires (seconds, -1: ask once), accept, body, content_type, headers.
---@param target string
---@param event string
---@param options sipua.SubscribeConfig?
---@return sipua.Subscription
function Account:subscribe(target, event, options) end

---Publishes a state of ours (a document, or a string with content_type) at the server and waits until it is there: the
---publication, kept fresh until its close(), or nil and the error. options: target, expires (seconds), content_type, headers.
---@param event string
---@param body string|table|nil
---@param options sipua.PublishConfig?
---@return sipua.Publication?, sipua.Error?
function Account:publish(event, body, options) end

---@param key string
---@param value string|number|boolean
function Account:set_option(key, value) end

---@class sipua.Call
---@field id integer
---@field direction "incoming"|"outgoing"
---@field account sipua.Account?
---@field from string?
---@field from_name string?
---@field to string?
---@field to_name string?
---@field target string?
---@field codec string?
---@field rate integer
---@field established boolean
---@field held boolean by the peer
---@field holding boolean by us
---@field muted {send: boolean, receive: boolean}
---@field ended sipua.event.call_ended?
---@field identity string?
---@field identity_name string?
---@field diversion string?
---@field referred_by string?
---@field replaces string?
---@field privacy string?
---@field answer_after integer? seconds
---@field other sipua.Call? that it is to replace or join
---@field joins boolean? it wants to join `other`
---@field replaced_by sipua.Call?
---@field dialog string? CALL-ID;to-tag=OURS;from-tag=PEERS, as a Replaces to us says it
local Call = {}

---Runs fn(event) in a task for each event of that name; "*" is any.
---@param name string
---@param fn fun(event: sipua.Event)
---@return sipua.Call
function Call:on(name, fn) end

---Tells the caller that it rings. options: status (180), reason, headers, early_media.
---@param options sipua.Reply?
---@return sipua.Call
function Call:ring(options) end

---Answers. options: rate (of the samples read: 8000, 16000, 24000, 48000), headers.
---@param options sipua.Reply?
---@return sipua.Call
function Call:answer(options) end

---Refuses the call, with 486 or as said. options: reason, headers.
---@param status integer?
---@param options sipua.Reply?
---@return sipua.event.call_ended
function Call:reject(status, options) end

---Waits until it is answered.
---@return sipua.Call
function Call:answered() end

---Ends the call, in whatever state it is, and returns how it ended. options: reason (a Reason header), headers,
---body and content_type (of a BYE).
---@param options sipua.Reply?
---@return sipua.event.call_ended
function Call:hangup(options) end

---Waits until the call has ended and returns how: cause, status, duration_ms ...
---@return sipua.event.call_ended
function Call:wait_ended() end

---Waits for the next event of that name: the event, or nil when that many seconds have passed.
---@param name string
---@param seconds number
---@return sipua.Event?
function Call:wait(name, seconds) end

---Sends digits (0-9 * # A-D, a comma is a pause of 2 s) and waits until the last has left: the call, or nil and the error
---of a peer that refuses them by INFO. options: ms, gap.
---@param digits string
---@param options {ms: integer?, gap: integer?}?
---@return sipua.Call?, sipua.Error?
function Call:send_dtmf(digits, options) end

---The figures of its media: now, or of an ended call the last ones.
---@return sipua.CallStats
function Call:stats() end

---Runs fn(...) in a task that belongs to the call: an error in it ends the call, and its end is raised in it.
---@param fn function
---@param ... any
function Call:go(fn, ...) end

---Seconds since the answer; 0 before it.
---@return number
function Call:duration() end

---The first header of that name of the INVITE that came in, or of the peer's last response; `index` counts from 1.
---@param name string
---@param index integer?
---@return string?
function Call:header(name, index) end

---All of them: {{name, value}, ...}.
---@return string[][]
function Call:headers() end

---@param key string
---@param value string|number|boolean
function Call:set_option(key, value) end

---Plays a WAV file and returns its player at once. options: loop.
---@param file string
---@param options {loop: boolean?}?
---@return sipua.Player
function Call:start_play(file, options) end

---Plays a WAV file, behind what is queued, and waits for its end. The play_done event.
---@param file string
---@param options {loop: boolean?}?
---@return sipua.event.play_done
function Call:play(file, options) end

---Records the far end, mono, or { stereo = true }: near left, far right; { near = true }: what we send. Returns the
---recorder; it ends with stop() or the call.
---@param file string
---@param options {stereo: boolean?, near: boolean?}?
---@return sipua.Player
function Call:record(file, options) end

---Reads that many milliseconds of what the peer says, waiting for them. nil once the call has ended. A steady
---stream: silence in hold, in gaps and before the answer. Also returns flags: 1 some of it was made up for lost
---packets, 2 nothing came.
---@param ms integer?
---@return string?, integer?
function Call:read(ms) end

---for pcm in call:frames(20) do ... end: what the peer says, until the call has ended.
---@param ms integer?
---@return fun(): string?, integer?
function Call:frames(ms) end

---Queues samples to be sent, at the call's rate or another (8000, 16000, 24000, 48000), waiting only when the queue
---is full. segment: a number that names this piece in the result of flush(). Returns the milliseconds now queued.
---@param pcm string
---@param rate integer?
---@param segment integer?
---@return integer
function Call:write(pcm, rate, segment) end

---Milliseconds of audio that wait to be sent.
---@return integer
function Call:queued_ms() end

---Waits until no more than that waits to be sent.
---@param below_ms integer?
function Call:drain(below_ms) end

---Drops all that is queued. The flushed event: segment, played_ms, discarded_ms.
---@return sipua.event.flushed
function Call:flush() end

---Names this point of what is written: the mark event with this number comes when all before it has been sent.
---call:wait("mark") waits for it.
---@param number integer
---@return sipua.Call
function Call:mark(number) end

---Changes the rate of what is read.
---@param rate integer?
---@return sipua.Call
function Call:set_rate(rate) end

---Collects digits and returns them, with why it ended: "max", "terminator" or "timeout".
---options: max (digits), timeout (seconds for each digit, from the prompt's end on; default 5), terminator (default
---"#"; "" for none), prompt (a WAV file or a list), barge (default true: a digit stops the prompt), typeahead
---(default true: digits that came before count).
---@param options {max: integer?, timeout: number?, terminator: string?, prompt: string|string[]?, barge: boolean?, typeahead: boolean?}?
---@return string, "max"|"terminator"|"timeout"
function Call:gather(options) end

---Holds the peer: it is not heard; what is written or played is (music on hold). The call, or nil and the error when
---the peer refuses; the call is then as it was. options: method ("invite", "update"), headers.
---@param options {method: sipua.change_method?, headers: table?}?
---@return sipua.Call?, sipua.Error?
function Call:hold(options) end

---Takes the peer back.
---@param options {method: sipua.change_method?, headers: table?}?
---@return sipua.Call?, sipua.Error?
function Call:resume(options) end

---Offers everything anew. The call, or nil and the error when the peer refuses; the call is then as it was.
---options: codecs (those from now on, in order of preference), method, headers.
---@param options {codecs: string[]?, method: sipua.change_method?, headers: table?}?
---@return sipua.Call?, sipua.Error?
function Call:renegotiate(options) end

---Lets the peer hear silence; { receive = true }: and us too. Nothing is signalled. call.muted says what is.
---@param options {send: boolean?, receive: boolean?}?
---@return sipua.Call
function Call:mute(options) end

---The other way round, both sides if nothing else is said.
---@param options {send: boolean?, receive: boolean?}?
---@return sipua.Call
function Call:unmute(options) end

---Has the peer call somebody else: a transfer, whose wait() says how that went. Without a target: { consult = call },
---our other call, whose peer ours shall talk with. options: consult, referred_by, subscribe (false: no progress is
---asked for), hangup (false: keeps the call when it succeeded), headers, timeout (seconds).
---@param target string
---@param options sipua.TransferConfig?
---@return sipua.Transfer
function Call:transfer(target, options) end

---Waits for digits of the peer and returns them with why it is over: "full", "terminator", "timeout" or "stopped".
---Those that came before do not count. options: max (default 1), timeout (seconds for the first; default 10, false:
---for ever), between (seconds for each further one; default 3), terminators (such as "#*"; default none), interrupt
---(default true: the first digit stops what plays and drops what is queued).
---@param options {max: integer?, timeout: number|false|nil, between: number?, terminators: string?, interrupt: boolean?}?
---@return string, "full"|"terminator"|"timeout"|"stopped"
function Call:collect(options) end

---Sends an INFO: the answer's event, or nil and the error. options: content_type, headers, timeout (seconds).
---@param body string|table|nil
---@param options sipua.RequestConfig?
---@return sipua.event.request_answered?, sipua.Error?
function Call:info(body, options) end

---Sends a request of any method that the stack does not do itself: the answer's event, or nil and the error.
---@param method string
---@param body string|table|nil
---@param options sipua.RequestConfig?
---@return sipua.event.request_answered?, sipua.Error?
function Call:request(method, body, options) end

---Sends a MESSAGE inside the call and waits: the delivered event, or nil and the error.
---@param text string
---@param options sipua.MessageConfig?
---@return sipua.event.message_delivered?, sipua.Error?
function Call:message(text, options) end

---Who we are towards a server; its settings are those of sipua_account_config. It sends nothing before register().
---@param settings sipua.AccountConfig?
---@return sipua.Account
function Agent:account(settings) end

---Says that addresses or routes of this machine changed: every flow is tried at once, registrations are renewed, and
---calls move to the new address.
function Agent:network_changed() end

---Reads all files of certificates, keys and trust again, for connections made from now on.
function Agent:reload_tls() end

---Calls without an account, or with that of the options, and waits for the answer: the call, or nil and the error.
---@param target string
---@param options sipua.CallConfig?
---@return sipua.Call?, sipua.Error?
function Agent:call(target, options) end

---The same without waiting: call:answered() does.
---@param target string
---@param options sipua.CallConfig?
---@return sipua.Call
function Agent:dial(target, options) end

---Sends a MESSAGE and waits: the delivered event, or nil and the error.
---@param target string
---@param text string
---@param options sipua.MessageConfig?
---@return sipua.event.message_delivered?, sipua.Error?
function Agent:message(target, text, options) end

---Asks a peer what it can do: the answer's event, or nil and the error.
---@param target string
---@param options sipua.MessageConfig?
---@return sipua.event.options_answered?, sipua.Error?
function Agent:options(target, options) end

---Opens one more listener ("udp:127.0.0.1:0") and returns it: transport, host, port.
---@param address string
---@param options sipua.ListenerConfig?
---@return {transport: string, host: string, port: integer, id: integer}
function Agent:listen(address, options) end

---A conference, to which conference:add(call) adds calls. options: rate (samples per second of mixing, and of what the
---program itself hears in it: 8000, 16000, 24000, 48000).
---@param options sipua.ConferenceConfig?
---@return sipua.Conference
function Agent:conference(options) end

---Connects two calls. With an incoming call that is not answered and one that was just dialled, `a` rings as `b`
---rings, is answered when `b` answers, and refused as `b` refuses. options: dtmf, hold, hangup, transfer (what passes
---from one to the other; all but transfer do by default), signalling = false (ringing and answer of `a` are left to
---the program), untouched = false (all audio passes through our codecs), requests = false (INFO, MESSAGE and methods
---of your own are the program's and do not pass).
---@param a sipua.Call
---@param b sipua.Call
---@param options sipua.BridgeConfig?
---@return sipua.Bridge
function Agent:bridge(a, b, options) end

---Has somebody call somebody else, outside any call: a transfer, whose wait() says how that went. options: referred_by,
---subscribe (false: no progress is asked for), headers, timeout (seconds), account.
---@param recipient string
---@param target string
---@param options sipua.TransferConfig?
---@return sipua.Transfer
function Agent:refer(recipient, target, options) end

---Subscribes ("presence", "message-summary", "dialog" ...) and returns the subscription at once: active() waits.
---options: expires (seconds, -1: ask once), accept, body, content_type, headers, from, account.
---@param target string
---@param event string
---@param options sipua.SubscribeConfig?
---@return sipua.Subscription
function Agent:subscribe(target, event, options) end

---Takes no more calls (503), and waits until those that are up have ended; false: back to work.
---@param on boolean?
---@return sipua.Agent
function Agent:drain(on) end

---@class sipua.Player
---@field id integer
---@field done sipua.event.play_done|sipua.event.record_done|nil
local Player = {}

---A player or recorder: wait() for its end, stop() it before.
---@return table
function Player:wait() end

---@return table
function Player:stop() end

---@class sipua.Transfer
---@field id integer
---@field status integer? of the new call
---@field done sipua.event.transfer_done?
---@field call sipua.Call?
local Transfer = {}

---Runs fn(event) in a task for each event of that name; "*" is any.
---@param name string
---@param fn fun(event: sipua.Event)
---@return sipua.Transfer
function Transfer:on(name, fn) end

---Waits for its end: the transfer_done event, or nil and the error; the call then goes on.
---@return sipua.event.transfer_done?, sipua.Error?
function Transfer:wait() end

---@class sipua.TransferRequest
---@field id integer
---@field target string
---@field from string
---@field from_name string?
---@field referred_by string?
---@field replaces string?
---@field joins boolean `replaces` names a call to join
---@field deadline number seconds
---@field call sipua.Call?
---@field account sipua.Account?
---@field done sipua.event.transfer_done?
local TransferRequest = {}

---Runs fn(event) in a task for each event of that name; "*" is any.
---@param name string
---@param fn fun(event: sipua.Event)
---@return sipua.TransferRequest
function TransferRequest:on(name, fn) end

---Calls the target, and tells the other side how that goes; returns the new call at once. The call in which this came
---goes on until somebody hangs up. options: as for agent:dial().
---@param options sipua.CallConfig?
---@return sipua.Call
function TransferRequest:accept(options) end

---Refuses it, with 603 or as said. options: reason, headers.
---@param status integer?
---@param options sipua.Reply?
function TransferRequest:reject(status, options) end

---The first header of that name of the request, or nil; `index` counts from 1.
---@param name string
---@param index integer?
---@return string?
function TransferRequest:header(name, index) end

---@class sipua.Change
---@field call sipua.Call
---@field hold boolean
---@field resume boolean
---@field offerless boolean
---@field body string
---@field content_type string?
---@field deadline number seconds
local Change = {}

---Takes it as far as we can. options: headers, body (the answer, of a call whose media the program does itself).
---@param options sipua.Reply?
function Change:accept(options) end

---Refuses it, with 488 or as said; the call is as it was. options: reason, headers.
---@param status integer?
---@param options sipua.Reply?
function Change:reject(status, options) end

---@class sipua.Conference
---@field id integer
---@field calls table<integer, sipua.Call>
---@field rate integer
---@field ended sipua.event.conference_ended?
local Conference = {}

---Runs fn(event) in a task for each event of that name; "*" is any.
---@param name string
---@param fn fun(event: sipua.Event)
---@return sipua.Conference
function Conference:on(name, fn) end

---Adds a call, answered or not; it leaves when it ends. Raises BUSY when it is in a conference or a bridge already.
---@param call sipua.Call
---@return sipua.Conference
function Conference:add(call) end

---Takes a call out; it goes on by itself.
---@param call sipua.Call
---@return sipua.Conference
function Conference:remove(call) end

---The calls in it, as a list.
---@return sipua.Call[]
function Conference:members() end

---Ends it and waits for that; its calls go on by themselves, or { hangup = true } are hung up too.
---@param options {hangup: boolean?}?
---@return sipua.event.conference_ended
function Conference:close(options) end

---Waits for its end and says how it ended; nil and the error when that was a failure.
---@return sipua.Event?, sipua.Error?
function Conference:wait_ended() end

---Plays a WAV file and returns its player at once. options: loop.
---@param file string
---@param options {loop: boolean?}?
---@return sipua.Player
function Conference:start_play(file, options) end

---Plays a WAV file, behind what is queued, and waits for its end. The play_done event.
---@param file string
---@param options {loop: boolean?}?
---@return sipua.event.play_done
function Conference:play(file, options) end

---Records the far end, mono, or { stereo = true }: near left, far right; { near = true }: what we send. Returns the
---recorder; it ends with stop() or the call.
---@param file string
---@param options {stereo: boolean?, near: boolean?}?
---@return sipua.Player
function Conference:record(file, options) end

---Reads that many milliseconds of what the peer says, waiting for them. nil once the call has ended. A steady
---stream: silence in hold, in gaps and before the answer. Also returns flags: 1 some of it was made up for lost
---packets, 2 nothing came.
---@param ms integer?
---@return string?, integer?
function Conference:read(ms) end

---for pcm in call:frames(20) do ... end: what the peer says, until the call has ended.
---@param ms integer?
---@return fun(): string?, integer?
function Conference:frames(ms) end

---Queues samples to be sent, at the call's rate or another (8000, 16000, 24000, 48000), waiting only when the queue
---is full. segment: a number that names this piece in the result of flush(). Returns the milliseconds now queued.
---@param pcm string
---@param rate integer?
---@param segment integer?
---@return integer
function Conference:write(pcm, rate, segment) end

---Milliseconds of audio that wait to be sent.
---@return integer
function Conference:queued_ms() end

---Waits until no more than that waits to be sent.
---@param below_ms integer?
function Conference:drain(below_ms) end

---Drops all that is queued. The flushed event: segment, played_ms, discarded_ms.
---@return sipua.event.flushed
function Conference:flush() end

---Names this point of what is written: the mark event with this number comes when all before it has been sent.
---call:wait("mark") waits for it.
---@param number integer
---@return sipua.Call
function Conference:mark(number) end

---Changes the rate of what is read.
---@param rate integer?
---@return sipua.Call
function Conference:set_rate(rate) end

---@class sipua.Bridge
---@field id integer
---@field a sipua.Call
---@field b sipua.Call
---@field state string
---@field ended sipua.event.bridge_ended?
local Bridge = {}

---Runs fn(event) in a task for each event of that name; "*" is any.
---@param name string
---@param fn fun(event: sipua.Event)
---@return sipua.Bridge
function Bridge:on(name, fn) end

---Takes them apart and waits for that; both calls go on by themselves.
---@return sipua.event.bridge_ended
function Bridge:close() end

---Waits for its end and says how it ended; nil and the error when that was a failure.
---@return sipua.Event?, sipua.Error?
function Bridge:wait_ended() end

---@class sipua.Subscription
---@field id integer
---@field target string
---@field package string
---@field state string?
---@field last sipua.event.notify?
---@field document table? the last one's
---@field ended sipua.event.subscription_state?
local Subscription = {}

---Runs fn(event) in a task for each event of that name; "*" is any.
---@param name string
---@param fn fun(event: sipua.Event)
---@return sipua.Subscription
function Subscription:on(name, fn) end

---Waits until it is active: the subscription, or nil and the error when it is refused or ends before.
---@return sipua.Subscription?, sipua.Error?
function Subscription:active() end

---The next of what it is told, waiting for it: a notify event, with `document` where the library reads the body. nil when
---the subscription has ended, or nothing came within that many seconds; with an error when it was refused or broke.
---@param seconds number
---@return sipua.event.notify?
function Subscription:next(seconds) end

---for note in subscription:notes() do ... end: all that it is told, until it has ended. Raises when it was refused or broke.
---@return fun(): sipua.event.notify?
function Subscription:notes() end

---Asks again now; expires: seconds, nil as before.
---@param expires integer?
---@return sipua.Subscription
function Subscription:refresh(expires) end

---Unsubscribes and waits for that.
---@return sipua.event.subscription_state
function Subscription:close() end

---@class sipua.Notifier
---@field id integer
---@field from string
---@field from_name string?
---@field to string
---@field target string?
---@field package string
---@field state string?
---@field expires integer
---@field body string
---@field content_type string?
---@field deadline number seconds
---@field account sipua.Account?
---@field ended sipua.event.subscription_state?
local Notifier = {}

---Runs fn(event) in a task for each event of that name; "*" is any.
---@param name string
---@param fn fun(event: sipua.Event)
---@return sipua.Notifier
function Notifier:on(name, fn) end

---Answers 200 and sends the first NOTIFY, whose body (a string or a document) is sent again whenever the subscriber
---refreshes. A document that does not say whom it is about is about `to`; versions are counted. options: state ("active",
---"pending"), content_type, expires (at most so many seconds), headers.
---@param body string|table|nil
---@param options sipua.NotifyConfig?
---@return sipua.Notifier
function Notifier:accept(body, options) end

---Refuses it, with 403 or as said. options: reason, headers.
---@param status integer?
---@param options sipua.Reply?
function Notifier:reject(status, options) end

---Sends a NOTIFY. When several come faster than they are answered, the newest counts. options: as for accept().
---@param body string|table|nil
---@param options sipua.NotifyConfig?
---@return sipua.Notifier
function Notifier:notify(body, options) end

---Ends it with a last NOTIFY. options: reason ("timeout", "noresource", "rejected", "deactivated", "probation", "giveup";
---default "noresource"), body, retry_after_s.
---@param options sipua.NotifyConfig?
---@return sipua.event.subscription_state
function Notifier:close(options) end

---The first header of that name of the SUBSCRIBE, or nil; `index` counts from 1.
---@param name string
---@param index integer?
---@return string?
function Notifier:header(name, index) end

---@class sipua.Publication
---@field id integer
---@field package string
---@field state string?
---@field ended sipua.event.publish_state?
local Publication = {}

---Runs fn(event) in a task for each event of that name; "*" is any.
---@param name string
---@param fn fun(event: sipua.Event)
---@return sipua.Publication
function Publication:on(name, fn) end

---Replaces what is published, and waits until it is there: the publication, or nil and the error.
---@param body string|table|nil
---@param options {content_type: string?}?
---@return sipua.Publication?, sipua.Error?
function Publication:update(body, options) end

---Takes it back and waits for that.
---@return sipua.event.publish_state
function Publication:close() end

---@class sipua.Message
---@field id integer
---@field from string
---@field from_name string?
---@field to string
---@field text string
---@field body string
---@field content_type string
---@field deadline number seconds
---@field account sipua.Account?
---@field answered integer?
---@field message_id string?
---@field call sipua.Call?
---@field document table?
local Message = {}

---The first header of that name, or nil; `index` counts from 1.
---@param name string
---@param index integer?
---@return string?
function Message:header(name, index) end

---All headers, as a list of {name, value}.
---@return string[][]
function Message:headers() end

---Answers 200. options: headers.
---@param options sipua.Reply?
function Message:accept(options) end

---Refuses it, with 480 or as said. options: reason, headers.
---@param status integer?
---@param options sipua.Reply?
function Message:reject(status, options) end

---Tells the sender that it was shown, if he wanted to know, and waits: true, or nil and the error. (That it has arrived is
---told by accept().)
---@return sipua.event.message_delivered|true|nil, sipua.Error?
function Message:displayed() end

---@class sipua.Registrar
---@field host string
---@field port integer
---@field uri string
---@field agent sipua.Agent
local Registrar = {}

---Opens one more listener.
---@param address string
function Registrar:listen(address) end

---The address of record of a user.
---@param name string
---@return string
function Registrar:aor(name) end

---Adds a user or changes its password; nil removes it.
---@param name string
---@param password string?
function Registrar:set_user(name, password) end

---Ends it.
function Registrar:close() end

---pcall in which a bot may wait, in every version of Lua.
---@param fn function
---@return boolean, any
function sipua.pcall(fn, ...) end

return sipua
