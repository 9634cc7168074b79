#!/usr/bin/env python3
"""Packs what npm would publish: npm.py SOURCE ADDON HEADERS DEPS GLIBC DIST

Two packages: `sipua` from the files of bindings/node in SOURCE, which is no more than JavaScript, and the one for this
machine's platform, which holds the compiled addon and comes with the first as an optional dependency. HEADERS is the
package node-addon-api, which is compiled in.
"""
from __future__ import annotations

import gzip
import io
import json
import platform
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import binary
import licenses

ROOT = Path(__file__).resolve().parents[2]
CPU = {"x86_64": "x64", "aarch64": "arm64", "armv7l": "arm"}
ENTRIES = r"^napi_register_module_v\d+$|^node_api_module_get_api_version_v1$"
# What only building needs.
LEFT_OUT = ("CMakeLists.txt", "generated/sipua.i", "generated/sipua_wrap", "src/native/")


def pack(files: dict[str, bytes], package: dict[str, object], dist: Path) -> Path:
    """A tarball as npm makes one, the same bytes from the same files."""
    name = str(package["name"]).lstrip("@").replace("/", "-")
    target = dist / f"{name}-{package['version']}.tgz"
    files = {"package.json": (json.dumps(package, indent=2) + "\n").encode(), **files}
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for path, content in sorted(files.items()):
            entry = tarfile.TarInfo(f"package/{path}")
            entry.size, entry.mode, entry.mtime = len(content), 0o644, 499162500  # npm's own fixed date
            tar.addfile(entry, io.BytesIO(content))
    with open(target, "wb") as out, gzip.GzipFile("", "wb", 9, out, mtime=0) as zipped:
        zipped.write(raw.getvalue())
    return target


def targets(value: object) -> list[str]:
    """Every file that a package.json's `exports` names."""
    if isinstance(value, str):
        return [value]
    return [one for part in value.values() for one in targets(part)] if isinstance(value, dict) else []


def loader(source: Path, notices: bytes, dist: Path, platform_name: str) -> Path:
    package = json.loads((source / "package.json").read_text(encoding="utf-8"))
    if package.get("scripts", {}).keys() & {"install", "preinstall", "postinstall", "prepare"}:
        raise binary.Refused("package.json has an install script: npm would run none")
    if package.get("dependencies"):
        raise binary.Refused(f"package.json depends on {', '.join(package['dependencies'])}")
    if package.get("optionalDependencies") != {platform_name: package["version"]}:
        raise binary.Refused(f"package.json does not name {platform_name} {package['version']} as its optional dependency")
    files = {}
    for path in sorted(p for p in source.rglob("*") if p.is_file()):
        name = path.relative_to(source).as_posix()
        if name != "package.json" and not name.startswith(LEFT_OUT):
            files[name] = path.read_bytes()
    for entry in [package["main"], package["types"], *targets(package["exports"])]:
        name = str(entry).removeprefix("./")
        if name not in files and name != "package.json":
            raise binary.Refused(f"package.json names {entry}, which is not there")
    for name in ("README.md", "LICENSE"):
        here = source / name
        files[name] = (here if here.exists() else ROOT / name).read_bytes()
    return pack({**files, "THIRD_PARTY_LICENSES": notices}, package, dist)


def compiled(source: Path, addon: Path, notices: bytes, dist: Path, name: str) -> Path:
    main = json.loads((source / "package.json").read_text(encoding="utf-8"))
    package = {key: main[key] for key in ("version", "license", "repository", "homepage", "engines") if key in main}
    package = {"name": name, "description": f"The compiled part of {main['name']} for {name.split('/')[1]}", **package,
               "os": ["linux"], "cpu": [CPU[platform.machine()]], "libc": ["glibc"], "main": "./sipua.node"}
    readme = f"# {name}\n\nThe compiled part of [{main['name']}](https://www.npmjs.com/package/{main['name']}), which npm " \
        "installs by itself.\nIt needs nothing but the C library.\n"
    with tempfile.TemporaryDirectory() as folder:
        stripped = Path(folder) / "sipua.node"
        subprocess.run(["strip", "--strip-unneeded", "-o", stripped, addon], check=True)
        content = stripped.read_bytes()
    return pack({"sipua.node": content, "README.md": readme.encode(), "LICENSE": (ROOT / "LICENSE").read_bytes(),
                 "THIRD_PARTY_LICENSES": notices}, package, dist)


def main() -> int:
    source, addon, headers, deps, newest, dist = (Path(one) for one in sys.argv[1:7])
    name = f"@sipua/linux-{CPU[platform.machine()]}"
    binary.check(addon, "^napi_", ENTRIES, tuple(int(part) for part in str(newest).split(".")))
    version = json.loads((headers / "package.json").read_text(encoding="utf-8"))["version"]
    compiled_in = {f"node-addon-api {version}": (headers / "LICENSE.md").read_text(encoding="utf-8")}
    notices = licenses.text(deps, binary.archives(addon.with_name(addon.name + ".map")), compiled_in).encode()
    for made in (loader(source, notices, dist, name), compiled(source, addon, notices, dist, name)):
        print(made.name)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except binary.Refused as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(1)
