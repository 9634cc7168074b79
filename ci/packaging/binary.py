"""What a package's binary asks of the machine it is loaded on, and which archives its linker took things from."""
from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

C_LIBRARY = re.compile(r"^(libc|libm)\.so\.6$|^libpthread\.so\.0$|^libdl\.so\.2$|^ld-linux[-a-z0-9_]*\.so\.\d$")
OWN = {"libsipua.a"}
# The compiler's and the C library's own helpers, whose licences ask nothing of what they are linked into.
HELPERS = {"libgcc.a", "libgcc_eh.a", "libstdc++.a", "libsupc++.a", "libc_nonshared.a", "liblate_glibc.a"}


class Refused(Exception):
    """The binary is not fit for a package; the text says why."""


def _readelf(*arguments: str | Path) -> str:
    return subprocess.run(["readelf", "-W", *map(str, arguments)], check=True, text=True, stdout=subprocess.PIPE).stdout


def needed(binary: Path) -> list[str]:
    return re.findall(r"\(NEEDED\).*\[(.+)\]", _readelf("-d", binary))


def symbols(binary: Path) -> tuple[dict[str, str], set[str]]:
    """What is taken from outside (name -> version, '' for none; weak ones aside) and what is shown to others."""
    taken, shown = {}, set()
    for line in _readelf("--dyn-syms", binary).splitlines():
        field = line.split()
        if len(field) < 8 or not field[0].rstrip(":").isdigit() or field[4] == "LOCAL":
            continue
        name, _, version = field[7].partition("@")
        if field[6] != "UND":
            shown.add(name)
        elif field[4] != "WEAK" or version:
            taken[name] = version.lstrip("@")
    return taken, shown


def glibc(binary: Path) -> tuple[int, ...]:
    """The newest glibc whose symbols it asks for."""
    versions = {v.removeprefix("GLIBC_") for v in symbols(binary)[0].values() if v.startswith("GLIBC_")}
    return max(tuple(int(part) for part in v.split(".")) for v in versions)


def check(binary: Path, host: str, entries: str, newest: tuple[int, ...]) -> None:
    """`host`: names that the program which loads it provides; `entries`: names it may show; both regular expressions."""
    foreign = [name for name in needed(binary) if not C_LIBRARY.match(name)]
    if foreign:
        raise Refused(f"{binary.name} needs {', '.join(foreign)}: everything but the C library has to be inside")
    if re.search(r"\((RPATH|RUNPATH)\)", _readelf("-d", binary)):
        raise Refused(f"{binary.name} has a library path of this machine in it")
    taken, shown = symbols(binary)
    nowhere = sorted(name for name, version in taken.items() if not version and not re.match(host, name))
    if nowhere:
        raise Refused(f"{binary.name} has symbols that nobody provides: {', '.join(nowhere)}")
    leaked = sorted(name for name in shown if not re.match(entries, name))
    if leaked:
        raise Refused(f"{binary.name} shows what is inside to others: {', '.join(leaked[:9])}")
    if glibc(binary) > newest:
        late = sorted(f"{name}@{version}" for name, version in taken.items() if version.startswith("GLIBC_")
                      and tuple(int(p) for p in version.removeprefix("GLIBC_").split(".")) > newest)
        raise Refused(f"{binary.name} asks for a newer C library than packages promise: {', '.join(late)}")


def archives(map_file: Path) -> set[str]:
    """The archives of others that the linker took members from, by its map."""
    text = map_file.read_text(encoding="utf-8", errors="replace")
    members = text.split("\nAs-needed library", 1)[0].split("\nMerging program properties", 1)[0]
    found = {Path(path).name for path in re.findall(r"^(\S.*\.a)\(", members, re.M)}
    if not found:
        raise Refused(f"{map_file}: no archive stands in it, so nothing tells what was linked")
    return found - OWN - HELPERS


def run(main: Callable[[], int]) -> None:
    """Ends the process with what a packaging script says, or with the words of what it refuses."""
    try:
        sys.exit(main())
    except Refused as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(1)
