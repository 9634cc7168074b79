"""Registering, against the embedded registrar, and what the package offers for other people's tests."""

from __future__ import annotations

import asyncio

import pytest
import sipua
from sipua.testing import Registrar
from support import hear, nothing_left, run, share, silence, tone, until


def test_two_users_register_message_and_call_through_the_registrar() -> None:
    async def main() -> None:
        async with (
            Registrar({"alice": "secret", "bob": "hunter2"}) as registrar,
            sipua.Agent(bind="127.0.0.1") as left, sipua.Agent(bind="127.0.0.1") as right,
        ):
            alice = await left.register(registrar.aor("alice"), password="secret")
            bob = await right.register(registrar.aor("bob"), password="hunter2", expires=300)
            assert alice.registered and 0 < bob.expires <= 300
            await until(lambda: len(registrar.bindings.get("bob", [])) == 1)

            async def messages() -> None:
                async for message in right.messages():
                    assert message.account is bob
                    await message.accept()

            async def calls() -> None:
                async for call in right.calls():
                    assert call.account is bob
                    await call.answer()
                    call.audio.write(tone(500, 2))

            right.spawn(messages())
            right.spawn(calls())
            assert (await alice.message(bob.aor, "hello")).status == 200
            call = await alice.call("bob")
            assert share(await hear(call, 1.5), 500) > 0.8
            await call.hangup()
            with pytest.raises(sipua.SipError) as caught:
                await alice.call("nobody")
            assert caught.value.status == 404
            await bob.unregister()
            assert not bob.registered
            with pytest.raises(sipua.SipError) as caught:
                await alice.call("bob")
            assert caught.value.status in (404, 480)
            await nothing_left(left, right)

    run(main())


def test_a_wrong_password_and_an_unknown_user_are_clear() -> None:
    async def main() -> None:
        async with Registrar({"alice": "secret"}) as registrar, sipua.Agent(bind="127.0.0.1") as agent:
            for user, password in (("alice", "wrong"), ("mallory", "secret")):
                with pytest.raises(sipua.SipError) as caught:
                    await agent.register(registrar.aor(user), password=password)
                assert caught.value.status in (401, 403, 404, 407)
                assert caught.value.cause in ("Authentication Error", "Rejected", "Not Found")
            await registrar.set_user("alice", "new")
            account = await agent.register(registrar.aor("alice"), password="new", auth_user="alice")
            await account.close()
            with pytest.raises(sipua.StateError):
                await account.register()

    run(main())


def test_a_registration_refreshes_by_itself_and_tells() -> None:
    async def main() -> None:
        async with Registrar({"alice": "secret"}, max_expires=3) as registrar, sipua.Agent(bind="127.0.0.1") as agent:
            account = await agent.register(registrar.aor("alice"), password="secret", expires=3600)
            assert account.expires <= 3
            async for event in account.events():
                assert isinstance(event, sipua.Registered) and event.refresh
                break

    run(main())


def test_a_server_that_is_not_there_is_an_exception_and_cancelling_closes_the_account() -> None:
    async def main() -> None:
        async with sipua.Agent(bind="127.0.0.1") as agent:
            with pytest.raises(sipua.SipError) as caught:
                await agent.register("sip:alice@127.0.0.1", server="sip:127.0.0.1:1;transport=tcp", password="x")
            assert caught.value.cause
            with silence() as deaf, pytest.raises(TimeoutError):
                async with asyncio.timeout(0.2):
                    await agent.register("sip:alice@127.0.0.1", server=f"sip:{deaf}", password="x")
            await asyncio.sleep(0.1)

    run(main())


def test_redirect_mode_answers_302() -> None:
    async def main() -> None:
        async with (
            Registrar({"bob": "hunter2"}, mode="redirect") as registrar,
            sipua.Agent(bind="127.0.0.1") as left, sipua.Agent(bind="127.0.0.1") as right,
        ):
            await right.register(registrar.aor("bob"), password="hunter2")
            with pytest.raises(sipua.SipError) as caught:
                await left.call(registrar.aor("bob"))
            assert caught.value.status == 302 and caught.value.cause == "Redirected"

    run(main())


def test_an_agent_calls_itself_through_its_registrar() -> None:
    async def main() -> None:
        async with Registrar({"alice": "secret"}) as registrar, sipua.Agent(bind="127.0.0.1") as agent:
            alice = await agent.register(registrar.aor("alice"), password="secret")

            async def take() -> None:
                async for call in agent.calls():
                    await call.answer()

            agent.spawn(take())
            call = await alice.call("alice")
            await call.hangup()
            await nothing_left(agent)

    run(main())


def test_the_fixture_serves_plain_and_asyncio_tests(sipua_registrar: Registrar) -> None:
    aor = sipua_registrar.add_user("carol", "word")

    async def main() -> None:
        async with sipua.Agent(bind="127.0.0.1") as agent:
            assert (await agent.register(aor, password="word")).registered
            assert (await agent.register(sipua_registrar.aor("alice"), password="secret")).registered

    run(main())
    assert sipua_registrar.uri.startswith("sip:127.0.0.1:") and sipua_registrar.realm == "127.0.0.1"


def test_a_registrar_of_asyncio_says_how_users_are_added_there() -> None:
    async def main() -> None:
        async with Registrar({}) as one:
            with pytest.raises(RuntimeError, match="await set_user"):
                one.add_user("carol", "word")
            await one.set_user("carol", "word")

    run(main())


def test_tcp_only_and_a_realm_of_its_own() -> None:
    async def main() -> None:
        async with (
            Registrar({"alice": "secret"}, listen=["tcp:127.0.0.1:0"], realm="example.com") as registrar,
            sipua.Agent(bind="127.0.0.1") as agent,
        ):
            assert registrar.uri.endswith(";transport=tcp")
            account = await agent.register(registrar.aor("alice"), password="secret", server=registrar.uri)
            assert account.registered

    run(main())


def test_a_registrar_that_cannot_be_started_says_why() -> None:
    with pytest.raises(sipua.InvalidError):
        Registrar({}, listen=[])
    with pytest.raises(sipua.InvalidError):
        Registrar({}, mode="magic")  # type: ignore[arg-type]

    async def main() -> None:
        async with Registrar({}) as one:
            with pytest.raises(sipua.Error):
                async with Registrar({}, listen=[f"udp:127.0.0.1:{one.port}"]):
                    pass
        with pytest.raises(sipua.ClosedError):
            Registrar({}).uri  # noqa: B018

    run(main())
