#!/usr/bin/env python3
"""Finishes a wheel that pip built: finish_wheel.py RAW DEPS MAP GLIBC DIST

Checks the extension inside, adds the licences, finds the oldest platform it can honestly claim, and names that in its tag.
"""
from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import binary
import licenses

ROOT = Path(__file__).resolve().parents[2]
PYTHON = r"^_?Py[A-Z_]"


def tool(*command: str | Path) -> str:
    done = subprocess.run([sys.executable, "-m", *map(str, command)], text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    if done.returncode:
        raise binary.Refused(f"{command[0]} refused the wheel:\n{done.stdout}")
    return " ".join(done.stdout.split())


def platform(raw: Path, newest: tuple[int, ...]) -> str:
    """The tag by auditwheel, which knows what each platform promises."""
    shown = tool("auditwheel", "show", raw)
    found = re.search(r'following platform tag: "(manylinux_(\d+)_(\d+)_\w+)"', shown)
    if not found:
        raise binary.Refused(f"auditwheel gives the wheel no manylinux tag:\n{shown}")
    if (int(found[2]), int(found[3])) > newest:
        raise binary.Refused(f"{found[1]} is a newer platform than packages promise")
    return found[1]


def main() -> int:
    raw, deps, map_file, newest, dist = Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4], Path(sys.argv[5])
    oldest = tuple(int(part) for part in newest.split("."))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tool("wheel", "unpack", "--dest", folder, raw)
        (content,) = folder.iterdir()
        extensions = list(content.rglob("*.so"))
        if [one.name for one in extensions] != ["_sipua.abi3.so"]:
            raise binary.Refused(f"the wheel holds {extensions}, not one _sipua.abi3.so")
        binary.check(extensions[0], PYTHON, "^PyInit__sipua$", oldest)
        tool("abi3audit", "--strict", "--assume-minimum-abi3", "3.11", raw)
        (info,) = content.glob("*.dist-info")
        (info / "licenses").mkdir(exist_ok=True)
        shutil.copyfile(ROOT / "LICENSE", info / "licenses" / "LICENSE")
        text = licenses.text(deps, binary.archives(map_file))
        (info / "licenses" / "THIRD_PARTY_LICENSES").write_text(text, encoding="utf-8")
        tag = platform(raw, oldest)
        fields = (info / "WHEEL").read_text(encoding="utf-8")
        fields, count = re.subn(r"^Tag: cp311-abi3-linux_\w+$", f"Tag: cp311-abi3-{tag}", fields, flags=re.M)
        if count != 1:
            raise binary.Refused(f"the wheel is not cp311-abi3: {fields}")
        (info / "WHEEL").write_text(fields, encoding="utf-8")
        tool("wheel", "pack", "--dest-dir", dist, content)
        (wheel,) = dist.glob(f"*-{tag}.whl")
        glibc = ".".join(map(str, binary.glibc(extensions[0])))
        print(f"{wheel.name}: symbols up to glibc {glibc}, needs {', '.join(binary.needed(extensions[0]))}")
    return 0


if __name__ == "__main__":
    binary.run(main)
