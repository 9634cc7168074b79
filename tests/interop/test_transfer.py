"""Transfer in all its roles, and calls that replace others: sipp for the sequence of messages, baresip, and Kamailio with
Record-Route between three of ours."""

from __future__ import annotations

import asyncio
import contextlib

import pytest
import sipua


class Phone:
    """An agent and all its events."""

    def __init__(self, agent: sipua.Agent) -> None:
        self.agent = agent
        self.seen: list[sipua.Event] = []
        self.following = asyncio.create_task(self._follow())
        self.port = next(one.port for one in agent.listeners if one.transport == "udp")

    async def _follow(self) -> None:
        async for event in self.agent.events():
            self.seen.append(event)

    async def wait(self, name: str, count: int = 1, seconds: float = 15) -> sipua.Event:
        for _ in range(int(seconds / 0.02)):
            found = [event for event in self.seen if event.name == name]
            if len(found) >= count:
                return found[count - 1]
            await asyncio.sleep(0.02)
        raise AssertionError(f"no {name}: {[event.name for event in self.seen]}")

    def names(self) -> list[str]:
        return [event.name for event in self.seen]


@contextlib.asynccontextmanager
async def phone(**settings: object):
    async with sipua.Agent(bind="127.0.0.1", open=True, **settings) as agent:
        it = Phone(agent)
        await asyncio.sleep(0)
        yield it
        it.following.cancel()


async def answering(it: Phone, calls: list[sipua.Call]) -> None:
    async for call in it.agent.calls():
        await call.answer()
        calls.append(call)


async def accepting(it: Phone) -> None:
    """Does what it is asked to by transfers."""
    async for request in it.agent.transfers():
        await request.accept()


async def finished(peer) -> None:
    await asyncio.to_thread(peer.verdict)


async def settled(*tasks: asyncio.Task) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)


def replaces(event: sipua.Event) -> str:
    """Of the call that we placed, as its callee sees it, from the 200."""
    tags = {name: event.headers[name].split("tag=")[1].split(";")[0] for name in ("From", "To")}
    return f"{event.headers['Call-ID']};to-tag={tags['From']};from-tag={tags['To']}"


# sipp: the sequence is in the scenarios.


def test_sipp_has_us_call_somebody_and_is_told_how_it_goes(sipp):
    async def main():
        async with phone() as us:
            target = sipp("uas_basic")
            calls: list[sipua.Call] = []
            tasks = [asyncio.create_task(answering(us, calls)), asyncio.create_task(accepting(us))]
            peer = sipp("uac_refers", "-s", "bot", "-key", "target", f"sip:carol@127.0.0.1:{target.port}",
                        target=f"127.0.0.1:{us.port}")
            await finished(peer)
            done = await us.wait("transfer_done")
            assert done.status == 200 and done.code == 0
            asked = await us.wait("transfer_requested")
            assert asked.target == f"sip:carol@127.0.0.1:{target.port}"
            assert asked.referred_by == f"sip:sipp@127.0.0.1:{peer.port}"
            await us.wait("call_ended")
            assert us.names().count("call_ended") == 1, "the new call goes on"
            await settled(*tasks)
            await us.agent.close()
            await finished(target)
            assert "Referred-By" in target.messages

    asyncio.run(main())


def test_sipp_is_refused_for_we_do_not_call_for_others(sipp):
    async def main():
        async with phone() as us:
            task = asyncio.create_task(answering(us, []))
            await finished(sipp("uac_refers_refused", "-s", "bot", "-key", "target", "sip:0900@127.0.0.1",
                                target=f"127.0.0.1:{us.port}"))
            await settled(task)
            assert "transfer_requested" not in us.names()

    asyncio.run(main())


@pytest.mark.parametrize("scenario", ["uas_referred", "uas_referred_early", "uas_referred_fails"])
def test_we_have_sipp_call_somebody(sipp, scenario):
    async def main():
        async with phone() as us:
            peer = sipp(scenario)
            await asyncio.sleep(0.5)
            call = await asyncio.wait_for(us.agent.call(f"sip:bob@127.0.0.1:{peer.port}"), 20)
            transfer = call.transfer("sip:carol@127.0.0.1:9")
            if scenario == "uas_referred_fails":
                with pytest.raises(sipua.SipError) as failed:
                    await transfer
                assert failed.value.status == 486
                await asyncio.sleep(0.2)
                assert "call_ended" not in us.names()
                await call.request("INFO")
                await call.hangup()
            else:
                assert (await transfer).status == 200
            await finished(peer)
            ended = await us.wait("call_ended")
            if scenario == "uas_referred":
                assert [e.status for e in us.seen if e.name == "transfer_progress"] == [180]
                assert ended.cause == "Transferred"
            if scenario == "uas_referred_early":
                assert ended.originator == "remote"

    asyncio.run(main())


def test_sipp_takes_the_place_of_another_call(sipp):
    async def main():
        async with phone() as us:
            first = sipp("uas_basic")
            await asyncio.sleep(0.5)
            call = await asyncio.wait_for(us.agent.call(f"sip:bob@127.0.0.1:{first.port}"), 20)
            accepted = await us.wait("call_accepted")
            ref = replaces(accepted)
            call_id, to_tag, from_tag = ref.split(";")
            swapped = f"{call_id};to-tag={from_tag[9:]};from-tag={to_tag[7:]}"
            await finished(sipp("uac_replaces_wrong", "-s", "bot", "-key", "replaces", swapped, target=f"127.0.0.1:{us.port}"))
            assert "call_replaced" not in us.names()
            second = sipp("uac_replaces", "-s", "bot", "-key", "replaces", ref, target=f"127.0.0.1:{us.port}")
            replaced = await us.wait("call_replaced")
            await finished(first)  # was hung up
            ended = await us.wait("call_ended")
            assert ended.cause == "Replaced" and ended.id == accepted.id == call.id != replaced.id
            await us.wait("call_confirmed", 2)
            await us.agent.close()  # hangs up the new one
            await finished(second)

    asyncio.run(main())


def test_a_call_that_rings_elsewhere_is_picked_up(sipp):
    """Alice calls sipp, which rings; bob knows the dialog (as dialog-info tells it) and takes the call."""

    async def main():
        async with phone() as alice, phone() as bob:
            ringing = sipp("uas_rings")
            await asyncio.sleep(0.5)
            calling = asyncio.ensure_future(alice.agent.call(f"sip:x@127.0.0.1:{ringing.port}"))
            progress = await alice.wait("call_progress")
            taken = await bob.agent.call(f"sip:alice@127.0.0.1:{alice.port}", replaces=replaces(progress) + ";early-only")
            replaced = await alice.wait("call_replaced")
            await finished(ringing)  # got its CANCEL
            ended = await alice.wait("call_ended")
            assert ended.cause == "Replaced" and ended.id != replaced.id
            with pytest.raises(sipua.SipError):
                await calling
            await taken.hangup()

    asyncio.run(main())


# Kamailio with Record-Route between three phones of ours.


@pytest.mark.parametrize("kind", ["blind", "attended"])
def test_a_transfer_through_kamailio(kamailio, kind):
    proxy = kamailio()

    async def main():
        async with phone() as alice, phone() as bob, phone() as carol:
            accounts = {}
            for who, name, password in ((alice, "alice", "secret"), (bob, "bob", "hunter2"), (carol, "carol", "carols")):
                accounts[name] = await who.agent.register(f"sip:{name}@{proxy.host}", password=password)
            calls: list[sipua.Call] = []
            tasks = [asyncio.create_task(answering(bob, calls)), asyncio.create_task(answering(carol, [])),
                     asyncio.create_task(accepting(bob))]
            first = await asyncio.wait_for(accounts["alice"].call("bob"), 15)
            if kind == "attended":
                consult = await asyncio.wait_for(accounts["alice"].call("carol"), 15)
                done = await first.transfer(consult=consult)
            else:
                done = await first.transfer("carol")
            assert done.status == 200
            await alice.wait("call_ended", 2 if kind == "attended" else 1)
            await bob.wait("call_ended")  # the first call
            assert (await bob.wait("transfer_requested")).referred_by == f"sip:alice@{proxy.host}"
            if kind == "attended":
                replaced = await carol.wait("call_replaced")
                ended = await carol.wait("call_ended")
                assert ended.cause == "Replaced" and ended.id != replaced.id
            await asyncio.sleep(0.3)
            assert bob.names().count("call_ended") == 1, "bob and carol talk"
            assert bob.names().count("call_confirmed") == 2
            await settled(*tasks)

    asyncio.run(main())


# baresip


@pytest.mark.parametrize("kind", ["blind", "attended"])
def test_baresip_is_transferred(baresip, kind):
    """baresip 1.0.0 puts Replaces into its Request-URI instead of a header: an attended transfer becomes a new call for
    the target, and the consultation ends by us."""
    them = baresip(echo=True)

    async def main():
        async with phone() as us, phone() as target:
            task = asyncio.create_task(answering(target, []))
            call = await asyncio.wait_for(us.agent.call(f"sip:bob@127.0.0.1:{them.port}"), 20)
            calls = 1
            if kind == "attended":
                calls = 2
                consult = await asyncio.wait_for(us.agent.call(f"sip:carol@127.0.0.1:{target.port}"), 20)
                transfer = call.transfer(consult=consult)
            else:
                transfer = call.transfer(f"sip:carol@127.0.0.1:{target.port}")
            await target.wait("call_confirmed", calls)
            done = await transfer
            assert done.status == 200, f"{done}"
            await us.wait("call_ended", calls)
            await settled(task)

    asyncio.run(main())


def test_baresip_transfers_us(baresip):
    them = baresip(echo=True)

    async def main():
        async with phone() as us, phone() as target:
            tasks = [asyncio.create_task(answering(target, [])), asyncio.create_task(accepting(us))]
            await asyncio.wait_for(us.agent.call(f"sip:bob@127.0.0.1:{them.port}"), 20)
            await asyncio.to_thread(them.command, "transfer", f"sip:carol@127.0.0.1:{target.port}")
            await target.wait("call_confirmed")
            done = await us.wait("transfer_done")
            assert done.status == 200
            ended = await us.wait("call_ended")  # baresip hangs up when it hears of the 200
            assert ended.originator == "remote"
            await settled(*tasks)

    asyncio.run(main())


def test_a_target_that_knows_no_replaces_leaves_both_calls_up(baresip):
    """baresip 1.0.0 has no RFC 3891: it refuses our Require, and the transfer says so."""
    them = baresip(echo=True)

    async def main():
        async with phone() as alice, phone() as bob:
            tasks = [asyncio.create_task(answering(bob, [])), asyncio.create_task(accepting(bob))]
            first = await asyncio.wait_for(alice.agent.call(f"sip:bob@127.0.0.1:{bob.port}"), 20)
            consult = await asyncio.wait_for(alice.agent.call(f"sip:bob@127.0.0.1:{them.port}"), 20)
            with pytest.raises(sipua.SipError) as failed:
                await first.transfer(consult=consult)
            assert failed.value.status == 420
            await asyncio.sleep(0.3)
            assert "call_ended" not in alice.names()
            await settled(*tasks)

    asyncio.run(main())
