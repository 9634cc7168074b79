#!/usr/bin/env python3
"""THIRD_PARTY_LICENSES of what a linker took from archives of others: licenses.py DEPS MAP ... > THIRD_PARTY_LICENSES

DEPS is the folder that ci/deps made; a linked archive that it says nothing about is an error.
"""
from __future__ import annotations

import sys
from pathlib import Path

import binary

HEAD = "The binaries of libsipua contain the libraries below, unchanged but for Debian's own corrections.\n"


def text(deps: Path, linked: set[str], compiled: dict[str, str] | None = None) -> str:
    """`compiled`: title and licence of what comes in by headers alone, where no linker sees it."""
    known = {}
    for line in (deps / "linked.tsv").read_text(encoding="utf-8").splitlines():
        archive, name, version = line.split("\t")
        known[archive] = (name, version)
    unknown = sorted(linked - set(known))
    if unknown:
        raise binary.Refused(f"linked, but without an entry in THIRD_PARTY_LICENSES: {', '.join(unknown)} (see ci/deps)")
    entries = dict(compiled or {})
    for name, version in sorted({known[archive] for archive in linked}):
        licence = deps / "licenses" / name
        if not licence.is_file() or licence.stat().st_size < 400:
            raise binary.Refused(f"{name} is linked, and there is no text of its licence")
        entries[f"{name} {version}"] = licence.read_text(encoding="utf-8")
    rule = "=" * 78
    return "\n".join([HEAD, *(f"{rule}\n{title}\n{rule}\n\n{body.strip()}\n" for title, body in sorted(entries.items()))])


def main() -> int:
    linked: set[str] = set()
    for map_file in sys.argv[2:]:
        linked |= binary.archives(Path(map_file))
    sys.stdout.write(text(Path(sys.argv[1]), linked))
    return 0


if __name__ == "__main__":
    binary.run(main)
