-- Written by abi/gen/generate from sipua.h. Do not edit.
-- The names of the library: codes of errors, words of enumerations, events with their fields.
return {
    version = { 0, 2, 0 },
    codes = {
        OK = 0,
        INVALID = -1, -- an argument is wrong
        NOMEM = -2, -- memory ran out
        CLOSED = -3, -- the agent has been closed
        GONE = -4, -- the object has ended, or never was
        KIND = -5, -- the id belongs to an object of another kind
        STATE = -6, -- not possible at this point of the object's life
        VERSION = -7, -- a struct whose size, padding or tail this library does not know
        FORKED = -8, -- the agent belongs to the parent process
        BUSY = -9, -- somebody else is doing this now
        INTERRUPTED = -10, -- a signal arrived, or sipua_poll_interrupt() was called
        CANCELED = -11, -- given up before it was done
        TIMEOUT = -12, -- no answer in time
        EOF = -13, -- the call has ended and all its audio has been read
        FULL = -14, -- a queue is full: try again later
        LIMIT = -15, -- a configured limit is reached
        UNSUPPORTED = -16, -- this library cannot do that
        URI = -17, -- not a usable URI
        HEADER = -18, -- not a usable header name or value: CR or LF in it, or the stack's own header
        ADDRESS = -19, -- not a usable address
        IN_USE = -20, -- the address is taken
        IO = -21, -- the operating system said no
        NOT_FOUND = -22, -- no such file, name or option
        FORMAT = -23, -- a file or text in a form that cannot be read
        DNS = -24, -- the name could not be resolved
        TRANSPORT = -25, -- the connection failed or was lost
        PROTOCOL = -26, -- the peer broke the protocol
        AUTH = -27, -- credentials are missing or were refused
        MEDIA = -28, -- no media in common, or media could not be started
        PERMISSION = -29, -- the operating system forbids it
        INTERNAL = -30, -- a defect in this library: please report it
        TLS = -31, -- a certificate or key is unusable, or a TLS handshake failed
    },
    enums = {
        cause = { ["Terminated"] = 1, ["Canceled"] = 2, ["Busy"] = 3, ["Rejected"] = 4, ["Redirected"] = 5, ["Unavailable"] = 6, ["Not Found"] = 7, ["Address Incomplete"] = 8, ["Incompatible SDP"] = 9, ["Missing SDP"] = 10, ["Bad Media Description"] = 11, ["Authentication Error"] = 12, ["No Answer"] = 13, ["No ACK"] = 14, ["Expires"] = 15, ["Dialog Error"] = 16, ["Request Timeout"] = 17, ["Connection Error"] = 18, ["RTP Timeout"] = 19, ["SIP Failure Code"] = 20, ["Internal Error"] = 21, ["Overload"] = 22, ["Replaced"] = 23, ["Transferred"] = 24, ["Time Limit"] = 25, ["Session Expired"] = 26 },
        originator = { ["local"] = 1, ["remote"] = 2, ["system"] = 3 },
        log_level = { ["default"] = 0, ["none"] = -1, ["error"] = 1, ["warning"] = 2, ["info"] = 3, ["debug"] = 4 },
        ask_kind = { ["call"] = 1, ["message"] = 2, ["change"] = 3, ["transfer"] = 4, ["subscribe"] = 5, ["replace"] = 6, ["join"] = 7 },
        event_flags = { ["refresh"] = 1, ["early_media"] = 2, ["established"] = 4, ["default"] = 8, ["flushed"] = 16, ["final"] = 32, ["followed"] = 64, ["hold"] = 128, ["resume"] = 256, ["offerless"] = 512, ["send"] = 1024, ["receive"] = 2048, ["join"] = 4096, ["added"] = 8192, ["wants_delivered"] = 16384, ["wants_displayed"] = 32768, ["early_only"] = 65536, ["auto_answer"] = 131072 },
        media = { ["default"] = 0, ["rtp"] = 1, ["none"] = 2 },
        record_side = { ["far"] = 0, ["near"] = 1, ["stereo"] = 2 },
        change_method = { ["auto"] = 0, ["invite"] = 1, ["update"] = 2 },
        audio_flags = { ["concealed"] = 1, ["silence"] = 2 },
        disposition = { ["delivered"] = 1, ["displayed"] = 2, ["processed"] = 4 },
        server_mode = { ["proxy"] = 0, ["redirect"] = 1 },
    },
    events = {
        listening = { type = 1, fields = { "transport", "host", "port" } },
        listener_closed = { type = 2, fields = { "code", "text" }, terminal = true },
        transport_connecting = { type = 3, fields = { "transport", "host", "port" } },
        transport_connected = { type = 4, fields = { "transport", "host", "port" } },
        transport_disconnected = { type = 5, fields = { "transport", "host", "port", "code", "text", "check", "names" } },
        network_changed = { type = 6, fields = { "originator", "text" } },
        registered = { type = 10, fields = { "status", "reason", "expires", "flags", "transport", "host", "port", "local_host", "local_port", "pub_gruu", "temp_gruu" } },
        registration_degraded = { type = 11, fields = { "status", "reason", "cause", "code", "text", "retry_ms" } },
        unregistered = { type = 12, fields = { "status", "reason", "cause", "code", "text" } },
        registration_failed = { type = 13, fields = { "status", "reason", "cause", "code", "text", "retry_ms" } },
        account_closed = { type = 14, fields = {  }, terminal = true },
        path_quality = { type = 15, fields = { "status", "reason", "code", "text", "duration_ms", "count" } },
        incoming_call = { type = 20, fields = { "from", "from_name", "to", "to_name", "target", "deadline_ms", "default_status", "body", "content_type", "other", "flags", "identity", "identity_name", "diversion", "referred_by", "replaces", "privacy", "answer_after_s", "dialog" } },
        call_sending = { type = 21, fields = { "from", "to", "target" } },
        call_progress = { type = 22, fields = { "status", "reason", "flags", "originator", "body", "content_type", "identity", "identity_name", "dialog" } },
        call_accepted = { type = 23, fields = { "status", "reason", "originator", "from", "to", "body", "content_type", "identity", "identity_name", "dialog" } },
        call_confirmed = { type = 24, fields = { "originator" } },
        call_ended = { type = 25, fields = { "status", "reason", "cause", "code", "text", "q850", "originator", "flags", "duration_ms", "other" }, terminal = true },
        call_held = { type = 26, fields = { "originator", "body", "content_type" } },
        call_resumed = { type = 27, fields = { "originator", "body", "content_type" } },
        call_updated = { type = 28, fields = { "originator", "codec", "body", "content_type" } },
        call_redirected = { type = 29, fields = { "status", "reason", "target", "flags" } },
        dtmf = { type = 30, fields = { "digit", "duration_ms" } },
        info = { type = 31, fields = { "body", "content_type" } },
        dtmf_sent = { type = 32, fields = { "status", "reason", "code", "text" } },
        call_moved = { type = 33, fields = { "local_host", "local_port", "status", "reason", "code", "text" } },
        call_change_requested = { type = 34, fields = { "deadline_ms", "default_status", "flags", "body", "content_type" } },
        call_change_failed = { type = 35, fields = { "originator", "status", "reason", "cause", "code", "text", "flags" } },
        call_muted = { type = 36, fields = { "flags" } },
        call_unmuted = { type = 37, fields = { "flags" } },
        call_replaced = { type = 38, fields = { "other", "from", "from_name", "to", "to_name", "target", "identity", "identity_name", "body", "content_type", "dialog" } },
        request_answered = { type = 39, fields = { "status", "reason", "cause", "code", "text", "duration_ms", "body", "content_type" }, terminal = true },
        message = { type = 40, fields = { "from", "from_name", "to", "to_name", "target", "deadline_ms", "default_status", "body", "content_type", "message_id", "flags" } },
        message_answered = { type = 41, fields = { "status", "flags" }, terminal = true },
        message_delivered = { type = 42, fields = { "status", "reason", "message_id" }, terminal = true },
        message_failed = { type = 43, fields = { "status", "reason", "cause", "code", "text", "message_id" }, terminal = true },
        message_composing = { type = 44, fields = { "from", "from_name", "state", "expires" } },
        message_disposition = { type = 45, fields = { "from", "message_id", "state", "status" } },
        options = { type = 50, fields = { "from", "to" } },
        options_answered = { type = 51, fields = { "status", "reason", "cause", "code", "text", "duration_ms", "body", "content_type" }, terminal = true },
        subscribe_requested = { type = 52, fields = { "from", "from_name", "to", "to_name", "target", "package", "expires", "deadline_ms", "default_status", "body", "content_type" } },
        notify = { type = 53, fields = { "from", "package", "state", "expires", "fork", "flags", "body", "content_type" } },
        subscription_state = { type = 54, fields = { "package", "state", "status", "reason", "code", "text", "expires", "retry_ms", "flags" }, terminal = true },
        publish_state = { type = 55, fields = { "package", "state", "status", "reason", "cause", "code", "text", "expires", "retry_ms", "flags" }, terminal = true },
        transfer_requested = { type = 56, fields = { "target", "from", "from_name", "referred_by", "replaces", "flags", "deadline_ms", "default_status" } },
        transfer_progress = { type = 57, fields = { "status", "reason" } },
        transfer_done = { type = 58, fields = { "status", "reason", "cause", "code", "text" }, terminal = true },
        media_ready = { type = 60, fields = { "codec", "rate", "host", "port", "flags" } },
        media_stalled = { type = 61, fields = { "duration_ms", "flags" } },
        media_resumed = { type = 62, fields = { "flags" } },
        mark = { type = 63, fields = { "mark", "flags", "played_ms" } },
        flushed = { type = 64, fields = { "segment", "played_ms", "discarded_ms" } },
        audio_ready = { type = 65, fields = {  } },
        play_done = { type = 66, fields = { "code", "text", "duration_ms", "flags" }, terminal = true },
        record_done = { type = 67, fields = { "code", "text", "duration_ms", "target" }, terminal = true },
        collected = { type = 68, fields = { "digits", "state", "duration_ms" }, terminal = true },
        conference_changed = { type = 70, fields = { "other", "count", "flags" } },
        conference_ended = { type = 71, fields = { "code", "text", "duration_ms" }, terminal = true },
        bridge_changed = { type = 72, fields = { "state", "codec" } },
        bridge_ended = { type = 73, fields = { "code", "text", "duration_ms" }, terminal = true },
        server_binding = { type = 80, fields = { "from", "target", "expires" } },
        server_closed = { type = 81, fields = {  }, terminal = true },
        stats = { type = 90, fields = { "flags" } },
        trace = { type = 91, fields = { "originator", "transport", "host", "port", "body" } },
        log = { type = 92, fields = { "level", "module", "text" } },
        overflow = { type = 93, fields = { "count", "text" } },
        reply = { type = 94, fields = { "code", "text" } },
        shutdown = { type = 95, fields = {  } },
        suspicious = { type = 96, fields = { "host", "port", "count", "text" } },
        drained = { type = 97, fields = {  } },
    },
}
