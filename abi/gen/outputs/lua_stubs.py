"""LuaCATS stubs: what the language server shows of the Lua binding. The classes and their comments are read from the
binding's own files; structs, events and enumerations from the header."""

from __future__ import annotations

import pathlib
import re

from model import Header, Member, Struct, camel
from outputs.lua_swig import COMMON, always_needed, callable_from_lua, kind_of, lua_words, plain, structs, visible

ROOT = pathlib.Path(__file__).resolve().parents[3]
SOURCE = "bindings/lua/sipua"
FILES = ["bindings/lua/library/sipua.lua"]
# Where each class stands, and what it is called in stubs.
CLASSES = [
    ("sipua", "init.lua", "sipua", "sipua"), ("Agent", "agent.lua", "sipua.Agent", "Agent"),
    ("Account", "account.lua", "sipua.Account", "Account"), ("Call", "call.lua", "sipua.Call", "Call"),
    ("Call", "audio.lua", "", "Call"), ("Call", "gather.lua", "", "Call"),
    ("Call", "control.lua", "", "Call"), ("Agent", "services.lua", "", "Agent"),
    ("Worker", "audio.lua", "sipua.Player", "Player"), ("Transfer", "transfer.lua", "sipua.Transfer", "Transfer"),
    ("Request", "transfer.lua", "sipua.TransferRequest", "TransferRequest"), ("Change", "services.lua", "sipua.Change", "Change"),
    ("Conference", "together.lua", "sipua.Conference", "Conference"), ("class", "together.lua", "", "Conference"),
    ("Call", "audio.lua", "", "Conference"), ("Bridge", "together.lua", "sipua.Bridge", "Bridge"),
    ("class", "together.lua", "", "Bridge"), ("Subscription", "subscription.lua", "sipua.Subscription", "Subscription"),
    ("Notifier", "subscription.lua", "sipua.Notifier", "Notifier"),
    ("Publication", "subscription.lua", "sipua.Publication", "Publication"), ("Message", "message.lua", "sipua.Message", "Message"),
    ("Registrar", "registrar.lua", "sipua.Registrar", "Registrar"),
]
FIELDS = {
    "sipua": {"codes": "table<string, integer> the numbers of errors", "events": "table<string, table> the events with their fields",
              "documents": "sipua.documents makers of bodies", "raw": "sipua.raw every function of sipua.h, without its prefix"},
    "Agent": {"listeners": "{transport: string, host: string, port: integer, id: integer}[]", "calls": "table<integer, sipua.Call>"},
    "Account": {"id": "integer", "aor": "string", "registered": "boolean", "expires": "integer seconds granted"},
    "Call": {"id": "integer", "direction": '"incoming"|"outgoing"', "account": "sipua.Account?", "from": "string?",
             "from_name": "string?", "to": "string?", "to_name": "string?", "target": "string?", "codec": "string?",
             "rate": "integer", "established": "boolean", "held": "boolean by the peer", "holding": "boolean by us",
             "muted": "{send: boolean, receive: boolean}", "ended": "sipua.event.call_ended?", "identity": "string?",
             "identity_name": "string?", "diversion": "string?", "referred_by": "string?", "replaces": "string?",
             "privacy": "string?", "answer_after": "integer? seconds", "other": "sipua.Call? that it is to replace or join",
             "joins": "boolean? it wants to join `other`", "replaced_by": "sipua.Call?",
             "dialog": "string? CALL-ID;to-tag=OURS;from-tag=PEERS, as a Replaces to us says it"},
    "Transfer": {"id": "integer", "status": "integer? of the new call", "done": "sipua.event.transfer_done?", "call": "sipua.Call?"},
    "TransferRequest": {"id": "integer", "target": "string", "from": "string", "from_name": "string?", "referred_by": "string?",
                        "replaces": "string?", "joins": "boolean `replaces` names a call to join", "deadline": "number seconds",
                        "call": "sipua.Call?", "account": "sipua.Account?", "done": "sipua.event.transfer_done?"},
    "Change": {"call": "sipua.Call", "hold": "boolean", "resume": "boolean", "offerless": "boolean", "body": "string",
               "content_type": "string?", "deadline": "number seconds"},
    "Conference": {"id": "integer", "calls": "table<integer, sipua.Call>", "rate": "integer",
                   "ended": "sipua.event.conference_ended?"},
    "Bridge": {"id": "integer", "a": "sipua.Call", "b": "sipua.Call", "state": "string", "ended": "sipua.event.bridge_ended?"},
    "Subscription": {"id": "integer", "target": "string", "package": "string", "state": "string?", "last": "sipua.event.notify?",
                     "document": "table? the last one's", "ended": "sipua.event.subscription_state?"},
    "Notifier": {"id": "integer", "from": "string", "from_name": "string?", "to": "string", "target": "string?",
                 "package": "string", "state": "string?", "expires": "integer", "body": "string", "content_type": "string?",
                 "deadline": "number seconds", "account": "sipua.Account?", "ended": "sipua.event.subscription_state?"},
    "Publication": {"id": "integer", "package": "string", "state": "string?", "ended": "sipua.event.publish_state?"},
    "Player": {"id": "integer", "done": "sipua.event.play_done|sipua.event.record_done|nil"},
    "Message": {"id": "integer", "from": "string", "from_name": "string?", "to": "string", "text": "string", "body": "string",
                "content_type": "string", "deadline": "number seconds", "account": "sipua.Account?", "answered": "integer?",
                "message_id": "string?", "call": "sipua.Call?", "document": "table?"},
    "Registrar": {"host": "string", "port": "integer", "uri": "string", "agent": "sipua.Agent"},
}
OPTIONS = {
    "sipua.agent": "sipua.AgentConfig", "sipua.registrar": "sipua.ServerConfig", "Agent:account": "sipua.AccountConfig",
    "Agent:call": "sipua.CallConfig", "Agent:dial": "sipua.CallConfig", "Account:call": "sipua.CallConfig",
    "Account:dial": "sipua.CallConfig", "Agent:message": "sipua.MessageConfig", "Account:message": "sipua.MessageConfig",
    "Agent:options": "sipua.MessageConfig", "Account:options": "sipua.MessageConfig", "Agent:listen": "sipua.ListenerConfig",
    "Account:unregister": "{all: boolean?}", "Call:send_dtmf": "{ms: integer?, gap: integer?}",
    "Call:play": "{loop: boolean?}", "Call:start_play": "{loop: boolean?}",
    "Call:record": "{stereo: boolean?, near: boolean?}",
    "Call:hold": "{method: sipua.change_method?, headers: table?}", "Call:resume": "{method: sipua.change_method?, headers: table?}",
    "Call:renegotiate": "{codecs: string[]?, method: sipua.change_method?, headers: table?}", "Call:mute": "{send: boolean?, receive: boolean?}",
    "Call:unmute": "{send: boolean?, receive: boolean?}", "Call:transfer": "sipua.TransferConfig",
    "Call:collect": "{max: integer?, timeout: number|false|nil, between: number?, terminators: string?, interrupt: boolean?}",
    "Call:info": "sipua.RequestConfig", "Call:request": "sipua.RequestConfig", "Call:message": "sipua.MessageConfig",
    "Agent:on_call": "{replacing: boolean?, joining: boolean?}", "Agent:conference": "sipua.ConferenceConfig",
    "Agent:bridge": "sipua.BridgeConfig", "Agent:refer": "sipua.TransferConfig", "Account:refer": "sipua.TransferConfig",
    "Agent:subscribe": "sipua.SubscribeConfig", "Account:subscribe": "sipua.SubscribeConfig",
    "Account:publish": "sipua.PublishConfig", "Request:accept": "sipua.CallConfig", "Conference:close": "{hangup: boolean?}",
    "Notifier:accept": "sipua.NotifyConfig", "Notifier:notify": "sipua.NotifyConfig", "Notifier:close": "sipua.NotifyConfig",
    "Publication:update": "{content_type: string?}",
    "Call:gather": "{max: integer?, timeout: number?, terminator: string?, prompt: string|string[]?, barge: boolean?, "
                   "typeahead: boolean?}",
}
PARAMS = {
    "fn": "function", "name": "string", "target": "string", "text": "string", "seconds": "number", "timeout": "number?",
    "deadline": "number?", "digits": "string", "file": "string", "ms": "integer?", "pcm": "string", "rate": "integer?",
    "segment": "integer?", "number": "integer", "below_ms": "integer?", "status": "integer?", "index": "integer?",
    "key": "string", "value": "string|number|boolean", "address": "string", "password": "string?", "err": "any",
    "uri": "sipua.Uri", "call": "sipua.Call", "a": "sipua.Call", "b": "sipua.Call", "body": "string|table|nil", "event": "string",
    "recipient": "string", "method": "string", "active": "boolean?", "on": "boolean?", "expires": "integer?",
}
REPLY = "sipua.Reply"
RETURNS = {
    "sipua.agent": "sipua.Agent", "sipua.registrar": "sipua.Registrar", "sipua.is_error": "boolean",
    "sipua.is_hangup": "boolean", "sipua.version": "string", "sipua.features": "table<string, boolean>",
    "sipua.options": "sipua.OptionInfo[]", "sipua.parse_uri": "sipua.Uri?, sipua.Error?", "sipua.write_uri": "string?, sipua.Error?",
    "Agent:account": "sipua.Account", "Agent:call": "sipua.Call?, sipua.Error?", "Agent:dial": "sipua.Call",
    "Account:call": "sipua.Call?, sipua.Error?", "Account:dial": "sipua.Call", "Account:register": "sipua.Account?, sipua.Error?",
    "Account:unregister": "boolean?, sipua.Error?", "Agent:message": "sipua.event.message_delivered?, sipua.Error?",
    "Account:message": "sipua.event.message_delivered?, sipua.Error?", "Agent:options": "sipua.event.options_answered?, sipua.Error?",
    "Account:options": "sipua.event.options_answered?, sipua.Error?", "Agent:stats": "sipua.AgentCounters",
    "Agent:step": "boolean", "Agent:fd": "integer", "Agent:timeout": "number?",
    "Agent:listen": "{transport: string, host: string, port: integer, id: integer}", "Agent:every": "{cancel: function}",
    "Call:ring": "sipua.Call", "Call:answer": "sipua.Call", "Call:answered": "sipua.Call", "Call:reject": "sipua.event.call_ended",
    "Call:hangup": "sipua.event.call_ended", "Call:wait_ended": "sipua.event.call_ended", "Call:wait": "sipua.Event?",
    "Call:stats": "sipua.CallStats", "Call:duration": "number", "Call:header": "string?", "Call:headers": "string[][]",
    "Call:start_play": "sipua.Player", "Call:play": "sipua.event.play_done", "Call:record": "sipua.Player",
    "Call:read": "string?, integer?", "Call:frames": "fun(): string?, integer?", "Call:write": "integer",
    "Call:queued_ms": "integer", "Call:flush": "sipua.event.flushed", "Call:mark": "sipua.Call", "Call:set_rate": "sipua.Call",
    "Call:gather": 'string, "max"|"terminator"|"timeout"', "Worker:wait": "table", "Worker:stop": "table",
    "Call:hold": "sipua.Call?, sipua.Error?", "Call:resume": "sipua.Call?, sipua.Error?",
    "Call:renegotiate": "sipua.Call?, sipua.Error?", "Call:mute": "sipua.Call", "Call:unmute": "sipua.Call",
    "Call:transfer": "sipua.Transfer", "Call:collect": 'string, "full"|"terminator"|"timeout"|"stopped"',
    "Call:info": "sipua.event.request_answered?, sipua.Error?", "Call:request": "sipua.event.request_answered?, sipua.Error?",
    "Call:message": "sipua.event.message_delivered?, sipua.Error?", "Call:send_dtmf": "sipua.Call?, sipua.Error?",
    "Transfer:wait": "sipua.event.transfer_done?, sipua.Error?", "Request:accept": "sipua.Call", "Request:header": "string?",
    "Agent:on_call": "sipua.Agent", "Agent:on_message": "sipua.Agent", "Agent:on_transfer": "sipua.Agent",
    "Agent:on_change": "sipua.Agent", "Agent:on_subscribe": "sipua.Agent", "Agent:conference": "sipua.Conference",
    "Agent:bridge": "sipua.Bridge", "Agent:refer": "sipua.Transfer", "Account:refer": "sipua.Transfer",
    "Agent:subscribe": "sipua.Subscription", "Account:subscribe": "sipua.Subscription", "Agent:drain": "sipua.Agent",
    "Account:publish": "sipua.Publication?, sipua.Error?", "Account:composing": "sipua.event.message_delivered?, sipua.Error?",
    "Conference:add": "sipua.Conference", "Conference:remove": "sipua.Conference", "Conference:members": "sipua.Call[]",
    "Conference:close": "sipua.event.conference_ended", "Bridge:close": "sipua.event.bridge_ended", "class:wait_ended": "sipua.Event?, sipua.Error?",
    "Subscription:active": "sipua.Subscription?, sipua.Error?", "Subscription:next": "sipua.event.notify?",
    "Subscription:notes": "fun(): sipua.event.notify?", "Subscription:refresh": "sipua.Subscription",
    "Subscription:close": "sipua.event.subscription_state", "Notifier:accept": "sipua.Notifier", "Notifier:notify": "sipua.Notifier",
    "Notifier:close": "sipua.event.subscription_state", "Notifier:header": "string?",
    "Publication:update": "sipua.Publication?, sipua.Error?", "Publication:close": "sipua.event.publish_state",
    "Message:displayed": "sipua.event.message_delivered|true|nil, sipua.Error?", "sipua.write_document": "string, string",
    "Message:header": "string?", "Message:headers": "string[][]", "Registrar:aor": "string",
}
TYPES = {"SL_I32": "integer", "SL_U32": "integer", "SL_U64": "integer", "SL_NONZERO": "integer", "SL_SWITCH": "boolean",
         "SL_STRING": "string", "SL_BYTES": "string", "SL_DIGIT": "string", "SL_CAUSE": "sipua.cause", "SL_STRINGS": "string[]",
         "SL_PAIRS": "table<string, string>|string[][]", "SL_FLAGS": "table<string, boolean>"}
RENAMED = {"AgentConfig": [("rtp_ports", "integer[]", "first and last RTP port"), ("display_name", "string", "of its accounts"),
                           ("auth_user", "string", "of its accounts"), ("outbound_proxy", "string", "of its accounts"),
                           ("options", "table<string, string|number|boolean>", "what set_option() sets, from the start"),
                           ("on_event", "function", "as agent:on_event(), from the start"),
                           ("on_log", "function|false", "as agent:on_log(), from the start")],
           "ServerConfig": [("listen", "string[]", "default udp and tcp on a free port of 127.0.0.1"), ("trace", "boolean", ""),
                            ("log_level", "sipua.log_level", "")],
           "CallConfig": [("timeout", "number", "seconds until the call is given up"), ("account", "sipua.Account", "of agent:call()"),
                          ("early_media", "boolean", "return as soon as audio flows")],
           "TransferConfig": [("timeout", "number", "seconds until it counts as failed"), ("account", "sipua.Account", "of agent:refer()"),
                              ("consult", "sipua.Call", "our other call, whose peer the first one's peer shall talk with")],
           "SubscribeConfig": [("account", "sipua.Account", "of agent:subscribe()")],
           "RequestConfig": [("timeout", "number", "seconds")],
           "MessageConfig": [("disposition", 'string[]', '"delivered", "displayed", "processed": what the sender wants to be told'),
                             ("timeout", "number", "seconds"), ("account", "sipua.Account", "of agent:message()")]}
GIVEN = {"CallConfig": {"target"}, "MessageConfig": {"target", "body", "disposition", "call", "report", "composing"},
         "TransferConfig": {"target", "consult", "recipient"}, "SubscribeConfig": {"target", "event"}, "PublishConfig": {"event", "body"},
         "RequestConfig": {"method", "body"}, "ListenerConfig": {"address"}}

HEAD = """---@meta
-- Written by abi/gen/generate from sipua.h and bindings/lua/sipua. Do not edit.
-- For the Lua language server: add this folder to workspace.library.

"""


def flat(doc: str) -> str:
    return " ".join(doc.split())


def field_type(header: Header, s: Struct, m: Member) -> str:
    kind, words = kind_of(header, s, m, s.out)
    return f"sipua.{plain(words)}" if kind == "SL_WORD" else TYPES[kind]


def struct_class(header: Header, s: Struct) -> str:
    name = camel(s.name)
    text = f"---{flat(s.doc).split(' Out-struct')[0]}\n" if s.doc else ""
    text += f"---@class sipua.{name}\n"
    for m in visible(s):
        if m.name in GIVEN.get(name, ()) or m.name in ("rtp_port_min", "rtp_port_max"):
            continue
        mark = "" if s.out and "const char" not in m.type or always_needed(m) else "?"
        text += f"---@field {m.name}{mark} {field_type(header, s, m)} {flat(m.doc)}".rstrip() + "\n"
    for field, kind, doc in RENAMED.get(name, []):
        text += f"---@field {field}? {kind} {doc}".rstrip() + "\n"
    return text + "\n"


def events(header: Header) -> str:
    view = header.struct("sipua_event_view")
    text = "---What happened. Fields that do not apply are nil.\n---@class sipua.Event\n---@field event string its name\n"
    for m in visible(view):
        if m.name in COMMON and m.name != "body":
            text += f"---@field {m.name}? integer {flat(m.doc)}".rstrip() + "\n"
    text += "\n"
    for e in header.events():
        doc = flat(e.doc)
        text += (f"---{doc}\n" if doc else "") + f"---@class sipua.event.{e.name}: sipua.Event\n"
        for field in e.fields:
            member = view.member(field)
            assert member
            text += f"---@field {field}? {field_type(header, view, member)} {flat(member.doc)}".rstrip() + "\n"
        text += "---@field figures sipua.CallStats|sipua.AgentCounters\n\n" if e.name == "stats" else "\n"
    return text


def methods(variable: str, file: str, label: str) -> str:
    source = (ROOT / SOURCE / file).read_text(encoding="utf-8")
    text = ""
    for found in re.finditer(rf"((?:^[ ]*-- .*\n)*)^[ ]*function {variable}([.:])([a-z]\w*)\((.*)\)", source, re.MULTILINE):
        comment, dot, name, given = found.groups()
        key = f"{variable}{dot}{name}"
        if key in ("Agent.create", "Account.create", "Call.dial", "Call.incoming", "Message.incoming", "Message.send",
                   "Message.query", "Registrar.create", "Transfer.start", "Request.incoming",
                   "Change.incoming", "Conference.create", "Bridge.create", "Subscription.create", "Notifier.incoming",
                   "Publication.create"):
            continue
        text += "".join(f"---{line.strip()[3:]}\n" for line in comment.splitlines())
        for param in [p.strip() for p in given.split(",") if p.strip()]:
            kind = OPTIONS.get(key, REPLY) + "?" if param in ("options", "settings") else PARAMS.get(param, "any")
            text += f"---@param {param} {kind}\n"
        if key in RETURNS:
            text += f"---@return {RETURNS[key]}\n"
        text += f"function {label}{dot}{name}({given}) end\n\n"
    return text


def raw_type(header: Header, c: str) -> str:
    base = c.replace("const ", "").replace("*", "").strip()
    if base in ("sipua_agent", "sipua_event"):
        return "userdata"
    if any(s.name == base for s in header.structs):
        return f"sipua.{camel(base)}"
    if base in ("char", "uint8_t", "int16_t"):
        return "string"
    if base == "sipua_switch":
        return "boolean|integer"
    enum = next((e for e in header.enums if e.name == base), None)
    return f"sipua.{plain(base)}" if enum and not enum.bits and base not in ("sipua_error", "sipua_event_type") else "integer"


def raw(header: Header) -> str:
    """The functions of sipua.raw. A failure is nil, code, text."""
    text = "---Every function of sipua.h. What fails returns nil, the code and a text.\n---@class sipua.raw\nlocal raw = {}\n\n"
    for f in header.functions:
        if not callable_from_lua(f):
            continue
        lengths = {p.length for p in f.params if p.length}
        given, results = [], []
        text += "".join(f"---{line}\n" for line in f.doc.splitlines())
        for p in f.params:
            ids = p.out and p.length and p.type == "sipua_id *"
            if p.out or p.inout:
                results.append("integer[]" if ids else raw_type(header, p.type))
            elif p.name not in lengths or any(q.out and q.length == p.name and "int16_t" in q.type for q in f.params):
                given.append(p.name)
                text += f"---@param {p.name}{'?' if p.nullable else ''} {raw_type(header, p.type)}\n"
        if f.name == "sipua_poll":
            results = ["userdata|false", "sipua.Event"]
            given.append("reuse")
            text += "---@param reuse? userdata a handle whose event was destroyed\n"
        elif not results and f.returns != "void":
            results = [raw_type(header, f.returns)]
        elif f.returns == "const uint8_t *":
            results = ["string"]
        text += f"---@return {', '.join(results)}\n" if results else ""
        text += f"function raw.{plain(f.name)}({', '.join(given)}) end\n\n"
    return text


def write(header: Header) -> list[str]:
    text = HEAD
    for e in header.enums:
        words = "|".join(f'"{w}"' for w, _ in lua_words(e))
        if e.name not in ("sipua_error", "sipua_switch", "sipua_event_type"):
            text += f"---@alias sipua.{plain(e.name)} {words}|integer\n"
    text += "\n" + "".join(struct_class(header, s) for s in structs(header) if s.name != "sipua_event_view")
    text += events(header)
    text += ("---What went wrong. tostring() puts it in words.\n---@class sipua.Error\n---@field code integer of sipua.codes\n"
             "---@field name string\n---@field text? string\n---@field status? integer SIP status\n---@field reason? string\n"
             "---@field cause? sipua.cause\n---@field hangup? boolean a call has ended\n"
             "---@field ended? sipua.event.call_ended\n\n")
    text += raw(header)
    seen = set()
    for variable, file, kind, label in CLASSES:
        if kind and kind not in seen:
            seen.add(kind)
            text += f"---@class {kind}\n"
            text += "".join(f"---@field {n} {t}\n" for n, t in FIELDS.get(label, {}).items())
            text += f"local {label} = {{}}\n\n"
            if label not in ("sipua", "Player", "Message", "Registrar", "Change"):
                text += ("---Runs fn(event) in a task for each event of that name; \"*\" is any.\n---@param name string\n"
                         f"---@param fn fun(event: sipua.Event)\n---@return {kind}\nfunction {label}:on(name, fn) end\n\n")
        text += methods(variable, file, label)
    text += ("---pcall in which a bot may wait, in every version of Lua.\n---@param fn function\n---@return boolean, any\n"
             "function sipua.pcall(fn, ...) end\n\nreturn sipua\n")
    return [text]
