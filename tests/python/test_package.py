"""The package as such: one extension for all Pythons, nothing of ours visible to others, everything documented."""

from __future__ import annotations

import importlib
import importlib.metadata
import inspect
import pathlib
import pkgutil
import shutil
import subprocess
import sys

import sipua
import sipua.sync
import sipua.testing
from sipua import _sipua

EXTENSION = pathlib.Path(_sipua.__file__)


def test_one_stable_extension_that_shows_nothing_but_its_entry() -> None:
    assert EXTENSION.name == "_sipua.abi3.so"
    nm = shutil.which("nm")
    assert nm, "binutils comes with the compiler"
    shown = subprocess.run([nm, "-D", "--defined-only", EXTENSION], capture_output=True, text=True, check=True).stdout
    names = {line.split()[-1] for line in shown.splitlines()}
    assert "PyInit__sipua" in names
    assert not [n for n in names if n.startswith(("sipua_", "SSL_", "sip_", "net_", "core_"))]


def test_nothing_is_needed_at_run_time_but_cffi() -> None:
    needs = importlib.metadata.requires("sipua") or []
    assert [n for n in needs if "extra" not in n] == [n for n in needs if n.startswith("cffi")]
    assert (pathlib.Path(sipua.__file__).parent / "py.typed").exists()


def test_the_versions_agree() -> None:
    assert sipua.library_version() == sipua.__version__ == "0.2.0"
    assert {"udp", "tcp", "opus", "pcmu", "pcma", "server"} <= sipua.features()


def test_every_public_thing_is_documented_and_every_listed_name_exists() -> None:
    missing = []
    for module in (sipua, sipua.events, sipua.sync, sipua.testing):
        assert module.__doc__
        for name in module.__all__:
            thing = getattr(module, name)
            if not inspect.isclass(thing):
                continue
            if not thing.__doc__:
                missing.append(name)
            for key, member in vars(thing).items():
                value = member.fget if isinstance(member, property) else member
                if not key.startswith("_") and inspect.isfunction(value) and not value.__doc__:
                    missing.append(f"{module.__name__}.{name}.{key}")
    assert not missing


def test_every_module_can_be_imported_alone() -> None:
    for module in pkgutil.walk_packages(sipua.__path__, "sipua."):
        if module.name.endswith(("__main__", "_sipua")):
            continue
        importlib.import_module(module.name)
    for name in ("sipua._events", "sipua._call", "sipua._enums", "sipua.sync", "sipua.testing", "sipua.cli"):
        done = subprocess.run([sys.executable, "-c", f"import {name}"], capture_output=True, text=True)
        assert done.returncode == 0, (name, done.stderr)
