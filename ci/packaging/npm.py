#!/usr/bin/env python3
"""Lays out what `npm pack` packs: npm.py SOURCE ADDON HEADERS DEPS GLIBC FOLDER

Two packages: FOLDER/loader, `sipua` from the files of bindings/node in SOURCE, no more than JavaScript, and
FOLDER/platform, which holds the compiled addon for this machine's platform and comes with the first as an optional
dependency. HEADERS is the package node-addon-api, which is compiled in.
"""
from __future__ import annotations

import json
import platform
import subprocess
import sys
from pathlib import Path

import binary
import licenses

ROOT = Path(__file__).resolve().parents[2]
CPU = {"x86_64": "x64", "aarch64": "arm64", "armv7l": "arm"}
ENTRIES = r"^napi_register_module_v\d+$|^node_api_module_get_api_version_v1$"
# What only building needs.
LEFT_OUT = ("CMakeLists.txt", "parity.toml", "generated/sipua.i", "generated/sipua_wrap", "src/native/")


def stage(files: dict[str, bytes], package: dict[str, object], folder: Path) -> None:
    files = {"package.json": (json.dumps(package, indent=2) + "\n").encode(), **files}
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def targets(value: object) -> list[str]:
    """Every file that a package.json's `exports` names."""
    if isinstance(value, str):
        return [value]
    return [one for part in value.values() for one in targets(part)] if isinstance(value, dict) else []


def loader(source: Path, notices: bytes, folder: Path, platform_name: str) -> None:
    package = json.loads((source / "package.json").read_text(encoding="utf-8"))
    if package.get("scripts", {}).keys() & {"install", "preinstall", "postinstall", "prepare"}:
        raise binary.Refused("package.json has an install script: npm would run none")
    if package.get("dependencies"):
        raise binary.Refused(f"package.json depends on {', '.join(package['dependencies'])}")
    if package.get("optionalDependencies") != {platform_name: package["version"]}:
        raise binary.Refused(f"package.json does not name {platform_name} {package['version']} as its optional dependency")
    package.pop("files", None)  # what belongs in stands here
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
    stage({**files, "THIRD_PARTY_LICENSES": notices}, package, folder)


def compiled(source: Path, addon: Path, notices: bytes, folder: Path, name: str) -> None:
    main = json.loads((source / "package.json").read_text(encoding="utf-8"))
    package = {key: main[key] for key in ("version", "license", "repository", "homepage", "engines") if key in main}
    package = {"name": name, "description": f"The compiled part of {main['name']} for {name.split('/')[1]}", **package,
               "os": ["linux"], "cpu": [CPU[platform.machine()]], "libc": ["glibc"], "main": "./sipua.node"}
    readme = f"# {name}\n\nThe compiled part of the package {main['name']}, which npm installs by itself.\n" \
        "It needs nothing but the C library.\n"
    stage({"README.md": readme.encode(), "LICENSE": (ROOT / "LICENSE").read_bytes(), "THIRD_PARTY_LICENSES": notices},
          package, folder)
    subprocess.run(["strip", "--strip-unneeded", "-o", folder / "sipua.node", addon], check=True)


def main() -> int:
    source, addon, headers, deps, newest, folder = (Path(one) for one in sys.argv[1:7])
    name = f"@sipua/linux-{CPU[platform.machine()]}"
    binary.check(addon, "^napi_", ENTRIES, tuple(int(part) for part in str(newest).split(".")))
    version = json.loads((headers / "package.json").read_text(encoding="utf-8"))["version"]
    compiled_in = {f"node-addon-api {version}": (headers / "LICENSE.md").read_text(encoding="utf-8")}
    notices = licenses.text(deps, binary.archives(addon.with_name(addon.name + ".map")), compiled_in).encode()
    loader(source, notices, folder / "loader", name)
    compiled(source, addon, notices, folder / "platform", name)
    return 0


if __name__ == "__main__":
    binary.run(main)
