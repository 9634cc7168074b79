"""Fixtures that start a real peer and end it with its test."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

import network  # noqa: E402
from certificates import Certificates  # noqa: E402
from peers import AllRoads, Baresip, Edge, Embedded, Kamailio, Peer, Sipp  # noqa: E402


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Callable[..., Peer]]:
    """started(Kamailio, ...): a peer in a folder of its own."""
    running: list[Peer] = []

    def start(kind: type[Peer], *arguments: object, **settings: object) -> Peer:
        peer = kind(tmp_path / f"{kind.__name__.lower()}{len(running)}", *arguments, **settings)  # type: ignore[arg-type]
        running.append(peer)
        return peer

    yield start
    for peer in running:
        peer.stop()


@pytest.fixture
def kamailio(started: Callable[..., Kamailio]) -> Callable[..., Kamailio]:
    return lambda **settings: started(Kamailio, **settings)


@pytest.fixture
def sipp(started: Callable[..., Sipp]) -> Callable[..., Sipp]:
    return lambda *arguments, **settings: started(Sipp, *arguments, **settings)


@pytest.fixture
def baresip(started: Callable[..., Baresip]) -> Callable[..., Baresip]:
    return lambda **settings: started(Baresip, **settings)


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return Certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def roads(started: Callable[..., AllRoads], certificates: Certificates) -> Callable[..., AllRoads]:
    """roads(...): Kamailio on every transport."""
    return lambda **settings: started(AllRoads, certificates, **settings)


@pytest.fixture
def edge(started: Callable[..., Edge], certificates: Certificates) -> Callable[..., Edge]:
    """edge(registrar, ...): an edge proxy before that registrar."""
    return lambda registrar, **settings: started(Edge, certificates, registrar, **settings)


@pytest.fixture
def embedded(started: Callable[..., Embedded]) -> Callable[..., Embedded]:
    """embedded(listen=..., ...): our registrar in a process of its own."""
    return lambda **settings: started(Embedded, **settings)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "network: runs in network namespaces of its own")


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """A test that is marked `network` is run again by a second pytest in namespaces that end with it."""
    if pyfuncitem.get_closest_marker("network") is None or network.inside():
        return None
    folder = pyfuncitem.funcargs["tmp_path"]
    network.again(f"{pyfuncitem.path}::{pyfuncitem.name}", str(folder / "again"), 150)
    return True
