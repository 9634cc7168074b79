"""What pytest gets with the package: the fixture `sipua_registrar`."""

from __future__ import annotations

import collections.abc
import typing

import pytest

if typing.TYPE_CHECKING:
    from .testing import Registrar

__all__ = ["sipua_registrar"]


@pytest.fixture
def sipua_registrar() -> collections.abc.Iterator[Registrar]:
    """A running registrar on loopback with the users alice ("secret") and bob ("hunter2"); `add_user()` makes more.
    It runs on a thread of its own, so that plain tests and asyncio tests can use it alike."""
    from .testing import Registrar

    with Registrar({"alice": "secret", "bob": "hunter2"}) as registrar:
        yield registrar
