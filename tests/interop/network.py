"""Networks that exist for one test: namespaces joined by veth pairs, and a NAT between them. Made inside a user namespace,
so that no rights are needed; the test is run again in there (see conftest.py)."""

from __future__ import annotations

import ctypes
import os
import shutil
import socket
import struct
import subprocess
import sys
from types import TracebackType

CLONE_NEWNET = 0x40000000
INSIDE = "SIPUA_TEST_NETWORK"
libc = ctypes.CDLL(None, use_errno=True)


def inside() -> bool:
    return bool(os.environ.get(INSIDE))


def again(node: str, folder: str, timeout: float) -> None:
    """Runs one test in namespaces of its own: as root of a user namespace, or where that is not allowed as root."""
    spaces = ["--net", "--pid", "--fork", "--kill-child"]
    ways = [["unshare", "--user", "--map-root-user", *spaces], ["unshare", *spaces], ["sudo", "-nE", "unshare", *spaces]]
    tried = []
    for way in ways:
        if not shutil.which(way[0]):
            continue
        probe = subprocess.run([*way, "ip", "link", "set", "lo", "up"], capture_output=True, text=True, timeout=60)
        if probe.returncode == 0:
            break
        tried.append(f"{' '.join(way)}: {probe.stderr.strip()}")
    else:
        raise AssertionError("no network namespace can be made here:\n" + "\n".join(tried))
    command = [*way, sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--basetemp={folder}", node]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          timeout=timeout, env={**os.environ, INSIDE: "1"})
    assert done.returncode == 0, done.stdout[-20000:]


def setns(fd: int) -> None:
    if libc.setns(fd, CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns")


class Place:
    """A network namespace. `with place:` what the calling thread makes is made there: sockets, processes, and an agent with
    its threads."""

    def __init__(self, here: bool = False) -> None:
        back = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        if here:
            self.fd = back
            self.run("ip", "link", "set", "lo", "up")
            return
        if libc.unshare(CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "unshare")
        self.fd = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        self.run("ip", "link", "set", "lo", "up")
        setns(back)
        os.close(back)

    def __enter__(self) -> Place:
        self._back = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        setns(self.fd)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        setns(self._back)
        os.close(self._back)

    def run(self, *command: str, text: str | None = None) -> str:
        """A command there; words for ip may be given as one string."""
        words = command[0].split() if len(command) == 1 else list(command)
        with self:
            done = subprocess.run(words, input=text, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, f"{' '.join(words)}:\n{text or ''}\n{done.stderr}"
        return done.stdout

    def allow(self, setting: str, value: str) -> None:
        with self, open("/proc/sys/net/" + setting, "w") as file:
            file.write(value)

    def forget_flows(self) -> None:
        """What `conntrack -F` does: a NAT that was switched off and on."""
        with self, socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12) as netfilter:  # NETLINK_NETFILTER
            delete = 1 << 8 | 2  # NFNL_SUBSYS_CTNETLINK, IPCTNL_MSG_CT_DELETE
            netfilter.send(struct.pack("=IHHIIBBH", 20, delete, 1 | 4, 1, 0, 0, 0, 0))
            (error,) = struct.unpack_from("=i", netfilter.recv(4096), 16)
            assert error == 0, os.strerror(-error)


class Lan:
    """Two places on one link: `left` has 192.0.2.1, `right` 192.0.2.2; fd00:2::1 and ::2."""

    def __init__(self) -> None:
        self.left, self.right = Place(here=True), Place()
        join(self.left, "lan", self.right, "lan")
        self.left.run("ip addr add 192.0.2.1/24 dev lan")
        self.right.run("ip addr add 192.0.2.2/24 dev lan")
        self.left.run("ip addr add fd00:2::1/64 dev lan nodad")
        self.right.run("ip addr add fd00:2::2/64 dev lan nodad")


class Nat:
    """`outside` (192.0.2.1) cannot know `inside` (10.0.0.2) but by what the router between them makes of it."""

    def __init__(self) -> None:
        self.outside, self.router, self.inside = Place(here=True), Place(), Place()
        join(self.outside, "out", self.router, "wan")
        join(self.router, "lan", self.inside, "in")
        self.outside.run("ip addr add 192.0.2.1/24 dev out")
        self.router.run("ip addr add 192.0.2.10/24 dev wan")
        self.router.run("ip addr add 192.0.2.11/24 dev wan")
        self.router.run("ip addr add 10.0.0.1/24 dev lan")
        self.renumber("10.0.0.2")
        self.router.allow("ipv4/ip_forward", "1")
        self.map("192.0.2.10:20000-29999")

    def renumber(self, address: str) -> None:
        """`inside` has this address from now on, and no other."""
        self.inside.run("ip addr flush dev in scope global")
        self.inside.run(f"ip addr add {address}/24 dev in")
        self.inside.run("ip route replace default via 10.0.0.1")

    def map(self, to: str) -> None:
        """From now on `inside` is seen there; what flowed is forgotten, and nothing is answered from where it was."""
        self.router.run("nft", "-f", "-", text=f"""
            flush ruleset
            table ip nat {{
                chain out {{
                    type nat hook postrouting priority srcnat;
                    oifname "wan" ip protocol {{ tcp, udp }} snat to {to}
                }}
                chain in {{
                    type filter hook input priority filter;
                    iifname "wan" drop
                }}
            }}""")
        self.router.forget_flows()


def join(one: Place, name: str, other: Place, other_name: str) -> None:
    """A link between two places, up at both ends."""
    one.run("ip", "link", "add", name, "type", "veth", "peer", "name", "far0")
    with one:
        done = subprocess.run(["ip", "link", "set", "far0", "netns", f"/proc/self/fd/{other.fd}"],
                              capture_output=True, text=True, timeout=60, pass_fds=[other.fd])
    assert done.returncode == 0, done.stderr
    other.run("ip", "link", "set", "far0", "name", other_name)
    one.run("ip", "link", "set", name, "up")
    other.run("ip", "link", "set", other_name, "up")
