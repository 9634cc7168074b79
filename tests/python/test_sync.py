"""sipua.sync: the same names, blocking."""

from __future__ import annotations

import inspect
import os
import pathlib
import signal
import subprocess
import sys
import threading
import time

import pytest
import sipua
import sipua.sync
from sipua.testing import Registrar
from support import share, tone

ROOT = pathlib.Path(__file__).resolve().parents[2]


def test_the_committed_file_is_what_the_asyncio_classes_say() -> None:
    tool = ROOT / "bindings/python/tools/make_sync.py"
    done = subprocess.run([sys.executable, tool, "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_every_public_name_is_there() -> None:
    for kind in (sipua.Agent, sipua.Account, sipua.Call, sipua.Audio, sipua.IncomingMessage, sipua.Player):
        side = getattr(sipua.sync, kind.__name__)
        names = {n for n in dir(kind) if not n.startswith("_")} - {"aclose"}
        assert names <= set(dir(side)), kind
        for name in names:
            member = getattr(kind, name)
            if inspect.isfunction(member):
                assert getattr(side, name).__doc__, f"{kind.__name__}.{name} has no docstring"


def test_a_script_registers_calls_hears_and_messages(sipua_registrar: Registrar) -> None:
    with sipua.sync.Agent(bind="127.0.0.1") as left, sipua.sync.Agent(bind="127.0.0.1") as right:
        alice = left.register(sipua_registrar.aor("alice"), password="secret")
        bob = right.register(sipua_registrar.aor("bob"), password="hunter2")
        assert alice.registered and bob.agent is right
        heard: list[bytes] = []

        def take_calls() -> None:
            for call in right.calls():
                with call.answer() as audio:
                    for frame in audio.frames():
                        heard.append(frame)
                return

        def take_messages() -> None:
            for message in right.messages():
                assert message.text == "hello"
                message.accept()
                return

        threads = [right.spawn(take_calls), right.spawn(take_messages)]
        time.sleep(0.2)
        assert alice.message(bob.aor, "hello").status == 200
        call = alice.call(bob.aor, timeout=20)
        assert call.established and call.account is alice and call.direction == "outgoing"
        call.audio.write(tone(480, 1))
        assert call.audio.mark("end").wait(10).mark == "end"
        call.audio.write(tone(480, 3))
        assert call.audio.flush().discarded_ms > 1000
        assert call.stats().packets_sent > 20
        names = []
        call.hangup()
        for event in call.events():
            names.append(event.name)
        assert names[-1] == "call_ended"
        for thread in threads:
            thread.join(10)
            assert not thread.is_alive()
        assert share(b"".join(heard), 480) > 0.8
        with pytest.raises(sipua.SipError) as caught:
            alice.call("nobody")
        assert caught.value.status == 404
        with pytest.raises(ValueError):
            alice.call("\r\n")


def test_a_wait_with_a_timeout_gives_up() -> None:
    with sipua.sync.Agent(bind="127.0.0.1", open=True) as agent:
        port = agent.listeners[0].port
        calls = agent.calls()
        call = agent.dial(f"sip:me@127.0.0.1:{port}")
        incoming = next(calls)
        incoming.answer()
        incoming.audio.write(bytes(320_000))
        with pytest.raises(TimeoutError):
            incoming.audio.mark(1).wait(0.2)
        call.hangup()


def test_ctrl_c_interrupts_a_wait_and_the_call_is_given_up() -> None:
    with sipua.sync.Agent(bind="127.0.0.1", open=True) as agent:
        port = agent.listeners[0].port
        calls = agent.calls()
        threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
        with pytest.raises(KeyboardInterrupt):
            agent.call(f"sip:me@127.0.0.1:{port}")
        assert next(calls).wait_ended().cause == "Canceled"


def test_an_exception_in_a_spawned_function_ends_the_call() -> None:
    with sipua.sync.Agent(bind="127.0.0.1", open=True) as agent:
        port = agent.listeners[0].port
        calls = agent.calls()
        out = agent.dial(f"sip:me@127.0.0.1:{port}")
        incoming = next(calls)

        def fail() -> None:
            raise ValueError("no")

        agent.spawn(fail, call=incoming).join(5)
        assert out.wait_ended().status == 500
