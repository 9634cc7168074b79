"""A call whose ACK must find its way (the first quirk of the field: else it drops after 32 s): a proxy with two Record-Routes,
one that hides everything (Kamailio's topos), and a phone that is reached at another port than the one that it answers from."""

from __future__ import annotations

import asyncio
import re
import socket
import string
import threading
from pathlib import Path

import sipua
from peers import HERE, Peer, free_port, wait_for_tcp
from scenario import Scenario, sdp

TABLES = Path("/usr/share/kamailio/dbtext/kamailio")  # empty ones, which the package brings
TOPOS = """loadmodule "db_text.so"
loadmodule "topos.so"
modparam("topos", "storage", "db")
modparam("topos", "db_url", "text://{folder}/db")
modparam("topos", "sanity_checks", 0)
modparam("db_text", "db_mode", 1)"""


class Proxy(Peer):
    """Kamailio, on the way of a call to `next`."""

    def __init__(self, folder: Path, to: int, topos: bool = False) -> None:
        super().__init__("kamailio", folder)
        self.port, self.other = free_port(), free_port()
        (folder / "db").mkdir(parents=True)
        for table in ("version", "topos_d", "topos_t"):
            text = (TABLES / table).read_text()
            (folder / "db" / table).write_text(text.replace("(string)", "(string,null)"))  # topos leaves some out
        config = folder / "kamailio.cfg"
        config.write_text(string.Template((HERE / "kamailio-chain.cfg").read_text()).substitute(
            port=self.port, other=self.other, next=f"127.0.0.1:{to}", topos=TOPOS.format(folder=folder) if topos else ""))
        self.start("kamailio", "-DD", "-E", "-f", str(config), "-Y", str(folder), "-P", str(folder / "pid"), "-m", "32",
                   "-M", "8")
        wait_for_tcp(self.port, process=self.process)

    def logged(self, what: str) -> list[list[str]]:
        """The parts of each line that the configuration writes so."""
        return [line.strip().split(" | ") for line in re.findall(rf"{what}: (.*)", self.log)]


class Door:
    """Where the Contact of sipp points: another port than sipp's own. The first ACKs are lost on the way in."""

    def __init__(self, lost: int) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.to = 0
        self.acks: list[str] = []
        self.came: list[str] = []
        self.lost = lost
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        while data := self.socket.recv(65535):
            line = data.split(b"\r\n")[0].decode()
            if line.startswith("ACK "):
                self.acks.append(line)
                if len(self.acks) <= self.lost:
                    continue
            self.came.append(line)
            self.socket.sendto(data, ("127.0.0.1", self.to))


def test_field1_every_ack_finds_its_way_and_the_call_outlives_the_retransmissions(started, sipp, tmp_path):
    """An edge with two Record-Routes, then topos, then sipp, whose Contact is elsewhere: it repeats its 200 for as long as the
    ACKs to it are lost. With an ACK that went astray the call would end at 32 s (64*T1)."""
    door = Door(lost=2)
    talk = Scenario(calls=False).receive("INVITE").reply(200, sdp(free_port()), tag=True, again=True,
                                                         contact=f"Contact: <sip:here@127.0.0.1:{door.port}>")
    talk.receive("ACK").receive("INFO", f"INFO sip:here@127.0.0.1:{door.port} SIP/2.0").reply(200).hung_up()
    talk.write(tmp_path / "scenario", "elsewhere")
    peer = sipp(str(tmp_path / "scenario" / "elsewhere"), "-timeout", "100")
    door.to = peer.port
    hiding = started(Proxy, peer.port, topos=True)
    edge = started(Proxy, hiding.port)

    async def main():
        async with sipua.Agent(bind="127.0.0.1", codecs=["pcmu"]) as agent:
            account = agent.account("sip:alice@127.0.0.1", outbound_proxy=f"sip:127.0.0.1:{edge.port};lr")
            call = await asyncio.wait_for(account.call("sip:bob@127.0.0.1"), 30)
            await asyncio.sleep(40)
            assert call.ended is None
            assert (await call.info(b"still here", content_type="text/plain")).status == 200
            await call.hangup()
            await asyncio.to_thread(peer.verdict)

    asyncio.run(main())
    answers, asked = edge.logged("said"), edge.logged("came")
    target, recorded = answers[0]
    assert str(hiding.port) in target and str(door.port) not in target, "topos stands for the callee"
    routes = [one.strip() for one in recorded.split(",")]
    assert [f":{port}" in route for port, route in zip((edge.other, edge.port), routes, strict=True)] == [True, True], routes
    assert "127.0.0.1:" + str(hiding.port) not in recorded
    inside = [(line[0].split(" ")[0], line[0].split(" ")[1], line[1]) for line in asked if not line[0].startswith("INVITE")]
    assert {method for method, *_ in inside} == {"ACK", "INFO", "BYE"}
    for method, uri, route in inside:
        assert f"<{uri}>" in target, method
        assert [one.strip() for one in route.split(",")] == routes[::-1], method
    acks = sum(method == "ACK" for method, *_ in inside)
    sent = peer.messages.count("SIP/2.0 200 ")
    assert acks == len(door.acks) == len(answers) >= 3, f"an ACK for each 200: {acks} of {len(answers)} ({sent} sent)"
    assert door.acks == [f"ACK sip:here@127.0.0.1:{door.port} SIP/2.0"] * acks
