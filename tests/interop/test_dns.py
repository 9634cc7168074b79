"""Finding the server with a real DNS server, dnsmasq, on loopback, and SIP servers that die while the test runs. Its log
says what was asked."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections import Counter
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import sipua
from peers import Peer, free_port
from waiting import run, until


class Dnsmasq(Peer):
    """Zones of our own: records are dnsmasq's own lines. Nothing is asked of anybody else."""

    def __init__(self, folder: Path, *records: str, ttl: int = 300, port: int | None = None) -> None:
        super().__init__("dnsmasq", folder)
        self.port = port or free_port()
        folder.mkdir(parents=True, exist_ok=True)
        config = folder / "dnsmasq.conf"
        config.write_text("\n".join([
            f"port={self.port}", "listen-address=127.0.0.1", "bind-interfaces", "no-resolv", "no-hosts", "no-daemon",
            "log-queries", "local=/test/", f"local-ttl={ttl}", "user=", f"pid-file={folder / 'pid'}", *records, ""]))
        self.start("dnsmasq", "-k", "-C", str(config), "--log-facility=-")
        self.wait_for("started")

    def asked(self, kind: str, name: str) -> int:
        return self.log.count(f"query[{kind}] {name} from")


class Server(asyncio.DatagramProtocol):
    """A SIP server of few words: a status for everything, or silence. What was asked is counted."""

    def __init__(self, name: str, status: int = 200, headers: str = "") -> None:
        self.name, self.status, self.headers = name, status, headers
        self.silent = False
        self.requests: list[str] = []
        self.port = 0
        self._udp: asyncio.DatagramTransport | None = None
        self._tcp: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    async def open(self, host: str = "127.0.0.1", tcp: bool = False, port: int = 0) -> Server:
        loop = asyncio.get_running_loop()
        if tcp:
            self._tcp = await asyncio.start_server(self._serve, host, port)
            self.port = self._tcp.sockets[0].getsockname()[1]
        else:
            self._udp, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(host, port))
            self.port = self._udp.get_extra_info("sockname")[1]
        return self

    async def close(self) -> None:
        if self._udp:
            self._udp.close()
        if self._tcp:
            self._tcp.close()
            for writer in list(self._writers):
                writer.close()
        await asyncio.sleep(0)

    def _answer(self, text: str) -> bytes | None:
        lines = text.split("\r\n")
        if lines[0].startswith("SIP/2.0") or not lines[0] or lines[0].startswith("ACK"):
            return None
        self.requests.append(lines[0].split(" ")[0])
        if self.silent:
            return None
        keep = [line for line in lines if line.split(":")[0] in ("Via", "From", "Call-ID", "CSeq")]
        to = next(line for line in lines if line.startswith("To:"))
        tagged = to if ";tag=" in to else f"{to};tag={self.name}"
        return ("\r\n".join([f"SIP/2.0 {self.status} Because", *keep, tagged, f"X-Server: {self.name}"])
                + f"\r\n{self.headers}Content-Length: 0\r\n\r\n").encode()

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        reply = self._answer(data.decode(errors="replace"))
        if reply and self._udp:
            self._udp.sendto(reply, addr)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode(errors="replace")
                reply = self._answer(head.lstrip("\r\n"))
                if reply:
                    writer.write(reply)
        self._writers.discard(writer)
        writer.close()


@contextlib.asynccontextmanager
async def servers(*wanted: Server, tcp: tuple[str, ...] = ()) -> AsyncIterator[tuple[Server, ...]]:
    for one in wanted:
        await one.open(tcp=one.name in tcp)
    try:
        yield wanted
    finally:
        for one in wanted:
            await one.close()


@pytest.fixture
def dnsmasq(started) -> Callable[..., Dnsmasq]:
    return lambda *records, **settings: started(Dnsmasq, *records, **settings)


def agent(dns: Dnsmasq, **options: str | int | bool) -> sipua.Agent:
    return sipua.Agent(bind="127.0.0.1", dns_servers=[f"127.0.0.1:{dns.port}"], options=options)


async def who(phone: sipua.Agent, target: str = "sip:bob@sip.test") -> str:
    """The name of the server that answers."""
    answer = await phone.options(target, from_="sip:alice@sip.test", timeout=60)
    return answer.headers["X-Server"]


HOST = "host-record=one.sip.test,two.sip.test,three.sip.test,sip.test,127.0.0.1"


def srv(service: str, server: Server, priority: int = 10, weight: int = 1, host: str = "one.sip.test") -> str:
    return f"srv-host={service}.sip.test,{host},{server.port},{priority},{weight}"


def naptr(order: int, preference: int, service: str, replacement: str) -> str:
    return f"naptr-record=sip.test,{order},{preference},s,{service},,{replacement}.sip.test"


def closed_port() -> int:
    """A port of loopback where nobody is: whoever sends there is told so."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_the_domain_chooses_the_transport(dnsmasq):
    """NAPTR: the lowest order with a service that we have counts, whatever else there is."""
    async def main():
        async with servers(Server("udp"), Server("tcp"), tcp=("tcp",)) as (udp, tcp):
            dns = dnsmasq(HOST, naptr(5, 1, "SIP+D2S", "_sip._sctp"), naptr(10, 10, "SIP+D2T", "_sip._tcp"),
                          naptr(20, 10, "SIP+D2U", "_sip._udp"), srv("_sip._tcp", tcp), srv("_sip._udp", udp))
            async with agent(dns) as phone:
                assert await who(phone) == "tcp"
                assert not udp.requests
                assert dns.asked("NAPTR", "sip.test") == 1 and dns.asked("SRV", "_sip._tcp.sip.test") == 1
                assert dns.asked("SRV", "_sip._udp.sip.test") == 0

    run(main())


def test_without_naptr_srv_and_without_srv_the_address(dnsmasq):
    async def main():
        async with servers(Server("srv"), Server("plain")) as (one, plain):
            dns = dnsmasq(HOST, srv("_sip._udp", one), "host-record=bare.test,127.0.0.1", "local=/bare.test/")
            async with agent(dns) as phone:
                assert await who(phone) == "srv"
                assert await who(phone, f"sip:bob@bare.test:{plain.port}") == "plain"
                assert dns.asked("NAPTR", "bare.test") == 0  # a port says enough
                assert dns.asked("SRV", "_sip._udp.bare.test") == 0

    run(main())


def test_the_next_priority_serves_while_the_first_is_dead(dnsmasq):
    """A closed port is left at once, a silent one after four seconds; both are put aside, and taken again in time."""
    async def main():
        async with servers(Server("one"), Server("two")) as (one, two):
            dns = dnsmasq(HOST, srv("_sip._udp", one, 10), srv("_sip._udp", two, 20))
            async with agent(dns, target_penalty_ms=3000) as phone:
                clock = asyncio.get_running_loop()
                assert await who(phone) == "one"
                port = one.port
                await one.close()
                start = clock.time()
                assert await who(phone) == "two"
                assert clock.time() - start < 3  # ICMP said so
                one = await Server("one").open(port=port)
                one.silent = True
                await asyncio.sleep(3.2)  # its time aside is over
                start = clock.time()
                assert await who(phone) == "two"
                assert 3.5 < clock.time() - start < 20
                assert one.requests
                asked = len(one.requests)
                assert await who(phone) == "two"
                assert len(one.requests) <= asked + 1  # put aside: only the old transaction may still speak
                one.silent = False
                await asyncio.sleep(3.2)
                assert await who(phone) == "one"
                await one.close()

    run(main())


def test_an_overloaded_server_is_left_alone_for_as_long_as_it_asks(dnsmasq):
    async def main():
        async with servers(Server("one", 503, "Retry-After: 600\r\n"), Server("two")) as (one, two):
            dns = dnsmasq(HOST, srv("_sip._udp", one, 10), srv("_sip._udp", two, 20))
            async with agent(dns, target_penalty_ms=1000) as phone:
                assert await who(phone) == "two"
                assert len(one.requests) == 1
                await asyncio.sleep(1.2)
                assert await who(phone) == "two"
                assert len(one.requests) == 1
                two.status, two.headers = 503, ""
                with pytest.raises(sipua.SipError) as refused:
                    await who(phone)
                assert refused.value.status == 503  # everybody was asked, the one put aside too
                assert len(one.requests) == 2

    run(main())


def test_weights_share_the_work(dnsmasq):
    async def main():
        async with servers(Server("heavy"), Server("light")) as (heavy, light):
            dns = dnsmasq(HOST, srv("_sip._udp", heavy, 10, 90), srv("_sip._udp", light, 10, 10))
            async with agent(dns) as phone:
                seen = Counter([await who(phone) for _ in range(200)])
                assert seen.total() == 200
                # The chance of fewer than 155 or more than 197 out of 200 at 0.9 (and a little less) is below 1e-4.
                assert 155 <= seen["heavy"] <= 197, seen
                assert dns.asked("SRV", "_sip._udp.sip.test") == 1

    run(main())


def test_a_service_that_the_domain_denies_is_not_looked_for_elsewhere(dnsmasq):
    async def main():
        dns = dnsmasq(HOST, "srv-host=_sip._udp.sip.test")
        async with agent(dns) as phone:
            with pytest.raises(sipua.SipError) as refused:
                await phone.options("sip:bob@sip.test;transport=udp", from_="sip:alice@sip.test", timeout=20)
            assert "no such service" in str(refused.value)

    run(main())


def test_a_connection_that_is_refused_gives_way_within_a_call_of_the_program(dnsmasq):
    async def main():
        async with servers(Server("two"), tcp=("two",)) as (two,):
            dead = Server("dead")
            dead.port = closed_port()
            dns = dnsmasq(HOST, srv("_sip._tcp", dead, 10), srv("_sip._tcp", two, 20))
            async with agent(dns) as phone:
                assert await who(phone, "sip:bob@sip.test;transport=tcp") == "two"

    run(main())


def test_the_last_good_answer_serves_while_dns_is_down(dnsmasq):
    async def main():
        async with servers(Server("one")) as (one,):
            dns = dnsmasq(HOST, naptr(10, 10, "SIP+D2U", "_sip._udp"), srv("_sip._udp", one), ttl=1)
            async with agent(dns) as phone:
                assert await who(phone) == "one"
                dns.stop()
                await asyncio.sleep(1.2)  # its answers are past their time
                clock = asyncio.get_running_loop()
                start = clock.time()
                for _ in range(3):
                    assert await who(phone) == "one"
                assert clock.time() - start < 15

    run(main())


def test_dns_that_comes_back_is_believed_again(dnsmasq, started, tmp_path):
    async def main():
        async with servers(Server("old"), Server("new")) as (old, new):
            first = dnsmasq(HOST, srv("_sip._udp", old), ttl=1)
            async with agent(first) as phone:
                assert await who(phone) == "old"
                first.stop()
                await asyncio.sleep(1.2)
                assert await who(phone) == "old"
                again = started(Dnsmasq, HOST, srv("_sip._udp", new), ttl=1, port=first.port)
                async with asyncio.timeout(40):
                    while await who(phone) != "new":
                        await asyncio.sleep(0.5)
                assert again.asked("SRV", "_sip._udp.sip.test") >= 1

    run(main())


def test_what_is_not_there_is_not_asked_for_again_and_again(dnsmasq):
    async def main():
        async with servers(Server("one")) as (one,):
            dns = dnsmasq(HOST, srv("_sip._udp", one))
            async with agent(dns) as phone:
                for _ in range(5):
                    assert await who(phone) == "one"
                assert dns.asked("NAPTR", "sip.test") == 1
                for missing in ("_sip._tcp", "_sips._tcp"):
                    assert dns.asked("SRV", f"{missing}.sip.test") == 1
                for _ in range(3):
                    with pytest.raises(sipua.SipError):
                        await phone.options("sip:bob@nobody.test:5060", from_="sip:alice@sip.test", timeout=20)
                assert dns.asked("A", "nobody.test") == 1

    run(main())


def test_an_answer_is_asked_for_again_when_its_time_is_over(dnsmasq):
    async def main():
        async with servers(Server("one")) as (one,):
            dns = dnsmasq(HOST, srv("_sip._udp", one), ttl=1)
            async with agent(dns) as phone:
                assert await who(phone) == "one"
                assert await who(phone) == "one"
                before = dns.asked("SRV", "_sip._udp.sip.test")
                assert before <= 2
                await asyncio.sleep(1.2)
                assert await who(phone) == "one"
                await until(lambda: dns.asked("SRV", "_sip._udp.sip.test") > before)

    run(main())


def test_many_questions_at_once_are_one(dnsmasq):
    async def main():
        async with servers(Server("one")) as (one,):
            dns = dnsmasq(HOST, naptr(10, 10, "SIP+D2U", "_sip._udp"), srv("_sip._udp", one))
            async with agent(dns) as phone:
                assert set(await asyncio.gather(*(who(phone) for _ in range(50)))) == {"one"}
                assert dns.asked("NAPTR", "sip.test") == 1
                assert dns.asked("SRV", "_sip._udp.sip.test") == 1
                assert dns.asked("A", "one.sip.test") == 1

    run(main())


def test_proxies_are_tried_in_their_order_each_with_its_own_route(dnsmasq):
    async def main():
        async with servers(Server("one", 503), Server("two")) as (one, two):
            dns = dnsmasq(HOST, srv("_sip._udp", two))
            async with agent(dns) as phone:
                account = phone.account("sip:alice@elsewhere.test", outbound_proxy=[
                    "sip:nowhere.test:5060;lr", f"sip:127.0.0.1:{one.port};lr", "sip:sip.test;lr"])
                answer = await account.options("sip:bob@far.test", timeout=60)
                assert answer.headers["X-Server"] == "two"
                assert len(one.requests) == 1

    run(main())


def test_a_registration_moves_to_the_server_that_lives(dnsmasq):
    async def main():
        async with servers(Server("one"), Server("two")) as (one, two):
            for server in (one, two):
                server.headers = "Contact: <sip:x@127.0.0.1>;expires=60\r\n"
            dns = dnsmasq(HOST, srv("_sip._udp", one, 10), srv("_sip._udp", two, 20))
            await one.close()
            async with agent(dns) as phone:
                account = phone.account("sip:alice@sip.test")
                await account.register()
                assert two.requests.count("REGISTER") >= 1
                two.requests.clear()
                assert await who(phone) == "two"
                await account.unregister()

    run(main())
