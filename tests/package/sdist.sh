#!/usr/bin/env bash
# The source distribution builds by itself, in isolation and far from the tree, and what comes out works.
# usage: sdist.sh DIST WORK_FOLDER
set -euo pipefail
dist=$1 work=$2
rm -rf "$work"
mkdir -p "$work/empty"
python3 -m venv "$work/venv"
export PYTHONDONTWRITEBYTECODE=1
cd "$work/empty"
"$work/venv/bin/python" -m pip --disable-pip-version-check wheel --no-deps -w "$work/wheel" "$dist"/sipua-*.tar.gz
"$work/venv/bin/python" -m pip --disable-pip-version-check --quiet install "$work"/wheel/sipua-*.whl
"$work/venv/bin/sipua" --version
"$work/venv/bin/python" - <<'PYTHON'
import asyncio
import sipua.testing

async def main():
    async with sipua.testing.Registrar({"alice": "secret"}) as registrar, sipua.Agent(bind="127.0.0.1") as agent:
        account = await agent.register(registrar.aor("alice"), password="secret")
        assert account.registered

asyncio.run(asyncio.wait_for(main(), 30))
PYTHON
