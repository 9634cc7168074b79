"""Event packages with real peers: Kamailio as presence server and as a proxy that forks, sipp as watcher and mailbox with
the sequence of messages in its scenarios."""

from __future__ import annotations

import asyncio
import contextlib
import string
from pathlib import Path

import sipua
from peers import HERE, Kamailio, Peer, free_port, wait_for_tcp
from sipua._native import Struct, check, ffi, lib

PIDF = ('<?xml version="1.0"?><presence xmlns="urn:ietf:params:xml:ns:pidf" entity="{entity}"><tuple id="t1">'
        "<status><basic>{basic}</basic></status></tuple></presence>")


class Presence(Peer):
    """Kamailio with its presence modules, all in memory."""

    def __init__(self, folder: Path) -> None:
        super().__init__("kamailio", folder)
        self.port = free_port()
        folder.mkdir(parents=True, exist_ok=True)
        config = folder / "kamailio.cfg"
        template = string.Template((HERE / "kamailio-presence.cfg").read_text())
        config.write_text(template.substitute(port=self.port))
        self.start("kamailio", "-DD", "-E", "-f", str(config), "-Y", str(folder), "-P", str(folder / "pid"), "-m", "32",
                   "-M", "8")
        try:
            wait_for_tcp(self.port, process=self.process)
        except AssertionError:
            raise AssertionError(f"kamailio did not start:\n{self.log[-3000:]}") from None

    host = Kamailio.host


class Phone:
    """An agent that keeps all its events, and the commands of event packages as C has them."""

    def __init__(self, agent: sipua.Agent) -> None:
        self.agent = agent
        self.seen: list[sipua.Event] = []
        agent._taps.append(self.seen.append)
        self.port = next(one.port for one in agent.listeners if one.transport == "udp")

    async def wait(self, name: str, seconds: float = 15, count: int = 1, **fields: object) -> sipua.Event:
        for _ in range(int(seconds / 0.02)):
            found = [event for event in self.seen
                     if event.name == name and all(getattr(event, k) == v for k, v in fields.items())]
            if len(found) >= count:
                return found[count - 1]
            await asyncio.sleep(0.02)
        raise AssertionError(f"no {name} {fields}: {[(e.name, getattr(e, 'state', '')) for e in self.seen]}")

    def _create(self, what, account: int, config: Struct) -> int:
        out = ffi.new("sipua_id *")
        check(what(self.agent._native, account, config.p, 0, out))
        return out[0]

    def subscribe(self, account: int, **config: object) -> int:
        return self._create(lib.sipua_subscription_create, account, Struct("sipua_subscribe_config", **config))

    def publish(self, account: int, body: str, **config: object) -> int:
        made = Struct("sipua_publish_config", event="presence", content_type="application/pidf+xml", body=body.encode(),
                      **config)
        return self._create(lib.sipua_publication_create, account, made)

    def update(self, publication: int, body: str) -> None:
        data = body.encode()
        check(lib.sipua_publication_update(self.agent._native, publication, ffi.NULL, data, len(data), 0))

    def end(self, what, thing: int) -> None:
        check(what(self.agent._native, thing, 0))

    def ask(self) -> None:
        self.inbox = self.agent.subscribers()  # while it is there nobody is refused

    def accept(self, event: sipua.Event, body: str) -> None:
        config = Struct("sipua_notify_config", content_type="application/dialog-info+xml", body=body.encode())
        check(lib.sipua_notifier_accept(self.agent._native, event.id, config.p, 0, 0))

    def notify(self, notifier: int, body: str, **more: object) -> None:
        config = Struct("sipua_notify_config", content_type="application/dialog-info+xml", body=body.encode(), **more)
        check(lib.sipua_notifier_notify(self.agent._native, notifier, config.p, 0))


@contextlib.asynccontextmanager
async def phone(**settings: object):
    async with sipua.Agent(bind="127.0.0.1", open=True, **settings) as agent:
        yield Phone(agent)


async def finished(peer: Peer) -> None:
    await asyncio.to_thread(peer.verdict)  # type: ignore[attr-defined]


def account_of(agent: sipua.Agent, user: str, server: str) -> sipua.Account:
    return agent.account(f"sip:{user}@{server}", server=f"sip:{server}")


def test_presence_is_published_and_watched_through_kamailio(started):
    kamailio = started(Presence)
    aor = f"sip:alice@{kamailio.host}"

    async def main():
        async with phone() as alice, phone() as bob:
            mine, his = account_of(alice.agent, "alice", kamailio.host), account_of(bob.agent, "bob", kamailio.host)
            publication = alice.publish(mine.id, PIDF.format(entity=aor, basic="open"), expires=300)
            done = await alice.wait("publish_state", state="published")
            assert done.expires == 300
            watch = bob.subscribe(his.id, target=aor, event="presence", expires=300)
            await bob.wait("subscription_state", state="active")
            first = await bob.wait("notify")
            assert first.state == "active" and first.content_type.startswith("application/pidf+xml")
            assert b"<basic>open</basic>" in bytes(first.body)
            alice.update(publication, PIDF.format(entity=aor, basic="closed"))
            await alice.wait("publish_state", state="published", count=2)
            for _ in range(500):
                bodies = [bytes(event.body) for event in bob.seen if event.name == "notify" and event.body]
                if b"closed" in bodies[-1]:
                    break
                await asyncio.sleep(0.02)
            assert b"<basic>closed</basic>" in bodies[-1]
            check(lib.sipua_subscription_refresh(bob.agent._native, watch, 120, 0))
            again = await bob.wait("subscription_state", expires=120)
            assert again.state == "active"
            alice.end(lib.sipua_publication_end, publication)
            await alice.wait("publish_state", state="removed")
            bob.end(lib.sipua_subscription_end, watch)
            over = await bob.wait("subscription_state", state="terminated")
            assert over.code == 0
            assert bob.seen[-1] is over or over.id not in [e.id for e in bob.seen[bob.seen.index(over) + 1:]]
            once = bob.subscribe(his.id, target=aor, event="presence", expires=-1)
            await bob.wait("subscription_state", state="terminated", id=once)

    asyncio.run(main())


def test_a_refused_package_and_a_missing_one(started):
    kamailio = started(Presence)

    async def main():
        async with phone() as bob:
            his = account_of(bob.agent, "bob", kamailio.host)
            bob.subscribe(his.id, target=f"sip:alice@{kamailio.host}", event="weather", expires=60)
            over = await bob.wait("subscription_state", state="terminated")
            assert over.status == 489

    asyncio.run(main())


def test_kamailio_forks_a_subscription_to_two_of_our_notifiers(started):
    kamailio = started(Presence)

    async def main():
        async with phone() as one, phone() as two, phone() as watcher:
            for it in (one, two):
                it.ask()
                account = account_of(it.agent, "group", kamailio.host)
                await asyncio.wait_for(account.register(), 10)
            his = account_of(watcher.agent, "bob", kamailio.host)
            watch = watcher.subscribe(his.id, target=f"sip:group@{kamailio.host}", event="dialog", expires=300)
            asked = []
            for it, body in ((one, "<one/>"), (two, "<two/>")):
                asked.append(await it.wait("subscribe_requested"))
                it.accept(asked[-1], body)
            for _ in range(500):
                told = {event.fork: bytes(event.body) for event in watcher.seen if event.name == "notify"}
                if len(told) == 2:
                    break
                await asyncio.sleep(0.02)
            assert sorted(told) == [0, 1] and sorted(told.values()) == [b"<one/>", b"<two/>"]
            one.notify(asked[0].id, "<one more/>")
            for _ in range(500):
                bodies = [bytes(event.body) for event in watcher.seen if event.name == "notify"]
                if b"<one more/>" in bodies:
                    break
                await asyncio.sleep(0.02)
            assert b"<one more/>" in bodies
            watcher.end(lib.sipua_subscription_end, watch)
            await watcher.wait("subscription_state", state="terminated")
            for it in (one, two):
                await it.wait("subscription_state", state="terminated")

    asyncio.run(main())


def test_sipp_watches_us(sipp):
    async def main():
        async with phone() as us:
            us.ask()
            peer = sipp("uac_subscribe", "-s", "desk", target=f"127.0.0.1:{us.port}")
            asked = await us.wait("subscribe_requested")
            assert asked.package == "dialog" and asked.expires == 600
            us.accept(asked, "<first/>")
            us.notify(asked.id, "<second/>")
            await finished(peer)
            over = await us.wait("subscription_state", state="terminated")
            assert over.code == 0
            assert peer.messages.count("SIP/2.0 481") == 0

    asyncio.run(main())


def test_sipp_is_a_mailbox(sipp):
    async def main():
        async with phone() as us:
            peer = sipp("uas_mailbox")
            await asyncio.sleep(0.5)
            watch = us.subscribe(0, target=f"sip:mail@127.0.0.1:{peer.port}", event="message-summary", expires=3600)
            await us.wait("subscription_state", state="pending", status=202)
            first = await us.wait("notify")
            assert b"2/8 (0/2)" in bytes(first.body)
            second = await us.wait("notify", count=2)
            assert bytes(second.body).startswith(b"Messages-Waiting: no")
            us.end(lib.sipua_subscription_end, watch)
            await us.wait("subscription_state", state="terminated")
            await finished(peer)

    asyncio.run(main())


def test_a_busy_lamp_shows_the_calls_that_pass_kamailio(started):
    """Kamailio's dialog module follows the call and tells watchers of it; the lamp is a typed document."""
    kamailio = started(Presence)
    lamps: list[str] = []

    async def watching(account: sipua.Account) -> None:
        async with account.subscribe(f"sip:alice@{kamailio.host}", "dialog", expires=300) as lamp:
            async for note in lamp:
                document = note.document
                if isinstance(document, sipua.DialogInfo):
                    lamps.extend(one.state for one in document.dialogs if one.state not in lamps[-1:])

    async def lit(state: str) -> None:
        for _ in range(750):
            if state in lamps:
                return
            await asyncio.sleep(0.02)
        raise AssertionError(f"no {state}: {lamps}")

    async def main():
        async with phone() as alice, phone() as bob, phone() as desk:
            accounts = [account_of(it.agent, name, kamailio.host) for it, name in ((alice, "alice"), (bob, "bob"))]
            for account in accounts:
                await asyncio.wait_for(account.register(), 10)
            task = asyncio.create_task(watching(account_of(desk.agent, "desk", kamailio.host)))
            await desk.wait("subscription_state", state="active")
            calls = alice.agent.calls()
            out = accounts[1].dial(f"sip:alice@{kamailio.host}")
            call = await anext(calls)
            await call.ring()
            await lit("early")
            await call.answer()
            await lit("confirmed")
            await out.hangup()
            await lit("terminated")
            task.cancel()

    asyncio.run(asyncio.wait_for(main(), 60))
