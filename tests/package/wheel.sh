#!/usr/bin/env bash
# The wheel goes into a bare environment on a machine without a compiler, and its tests pass there, far from the tree.
# usage: wheel.sh DIST WORK_FOLDER
set -euo pipefail
dist=$1 work=$2 tests=$(cd "$(dirname "$0")/../python" && pwd)
rm -rf "$work"
mkdir -p "$work/tests"
python3 -m venv "$work/venv"
export PATH=$work/venv/bin # nothing else: no compiler, no linker, no pkg-config
export CC=/nonexistent CXX=/nonexistent PYTHONDONTWRITEBYTECODE=1
unset PYTHONPATH VIRTUAL_ENV
if command -v gcc cc cmake; then echo "a compiler is in reach"; exit 1; fi
python -m pip --disable-pip-version-check --quiet install "$dist"/sipua-*.whl 'pytest>=8'
sipua --version
for text in LICENSE THIRD_PARTY_LICENSES; do [ -s "$work"/venv/lib/python3*/site-packages/sipua-*.dist-info/licenses/$text ]; done
for name in agent calls cli fork messages registrar settings streams; do /bin/cp "$tests/test_$name.py" "$work/tests/"; done
/bin/cp "$tests/support.py" "$tests/conftest.py" "$work/tests/"
/bin/mkdir "$work/conformance" && /bin/cp -r "$tests/../conformance/tls" "$work/conformance/"
cd "$work/tests"
python -c 'import sipua, sys; assert sipua.__file__.startswith(sys.prefix), sipua.__file__'
# A background job starts with Ctrl-C ignored, which is not how a terminal starts one.
/usr/bin/env --default-signal=INT python -m pytest -q -p no:cacheprovider test_cli.py & # waits more than it works
python -m pytest -q -p no:cacheprovider --ignore test_cli.py .
wait $!
