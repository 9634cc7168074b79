"""Scenarios of sipp as a few lines of Python: what the other phone says and expects, message by message. A message that is
not the expected one fails the run.

    talk = Scenario(calls=True).invite(offer).expect(200).ack().request("INVITE", hold).expect(200, "a=recvonly").ack()
    sipp(talk.write(folder), "-s", "bot", target=...)
"""

from __future__ import annotations

from html import escape
from pathlib import Path

VIA = "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]"
CONTACT = "Contact: <sip:sipp@[local_ip]:[local_port]>"
COPIED = ["[last_Via:]", "[last_Record-Route:]", "[last_From:]"]


def sdp(port: int | str, *more: str, host: str = "127.0.0.1", formats: str = "0", version: int = 1, session: str = "") -> str:
    lines = ["v=0", f"o=sipp 1 {version} IN IP4 127.0.0.1", "s=-", f"c=IN IP4 {host}", "t=0 0"]
    return "\n".join([*lines, *([session] if session else []), f"m=audio {port} RTP/AVP {formats}", *more])


class Scenario:
    def __init__(self, *, calls: bool) -> None:
        self.calls = calls
        self.steps: list[str] = []
        self.cseq = 0
        self.seen = 0

    def _message(self, lines: list[str], body: str, content_type: str = "application/sdp") -> str:
        head = [*lines, *([f"Content-Type: {content_type}"] if body else []), "Content-Length: [len]", ""]
        return "<![CDATA[\n" + "\n".join(head) + "\n" + (body or "\n") + "]]>"

    def _send(self, text: str, again: bool) -> Scenario:
        self.steps.append(f'<send{" retrans=" + chr(34) + "500" + chr(34) if again else ""}>{text}</send>')
        return self

    def _dialog(self, tag: str = "[peer_tag_param]") -> list[str]:
        if self.calls:
            return ["From: <sip:sipp@[local_ip]:[local_port]>;tag=[pid]Sipp[call_number]",
                    f"To: <sip:[service]@[remote_ip]:[remote_port]>{tag}"]
        return ["From: [$mine];tag=[pid]Sipp[call_number]", "To: [$theirs]"]

    def _request(self, method: str, cseq: int, body: str, headers: tuple[str, ...], target: str, *,
                 tag: str = "[peer_tag_param]", kind: str = "application/sdp") -> str:
        return self._message([f"{method} {target} SIP/2.0", VIA, *self._dialog(tag), "Call-ID: [call_id]",
                              f"CSeq: {cseq} {method}", CONTACT, "Max-Forwards: 70", *headers], body, kind)

    def _actions(self, checks: tuple[str, ...], more: str = "") -> str:
        text, names = more, []
        for pattern in checks:
            self.seen += 1
            names.append(f"seen{self.seen}")
            text += (f'<ereg regexp="{escape(pattern, quote=True)}" search_in="msg" check_it="true" '
                     f'assign_to="seen{self.seen}"/>')
        used = f'<Reference variables="{",".join(names)}"/>' if names else ""
        return (f"<action>{text}</action>" if text else "") + "</recv>" + used

    # What this phone does.

    def invite(self, body: str = "", *headers: str) -> Scenario:
        self.cseq += 1
        return self._send(self._request("INVITE", self.cseq, body, headers, "sip:[service]@[remote_ip]:[remote_port]", tag=""),
                          True)

    def request(self, method: str, body: str = "", *headers: str, kind: str = "application/sdp") -> Scenario:
        self.cseq += 1
        target = "[next_url]" if self.calls else "[$target]"
        return self._send(self._request(method, self.cseq, body, headers, target, kind=kind), True)

    def ack(self, body: str = "", cseq: int = 0) -> Scenario:
        """cseq: of another request than the last."""
        return self._send(self._request("ACK", cseq or self.cseq, body, (), "[next_url]" if self.calls else "[$target]"), False)

    def reply(self, status: int, body: str = "", *headers: str, tag: bool = False, again: bool = False,
              contact: str = CONTACT) -> Scenario:
        to = "[last_To:];tag=[pid]Sipp[call_number]" if tag else "[last_To:]"
        lines = [f"SIP/2.0 {status} Whatever", *COPIED, to, "[last_Call-ID:]", "[last_CSeq:]", contact, *headers]
        return self._send(self._message(lines, body), again)

    def fork(self, tag: str, status: int, body: str = "") -> Scenario:
        """An answer to the INVITE with this To tag, whatever else came since."""
        lines = [f"SIP/2.0 {status} Whatever", "Via:[$via]", "From:[$theirs]", f"To:[$mine];tag={tag}", "Call-ID: [call_id]",
                 "CSeq:[$number]", CONTACT]
        return self._send(self._message(lines, body), False)

    def pause(self, ms: int) -> Scenario:
        self.steps.append(f'<pause milliseconds="{ms}"/>')
        return self

    # What it expects.

    def expect(self, status: int, *checks: str) -> Scenario:
        if self.cseq:
            self.steps.append('<recv response="100" optional="true"/>')
        self.steps.append(f'<recv response="{status}" rrs="true">' + self._actions(checks))
        return self

    def receive(self, method: str, *checks: str) -> Scenario:
        """The first request of a call teaches who calls, and where."""
        learn = ""
        first = not self.calls and not any("theirs" in step for step in self.steps)
        learned = {"theirs": "From:", "mine": "To:", "via": "Via:", "number": "CSeq:"} if first else {}
        for name, header in learned.items():
            learn += f'<ereg regexp=".*" search_in="hdr" header="{header}" check_it="true" assign_to="{name}"/>'
        if first and method in ("INVITE", "REFER", "REGISTER", "SUBSCRIBE"):  # others have no Contact
            learned["target"] = "Contact:"
            learn += '<ereg regexp="sip:[^&gt;]*" search_in="hdr" header="Contact:" check_it="true" assign_to="target"/>'
        self.steps.append(f'<recv request="{method}">' + self._actions(checks, learn))
        if learned:
            self.steps.append(f'<Reference variables="{",".join(learned)}"/>')
        return self

    def answered(self, body: str, *headers: str) -> Scenario:
        """Takes our call."""
        return self.receive("INVITE").reply(200, body, *headers, tag=True, again=True).receive("ACK")

    def bye(self) -> Scenario:
        return self.request("BYE").expect(200)

    def hung_up(self) -> Scenario:
        return self.receive("BYE").reply(200)

    def write(self, folder: Path, name: str = "talk") -> str:
        """The name to start sipp with."""
        folder.mkdir(parents=True, exist_ok=True)
        text = f'<?xml version="1.0" encoding="ISO-8859-1"?>\n<scenario name="{name}">\n' + "\n".join(self.steps) + "\n</scenario>\n"
        (folder / f"{name}.xml").write_text(text)
        return name
