#!/usr/bin/env python3
"""Packs the source rock, as `luarocks pack` would from the published archive: rock.py SOURCES ROCKSPEC DIST

SOURCES is the folder that the archive is made of; the rockspec says how the archive is called and what folder is in it.
"""
from __future__ import annotations

import gzip
import io
import re
import sys
import tarfile
import zipfile
from pathlib import Path

import binary

DATE = (1985, 10, 26, 8, 15, 0)  # the same bytes from the same files


def archive(sources: Path, folder: str) -> bytes:
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for path in sorted(p for p in sources.rglob("*") if p.is_file()):
            entry = tarfile.TarInfo(f"{folder}/{path.relative_to(sources).as_posix()}")
            content = path.read_bytes()
            entry.size, entry.mtime = len(content), 499162500
            entry.mode = 0o755 if path.stat().st_mode & 0o100 else 0o644
            tar.addfile(entry, io.BytesIO(content))
    zipped = io.BytesIO()
    with gzip.GzipFile("", "wb", 9, zipped, mtime=0) as out:
        out.write(raw.getvalue())
    return zipped.getvalue()


def main() -> int:
    sources, rockspec, dist = (Path(one) for one in sys.argv[1:4])
    text = rockspec.read_text(encoding="utf-8")
    url = re.search(r'\burl\s*=\s*"([^"]+)"', text)
    if not url or not url[1].endswith(".tar.gz"):
        raise binary.Refused(f"{rockspec.name}: source.url names no .tar.gz")
    name = url[1].rsplit("/", 1)[1]
    folder = re.search(r'\bdir\s*=\s*"([^"]+)"', text)
    target = dist / f"{rockspec.stem}.src.rock"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as rock:
        for path, content in (rockspec.name, text.encode()), (name, archive(sources, folder[1] if folder else name[:-7])):
            entry = zipfile.ZipInfo(path, DATE)
            entry.external_attr, entry.compress_type = 0o644 << 16, zipfile.ZIP_DEFLATED
            rock.writestr(entry, content)
    print(target.name)
    return 0


if __name__ == "__main__":
    binary.run(main)
