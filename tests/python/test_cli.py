"""The command: what it prints, how it ends, what it refuses."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pathlib
import re
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from typing import Any

import pytest
import sipua.sync as sipua_sync
from support import read_wav, share, silence, tone, write_wav

SIPUA = [sys.executable, "-m", "sipua"]
ENV = {k: v for k, v in os.environ.items() if k != "SIPUA_PASSWORD"}


TLS = pathlib.Path(__file__).resolve().parents[1] / "conformance/tls"
SHOWN = ("--tls-cert", TLS / "server.pem", "--tls-key", TLS / "server.key")


def sipua(*arguments: str | pathlib.Path, status: int = 0, text: str | None = None, **env: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run([*SIPUA, *map(str, arguments)], capture_output=True, text=True, timeout=60, input=text,
                          env={**ENV, **env})
    assert done.returncode == status, (done.returncode, done.stdout, done.stderr)
    return done


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


class Running:
    """A command that runs on, with its JSON events."""

    def __init__(self, *arguments: str | pathlib.Path) -> None:
        self.process = subprocess.Popen([*SIPUA, *map(str, arguments), "--json"], stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True, env=ENV)
        self.seen: list[dict[str, Any]] = []

    def wait_for(self, name: str) -> dict[str, Any]:
        assert self.process.stdout
        for line in self.process.stdout:
            self.seen.append(json.loads(line))
            if self.seen[-1]["event"] == name:
                return self.seen[-1]
        raise AssertionError(f"no {name}: {self.seen} {self.process.stderr and self.process.stderr.read()}")

    def end(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        rest, self.errors = self.process.communicate(timeout=20)
        self.seen += lines(rest)
        return self.process.returncode


@contextlib.contextmanager
def running(*arguments: str | pathlib.Path) -> Iterator[Running]:
    one = Running(*arguments)
    try:
        yield one
    finally:
        if one.process.poll() is None:
            one.process.kill()
            one.process.communicate()


@pytest.fixture
def server() -> Iterator[str]:
    """HOST:PORT of a registrar with alice and bob."""
    with running("serve", "--listen", "udp:127.0.0.1:0", "--user", "alice:secret", "--user", "bob:hunter2") as one:
        listening = one.wait_for("listening")
        assert one.seen[0] is listening and (listening["transport"], listening["host"]) == ("udp", "127.0.0.1")
        yield f"127.0.0.1:{listening['port']}"


def test_version_and_help() -> None:
    assert re.fullmatch(r"sipua 0\.2\.0 \(libsipua 0\.2\.0\)\n", sipua("--version").stdout)
    text = sipua("--help").stdout
    for name in ("serve", "register", "call", "answer", "message", "options"):
        assert name in text and "--duration" in sipua(name, "--help").stdout


@pytest.mark.parametrize("wrong", [
    [], ["dance"], ["call"], ["serve"], ["serve", "--user", "alice"], ["answer", "--echo", "--play", "x.wav"],
    ["answer", "--reject", "200"], ["call", "bob@x", "--duration", "-1"], ["call", "bob@x", "--dtmf", "z"],
    ["--listen", "udp:5060", "options", "x@y"], ["message", "x@y"], ["call", "sip:bob@exa mple"],
    ["register", "sip:a@b", "--password", "x", "--password-file", "y"], ["call", "b@x", "--codec", "g729"],
    ["register", "sip:a@b", "--transport", "sctp"], ["register", "sip:a@b", "--tls-ca", "/missing.pem"],
    ["serve", "--user", "a:b", "--listen", "wss:127.0.0.1:0"], ["register", "sip:a@b", "--tls-key", __file__],
])
def test_wrong_usage_is_2_with_a_word(wrong: list[str]) -> None:
    done = sipua(*wrong, status=2)
    assert done.stderr and "Traceback" not in done.stderr and not done.stdout


def test_register_stays_for_a_while_and_leaves(server: str) -> None:
    done = sipua("register", f"sip:alice@{server}", "--password", "secret", "--duration", "0.3", "--expires", "60", "--json")
    events = lines(done.stdout)
    names = [e["event"] for e in events]
    assert names.index("registered") < names.index("unregistered")
    registered = events[names.index("registered")]
    assert registered["expires"] <= 60 and registered["status"] == 200 and registered["account"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", registered["time"])


@pytest.mark.parametrize("transport", ["tls", "ws", "wss"])
def test_a_registrar_and_a_phone_speak_tls_and_websocket(transport: str) -> None:
    with running("serve", "--listen", f"{transport}:127.0.0.1:0", "--user", "alice:secret", *SHOWN) as one:
        port = one.wait_for("listening")["port"]
        web = transport != "tls"
        where = ["--server", f"{transport}://127.0.0.1:{port}"] if web else ["--transport", "tls"]
        aor = "sip:alice@127.0.0.1" if web else f"sip:alice@127.0.0.1:{port}"
        phone = ["register", aor, "--password", "secret", "--duration", "0.3", "--json", *where]
        done = sipua(*phone, "--tls-ca", TLS / "ca.pem")
        said = lines(done.stdout)
        assert any(e["event"] == "transport_connected" and e["transport"] == transport for e in said)
        assert any(e["event"] == "registered" and e["transport"] == transport for e in said)
        if transport == "ws":
            return
        done = sipua(*phone, status=1)
        lost = next(e for e in lines(done.stdout) if e["event"] == "transport_disconnected")
        assert lost["check"] == "unknown issuer" and lost["error"] == "SIPUA_E_TLS" and "certificate" in lost["text"]
        done = sipua(*phone, "--tls-insecure")
        assert "WARNING" in done.stderr and "--tls-insecure" in done.stderr
        done = sipua(*(word for word in phone if word != "--json"), "--tls-ca", TLS / "other.pem", status=1)
        assert "disconnected" in done.stdout and "unknown issuer" in done.stdout and "127.0.0.1" in done.stdout


def test_passwords_from_a_file_and_from_the_environment_and_a_wrong_one(server: str, tmp_path: pathlib.Path) -> None:
    (tmp_path / "password").write_text("secret\n")
    aor = f"sip:alice@{server}"
    sipua("register", aor, "--password-file", tmp_path / "password", "--duration", "0.1")
    sipua("register", aor, "--duration", "0.1", SIPUA_PASSWORD="secret")
    done = sipua("register", aor, "--password", "wrong", "--duration", "0.1", status=1)
    assert re.search(r"40[137]|Authentication", done.stderr) and "wrong" not in done.stderr
    done = sipua("register", aor, "--password-file", tmp_path / "missing", status=1)
    assert "missing" in done.stderr


def test_a_call_through_the_server_with_files_digits_and_recordings(server: str, tmp_path: pathlib.Path) -> None:
    source = write_wav(tmp_path / "in.wav", tone(620, 3, 8000), 8000)
    with running("answer", "--from", f"sip:bob@{server}", "--password", "hunter2", "--echo", "--calls", "1", "--record",
                 tmp_path / "far.wav") as bob:
        bob.wait_for("registered")
        done = sipua(
            "--json", "call", "bob", "--from", f"sip:alice@{server}", "--password", "secret", "--play", source,
            "--record", tmp_path / "heard.wav", "--record-stereo", tmp_path / "both.wav", "--dtmf", "1#",
            "--codec", "pcmu,opus", "--duration", "3")
        assert bob.process.wait(20) == 0
        rest = lines(bob.process.stdout.read() if bob.process.stdout else "")
    assert "".join(e["digit"] for e in bob.seen + rest if e["event"] == "dtmf") == "1#"
    events = lines(done.stdout)
    names = [e["event"] for e in events]
    assert names.index("call_sending") < names.index("call_accepted") < names.index("call_ended")
    assert next(e for e in events if e["event"] == "media_ready")["codec"].lower() == "pcmu"
    assert next(e for e in events if e["event"] == "call_ended")["cause"] == "Terminated"
    for name in ("far.wav", "heard.wav"):
        channels, rate = read_wav(tmp_path / name)
        assert len(channels) == 1 and share(channels[0], 620, rate) > 0.8
    channels, rate = read_wav(tmp_path / "both.wav")
    assert len(channels) == 2 and share(channels[0], 620, rate) > 0.8 and share(channels[1], 620, rate) > 0.8


def test_direct_calls_messages_and_options_need_no_account() -> None:
    with running("answer", "--listen", "udp:127.0.0.1:0", "--calls", "2") as phone:
        port = phone.wait_for("listening")["port"]
        target = f"sip:anybody@127.0.0.1:{port}"
        done = sipua("options", target)
        assert "200" in done.stdout and "Allow" in done.stdout
        done = sipua("call", target, "--duration", "0.3")
        assert "answered" in done.stdout and "ended" in done.stdout and not done.stderr
        done = sipua("message", target, "hello", status=1)
        assert "405" in done.stderr
        done = sipua("call", f"anybody@127.0.0.1:{port}", "--from", "sip:me@example.com", "--duration", "0.3", "--json")
        assert any(e["event"] == "call_ended" for e in lines(done.stdout))
        assert phone.process.wait(20) == 0
        rest = lines(phone.process.stdout.read() if phone.process.stdout else "")
        assert any("me@example.com" in e.get("from", "") for e in rest if e["event"] == "incoming_call")


def test_a_refusal_and_nobody_there_are_1_with_the_reason() -> None:
    with running("answer", "--listen", "udp:127.0.0.1:0", "--reject", "486", "--ring-for", "0.2") as phone:
        port = phone.wait_for("listening")["port"]
        done = sipua("call", f"sip:x@127.0.0.1:{port}", status=1)
        assert "486" in done.stderr and "Busy" in done.stderr and "ringing" in done.stdout
        assert phone.end() == 143
    done = sipua("options", "sip:127.0.0.1:1;transport=tcp", "--duration", "3", status=1)
    assert done.stderr.startswith("sipua: ")
    done = sipua("call", "bob", status=1)  # without an account that is a host, and there is none
    assert "bob" in done.stderr


def test_bad_files_are_told_before_anybodys_phone_rings(tmp_path: pathlib.Path) -> None:
    (tmp_path / "bad.wav").write_text("not music")
    for arguments in (["--play", "missing.wav"], ["--play", tmp_path / "bad.wav"], ["--record", tmp_path / "no/x.wav"]):
        done = sipua("call", "sip:x@127.0.0.1:9", *arguments, status=1)
        assert "wav" in done.stderr and not done.stdout


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_hangs_up_unregisters_and_leaves(server: str, number: int, status: int) -> None:
    with running("answer", "--from", f"sip:bob@{server}", "--password", "hunter2") as bob:
        bob.wait_for("registered")
        with running("call", "bob", "--from", f"sip:alice@{server}", "--password", "secret") as alice:
            alice.wait_for("call_confirmed")
            assert alice.end(number) == status
        names = [e["event"] for e in alice.seen]
        assert "call_ended" in names and "unregistered" in names
        bob.wait_for("call_ended")
        assert bob.end(number) == status
        assert "Traceback" not in alice.errors + bob.errors


def test_a_second_signal_leaves_at_once() -> None:
    with silence() as deaf, running("call", f"sip:x@{deaf}", "--listen", "udp:127.0.0.1:0") as one:
        one.wait_for("call_sending")
        one.process.send_signal(signal.SIGINT)
        time.sleep(0.1)
        started = time.monotonic()
        one.process.send_signal(signal.SIGINT)
        assert one.process.wait(10) == 130
        assert time.monotonic() - started < 3


def test_a_closed_pipe_ends_quietly() -> None:
    with running("answer", "--listen", "udp:127.0.0.1:0", "--duration", "20") as phone:
        port = phone.wait_for("listening")["port"]
        assert phone.process.stdout and phone.process.stderr
        phone.process.stdout.close()
        subprocess.run([*SIPUA, "call", f"sip:x@127.0.0.1:{port}", "--duration", "0.2"], capture_output=True, timeout=30)
        assert phone.process.wait(20) == 0
        assert phone.process.stderr.read() == ""


def test_trace_and_log_go_to_standard_error_and_people_read_a_timeline() -> None:
    with running("answer", "--listen", "udp:127.0.0.1:0") as phone:
        port = phone.wait_for("listening")["port"]
        done = sipua("--trace", "options", f"sip:x@127.0.0.1:{port}", "-v")
        assert "OPTIONS sip:" in done.stderr and "SIP/2.0 200" in done.stderr
        assert "OPTIONS sip:" not in done.stdout
        done = sipua("call", f"sip:x@127.0.0.1:{port}", "--duration", "0.5")
        for line in done.stdout.splitlines():
            assert re.match(r"\d\d:\d\d:\d\d\.\d{3}  \w[\w ]{11} ", line + " "), line
        assert "\033" not in done.stdout


class Terminal:
    """A command on a terminal of its own."""

    def __init__(self, *arguments: str) -> None:
        self.ours, theirs = os.openpty()
        self.process = subprocess.Popen(
            [*SIPUA, *arguments], stdin=theirs, stdout=theirs, stderr=theirs, env=ENV, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        os.close(theirs)
        self.text = ""

    def wait_for(self, text: str) -> None:
        while text not in self.text:
            self.text += os.read(self.ours, 4096).decode()

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.ours)


@pytest.mark.parametrize(("typed", "status"), [("secret\n", 0), ("\x03", 130), ("", 143)])
def test_a_password_is_asked_for_on_a_terminal_and_the_prompt_can_be_left(server: str, typed: str, status: int) -> None:
    terminal = Terminal("register", f"sip:alice@{server}", "--duration", "0.3")
    try:
        terminal.wait_for("Password of sip:alice@")
        if typed:
            os.write(terminal.ours, typed.encode())
        else:
            terminal.process.terminate()
        if status == 0:
            terminal.wait_for("unregistered")
            assert "secret" not in terminal.text
        # A key pressed in the microseconds between the prompt and the reading of it is noted but wakes nobody (Python
        # looks for signals before it reads): a person would press again.
        for _ in range(5):
            try:
                terminal.process.wait(4)
                break
            except subprocess.TimeoutExpired:
                os.write(terminal.ours, typed.encode())
        assert terminal.process.wait(20) == status
    finally:
        terminal.close()


def test_a_duration_counts_from_the_start() -> None:
    with silence() as deaf:
        for command in (["register", f"sip:alice@{deaf}"], ["answer", "--from", f"sip:alice@{deaf}"]):
            started = time.monotonic()
            done = sipua(*command, "--password", "x", "--duration", "0.5", status=1)
            assert "not registered within 0.5 s" in done.stderr
            assert time.monotonic() - started < 10


def test_who_calls_beyond_the_wanted_number_is_told_so_at_once() -> None:
    with running("answer", "--listen", "udp:127.0.0.1:0", "--calls", "1") as phone:
        target = f"sip:x@127.0.0.1:{phone.wait_for('listening')['port']}"
        with running("call", target) as first:
            first.wait_for("call_confirmed")
            done = sipua("call", target, status=1)
            assert "480" in done.stderr
            assert first.end(signal.SIGINT) == 130
        assert phone.process.wait(20) == 0


def test_a_file_that_cannot_be_played_says_what_was_found(tmp_path: pathlib.Path) -> None:
    adpcm = tmp_path / "adpcm.wav"
    form = struct.pack("<HHIIHH", 2, 1, 8000, 4000, 1, 4)
    adpcm.write_bytes(b"RIFF" + struct.pack("<I", 1036) + b"WAVEfmt " + struct.pack("<I", 16) + form
                      + b"data" + struct.pack("<I", 1000) + bytes(1000))
    for command in (["call", "sip:x@127.0.0.1:9"], ["answer", "--listen", "udp:127.0.0.1:0"]):
        done = sipua(*command, "--play", adpcm, status=1)  # before anybody's phone rings
        assert "ADPCM" in done.stderr and "PCM, float" in done.stderr and not done.stdout
    adpcm.write_bytes(b"RIFF" + struct.pack("<I", 36) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, 0, 0, 2, 16)
                      + b"data" + struct.pack("<I", 0))
    with running("answer", "--listen", "udp:127.0.0.1:0", "--calls", "1", "--play", adpcm) as phone:
        target = f"sip:x@127.0.0.1:{phone.wait_for('listening')['port']}"
        sipua("call", target)
        assert phone.process.wait(20) == 1 and phone.process.stderr
        said = phone.process.stderr.read()
        assert "0 Hz" in said and "Traceback" not in said


def test_a_name_of_etc_hosts_is_called_over_tcp_and_ipv6_without_a_listener_too() -> None:
    with running("answer", "--listen", "tcp:127.0.0.1:0", "--calls", "1") as phone:
        port = phone.wait_for("listening")["port"]
        sipua("call", f"sip:x@localhost:{port};transport=tcp", "--duration", "0.2")
        assert phone.process.wait(20) == 0
    with running("answer", "--listen", "udp:[::1]:0", "--calls", "1") as phone:
        port = phone.wait_for("listening")["port"]
        sipua("call", f"sip:x@[::1]:{port}", "--duration", "0.2")
        assert phone.process.wait(20) == 0


def test_a_message_arrives_from_the_arguments_and_from_standard_input() -> None:
    with sipua_sync.Agent(bind="127.0.0.1", open=True) as agent:
        texts: list[str] = []

        def take() -> None:
            for message in agent.messages():
                texts.append(message.text)
                message.accept()

        agent.spawn(take)
        target = f"bob@127.0.0.1:{agent.listeners[0].port}"
        done = sipua("message", target, "lunch?", "--header", "X-Id: 7")
        assert "delivered" in done.stdout and not done.stderr
        sipua("message", "--json", target, "-", text="at\nnoon ☎")
        assert texts == ["lunch?", "at\nnoon ☎"]


def test_a_trace_keeps_secrets(server: str) -> None:
    done = sipua("register", f"sip:alice@{server}", "--trace", "--password", "secret", "--duration", "0.2")
    assert 'response="***"' in done.stderr and not re.search(r'response="[0-9a-f]{8}|secret', done.stderr)


def test_a_message_to_nobody_through_the_server_fails(server: str) -> None:
    done = sipua("message", "bob", "-", "--from", f"sip:alice@{server}", "--password", "secret", status=1, text="hi")
    assert re.search(r"404|480", done.stderr)
