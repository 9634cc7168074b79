"""Real peers for the tests: kamailio, sipp and baresip, each started on free ports and ended with its test."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import socket
import string
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from certificates import Certificates, Pair

HERE = Path(__file__).resolve().parent


def family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def free_port(hosts: tuple[str, ...] = ("127.0.0.1",)) -> int:
    """An even port that is free for UDP and TCP now, with three neighbours: baresip takes the next for TLS, sipp four for
    audio and video. From below those that the system gives to connections, which come and go all the time."""
    for _ in range(200):
        port = random.randrange(16000, 32000, 2)
        held = []
        try:
            for host in hosts:
                for number in range(port, port + 4):
                    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
                        held.append(socket.socket(family(host), kind))
                        held[-1].bind((host, number))
            return port
        except OSError:
            continue
        finally:
            for one in held:
                one.close()
    raise RuntimeError("no free ports here")


@dataclass
class Peer:
    """A process with its output in a file; `log` is read when a test wants to know, or has failed."""

    name: str
    folder: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> str:
        path = self.folder / f"{self.name}.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def start(self, *command: str, **environment: str) -> Peer:
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / f"{self.name}.log").open("ab") as out:
            self.process = subprocess.Popen(
                command,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env={**os.environ, **environment},
                start_new_session=True,
            )
        return self

    def wait(self, timeout: float) -> int:
        """The exit status; the process is killed and the log shown when it takes too long."""
        assert self.process
        try:
            return self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.stop()
            raise AssertionError(f"{self.name} did not end within {timeout} s:\n{self.log[-4000:]}") from None

    def wait_for(self, text: str, timeout: float = 20) -> None:
        end = time.monotonic() + timeout
        while text not in self.log:
            if time.monotonic() > end or (self.process and self.process.poll() is not None):
                raise AssertionError(f"{self.name} never said {text!r}:\n{self.log[-4000:]}")
            time.sleep(0.05)

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            for how in (signal.SIGTERM, signal.SIGKILL):
                try:
                    os.killpg(self.process.pid, how)
                    self.process.wait(5)
                    break
                except (ProcessLookupError, subprocess.TimeoutExpired):
                    continue


def wait_for_tcp(port: int, timeout: float = 20, host: str = "127.0.0.1",
                 process: subprocess.Popen[bytes] | None = None) -> None:
    end = time.monotonic() + timeout
    while True:
        try:
            socket.create_connection((host, port), 1).close()
            return
        except OSError:
            if time.monotonic() > end or (process and process.poll() is not None):
                raise AssertionError(f"nothing listens on tcp port {port}") from None
            time.sleep(0.05)


class Kamailio(Peer):
    """Registrar and proxy; users alice/secret, bob/hunter2 and carol/carols."""

    def __init__(self, folder: Path, **settings: object) -> None:
        super().__init__("kamailio", folder)
        self.port = free_port()
        values = {
            "port": self.port,
            "run": str(folder),
            "algorithm": "MD5",
            "min_expires": 5,
            "max_expires": 3600,
            "nonce_expire": 300,
            "force_rport": 1,
            "challenge_calls": 1,
            "proxy_realm": "127.0.0.1",
            **settings,
        }
        folder.mkdir(parents=True, exist_ok=True)
        config = folder / "kamailio.cfg"
        config.write_text(string.Template((HERE / "kamailio.cfg").read_text()).substitute(values))
        self.start("kamailio", "-DD", "-E", "-f", str(config), "-Y", str(folder), "-P", str(folder / "pid"),
                   "-m", "32", "-M", "8")
        try:
            wait_for_tcp(self.port)
        except AssertionError:
            raise AssertionError(f"kamailio did not start:\n{self.log[-3000:]}") from None

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"


class Sipp(Peer):
    """One run of sipp with a scenario of ours; its exit status is the verdict."""

    def __init__(self, folder: Path, scenario: str, *arguments: str, target: str | None = None, calls: int = 1,
                 port: int | None = None) -> None:
        super().__init__(f"sipp-{Path(scenario).name}", folder)  # a path: a scenario of the test's own
        self.port = port or free_port()
        self.start("sipp", "-sf", str(HERE / "sipp" / f"{scenario}.xml"), "-i", "127.0.0.1", "-p", str(self.port),
                   "-mp", str(free_port()), "-m", str(calls), "-nostdin", "-timeout", "40", "-timeout_error",
                   "-deadcall_wait", "0", "-trace_err", "-error_file", str(folder / f"{self.name}.err"),
                   "-trace_msg", "-message_file", str(folder / f"{self.name}.msg"), *arguments,
                   *([target] if target else []), TERM="dumb")

    @property
    def messages(self) -> str:
        path = self.folder / f"{self.name}.msg"
        return path.read_text(errors="replace") if path.exists() else ""

    def verdict(self, timeout: float = 60) -> None:
        code = self.wait(timeout)
        errors = self.folder / f"{self.name}.err"
        said = errors.read_text(errors="replace") if errors.exists() else ""
        assert code == 0, f"{self.name} ended with {code}:\n{said[-3000:]}\n{self.messages[-6000:]}"


class Baresip(Peer):
    """A phone without a sound card: plays a WAV file or echoes, and records what it hears."""

    def __init__(self, folder: Path, *, user: str = "bob", codec: str = "PCMU/8000/1", rate: int = 8000,
                 source: str = "aufile,tone.wav", echo: bool = False, account: str = "", commands: tuple[str, ...] = (),
                 seconds: int = 40) -> None:
        """`command()` tells it something while it runs."""
        super().__init__("baresip", folder)
        self.port = free_port()
        folder.mkdir(parents=True, exist_ok=True)
        channels = 2 if codec.startswith("opus") else 1
        audio = ("audio_source aubridge,loop\naudio_player aubridge,loop\n" if echo else
                 f"audio_source {source.replace('aufile,', 'aufile,' + str(folder) + '/')}\naudio_player aubridge,sink\n")
        (folder / "config").write_text(
            f"""sip_listen 127.0.0.1:{self.port}
net_interface 127.0.0.1
module_path /usr/lib/baresip/modules
call_local_timeout 30
audio_channels {channels}
ausrc_srate {rate}
auplay_srate {rate}
{audio}snd_path {folder}
rtp_ports {free_port()}-{65000}
ctrl_tcp_listen 127.0.0.1:{self.port + 2}
module g711.so
module opus.so
module aufile.so
module aubridge.so
module sndfile.so
module_app account.so
module_app menu.so
module_app ctrl_tcp.so
"""
        )
        (folder / "accounts").write_text(
            account or f"<sip:{user}@127.0.0.1:{self.port}>;regint=0;answermode=auto;audio_codecs={codec}\n")
        (folder / "contacts").write_text("")
        self.start("baresip", "-f", str(folder), "-t", str(seconds), "-v",
                   *(part for command in commands for part in ("-e", command)))
        self.wait_for("baresip is ready")

    def command(self, name: str, parameters: str = "") -> str:
        """Over ctrl_tcp: JSON in netstrings. What it says to that."""
        text = json.dumps({"command": name, "params": parameters, "token": "t"})
        with socket.create_connection(("127.0.0.1", self.port + 2), timeout=5) as link:
            link.sendall(f"{len(text)}:{text},".encode())
            said = ""
            while '"response":true' not in said:
                said += link.recv(65536).decode(errors="replace")
            return said

    def recording(self) -> Path:
        """What the phone heard (sndfile writes dump-*-dec.wav)."""
        files = sorted(self.folder.glob("dump-*-dec.wav"))
        assert files, f"baresip recorded nothing:\n{self.log[-3000:]}"
        return files[-1]


class AllRoads(Peer):
    """Kamailio on UDP, TCP, TLS, WS and WSS at once; users alice/secret, bob/hunter2 and carol/carols. It can be killed
    and started again on the same ports, and then knows nobody any more."""

    config = "kamailio-all.cfg"
    defaults: dict[str, object] = {
        "min_expires": 5,
        "max_expires": 3600,
        "challenge_calls": 1,
        "proxy_realm": "127.0.0.1",
        "learn_contacts": 1,  # from where a request came, not what its Contact says
        "service_route": "",
        "fr_timer": 30000,
    }

    def __init__(self, folder: Path, certificates: Certificates, *, pair: Pair | None = None,
                 hosts: tuple[str, ...] = ("127.0.0.1", "::1"), sni: dict[str, Pair] | None = None,
                 client_ca: str | None = None, crl: str | None = None, tls: str = "TLSv1.2+", **settings: object) -> None:
        super().__init__("kamailio", folder)
        self.hosts = hosts
        self.port = free_port(hosts=hosts)  # the next ones: TLS, WS, WSS
        folder.mkdir(parents=True, exist_ok=True)
        listen = []
        for host in (f"[{host}]" if ":" in host else host for host in hosts):
            listen += [f"listen={kind}:{host}:{self.port + step}"
                       for kind, step in (("udp", 0), ("tcp", 0), ("tls", 1), ("tcp", 2), ("tls", 3))]
        self.short = tempfile.TemporaryDirectory(prefix="sipua-")  # a socket's path may not be long
        values = {"run": str(folder), "ctl": f"{self.short.name}/ctl", "listen": "\n".join(listen), **self.defaults, **settings}
        text = string.Template((HERE / self.config).read_text()).substitute(values)
        (folder / "kamailio.cfg").write_text(text)
        self.secure(pair or certificates.good, sni or {}, client_ca, crl, tls)
        self.begin()

    def secure(self, pair: Pair, sni: dict[str, Pair] | None = None, client_ca: str | None = None, crl: str | None = None,
               tls: str = "TLSv1.2+") -> None:
        def section(name: str, used: Pair, *more: str) -> str:
            demand = ["verify_certificate = yes", "require_certificate = yes", f"ca_list = {client_ca}"] if client_ca else [
                "verify_certificate = no", "require_certificate = no"]
            return "\n".join([f"[{name}]", f"method = {tls}", f"certificate = {used.cert}", f"private_key = {used.key}",
                              *demand, *([f"crl = {crl}"] if crl else []), *more, ""])

        text = section("server:default", pair)
        for server, used in (sni or {}).items():
            text += section("server:any", used, f"server_name = {server}")
        text += "[client:default]\nverify_certificate = no\nrequire_certificate = no\n"
        (self.folder / "tls.cfg").write_text(text)

    def begin(self) -> None:
        self.start("kamailio", "-DD", "-E", "-f", str(self.folder / "kamailio.cfg"), "-Y", str(self.folder), "-P",
                   str(self.folder / "pid"), "-m", "64", "-M", "16")
        try:
            for step in range(4):
                wait_for_tcp(self.port + step, host=self.hosts[0], process=self.process)
        except AssertionError:
            raise AssertionError(f"kamailio did not start:\n{self.log[-3000:]}") from None

    def kill(self) -> None:
        """No farewell: its sockets close, and what it knew is lost."""
        assert self.process
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)

    def stop(self) -> None:
        super().stop()
        self.short.cleanup()

    @property
    def at(self) -> str:
        """HOST:PORT of UDP and TCP."""
        return f"[{self.hosts[0]}]:{self.port}" if ":" in self.hosts[0] else f"{self.hosts[0]}:{self.port}"

    def uri(self, transport: str = "udp", host: str | None = None) -> str:
        """Where an account finds it: a SIP URI, or for WebSockets a URL."""
        host = host or self.hosts[0]
        host = f"[{host}]" if ":" in host else host
        if transport in ("ws", "wss"):
            return f"{transport}://{host}:{self.port + (2 if transport == 'ws' else 3)}/sip"
        return f"sip:{host}:{self.port + (transport == 'tls')};transport={transport}"

    def rpc(self, *command: str) -> str:
        done = subprocess.run(["kamcmd", "-s", f"unix:{self.short.name}/ctl", *command], capture_output=True, text=True,
                              timeout=20)
        return done.stdout + done.stderr

    def contacts(self, user: str) -> list[str]:
        """The addresses that the user is registered at."""
        found, current = [], ""
        for line in (line.strip() for line in self.rpc("ul.dump").splitlines()):
            if line.startswith("AoR: "):
                current = line[5:]
            elif line.startswith("Address: ") and current.split("@")[0] == user:
                found.append(line[9:])
        return found


class Edge(AllRoads):
    """An edge proxy with flows (RFC 5626), before a registrar."""

    config = "kamailio-edge.cfg"

    def __init__(self, folder: Path, certificates: Certificates, registrar: AllRoads, **settings: object) -> None:
        super().__init__(folder, certificates, registrar=f"{registrar.hosts[0]}:{registrar.port}", **settings)


class Embedded(Peer):
    """Our own registrar in a process of its own: its memory can be measured, and it can be killed."""

    def __init__(self, folder: Path, **settings: object) -> None:
        super().__init__("embedded", folder)
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "embedded.log").open("wb") as log:
            self.process = subprocess.Popen([sys.executable, str(HERE / "embedded.py"), json.dumps(settings)],
                                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, start_new_session=True)
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert line, f"the registrar did not start:\n{self.log[-3000:]}"
        self.listeners: list[tuple[str, str, int]] = [(kind, host, port) for kind, host, port in json.loads(line)]

    def port(self, transport: str) -> int:
        return next(port for kind, _, port in self.listeners if kind == transport)

    def aor(self, user: str) -> str:
        return f"sip:{user}@127.0.0.1"

    def uri(self, transport: str) -> str:
        host, port = next((host, port) for kind, host, port in self.listeners if kind == transport)
        host = f"[{host}]" if ":" in host else host
        return f"{transport}://{host}:{port}" if transport in ("ws", "wss") else f"sip:{host}:{port};transport={transport}"

    def memory(self) -> int:
        """Resident bytes."""
        assert self.process
        with open(f"/proc/{self.process.pid}/statm") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def counters(self) -> dict[str, int]:
        assert self.process and self.process.stdin and self.process.stdout
        self.process.stdin.write(b"\n")
        self.process.stdin.flush()
        counters: dict[str, int] = json.loads(self.process.stdout.readline())
        return counters

    def stop(self) -> None:
        super().stop()
        for pipe in (self.process.stdin, self.process.stdout) if self.process else ():
            if pipe:
                pipe.close()
