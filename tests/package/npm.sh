#!/usr/bin/env bash
# The npm tarballs go into an empty project, offline and without a compiler; programs there run under each Node, by import
# and by require; and where npm left the compiled part out, the loader says what to do.
# usage: npm.sh DIST WORK_FOLDER NPM NODE_FOLDER ...      (a NODE_FOLDER has bin/node)
set -euo pipefail
dist=$1 work=$2 npm=$3
shift 3
rm -rf "$work"
mkdir -p "$work/with" "$work/without" "$work/bin"
for tool in sh cat grep; do ln -s "$(command -v "$tool")" "$work/bin/"; done
unset NODE_PATH SIPUA_NODE_LIBRARY

install() { # folder, npm arguments ...
    cd "$1"
    shift
    echo '{"name": "empty", "private": true}' >package.json
    "$npm" install --offline --no-audit --no-fund --no-update-notifier --cache "$work/cache" "$@"
}

install "$work/without" --omit=optional "$dist"/sipua-[0-9]*.tgz
install "$work/with" "$dist"/sipua-[0-9]*.tgz "$dist"/sipua-linux-*.tgz
for folder in node_modules/sipua node_modules/@sipua/linux-*; do
    for text in LICENSE THIRD_PARTY_LICENSES README.md; do
        [ -s "$folder/$text" ] || { echo "$folder lacks $text"; exit 1; }
    done
done
cat >call.mjs <<'JS'
import { strict as assert } from 'node:assert';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import * as sipua from 'sipua';
import { Registrar } from 'sipua/testing';

assert.equal(createRequire(import.meta.url)('sipua').Agent, sipua.Agent);
const registrar = await new Registrar({ alice: 'a', bob: 'b' }).start();
const phones = [];
for (const [user, password] of Object.entries(registrar.users)) {
    const agent = new sipua.Agent({ bind: '127.0.0.1' });
    phones.push([agent, await agent.register({ aor: registrar.aor(user), password, server: registrar.uri })]);
}
const [[alice, account], [bob]] = phones;
const ringing = once(bob, 'incoming_call').then(async ([call]) => [call, await call.answer()]);
const call = await account.call(registrar.aor('bob'));
const [incoming] = await ringing;
assert.equal(call.codec, incoming.codec);
await call.hangup();
for (const agent of [alice, bob]) await agent.close();
await registrar.stop();
console.log(process.version, sipua.version, 'a call between two agents');
JS
for node in "$@"; do
    export PATH=$node/bin:$work/bin
    cd "$work/with"
    node call.mjs
    for example in node_modules/sipua/examples/*.mjs node_modules/sipua/examples/*.js; do
        [ -e "$example" ] || continue
        echo "$example"
        TMPDIR=$work /usr/bin/timeout 60 node "$example" >"$work/example.log" 2>&1 || { cat "$work/example.log"; exit 1; }
    done
    cd "$work/without"
    for program in 'require("sipua")' 'import "sipua"'; do
        type=commonjs
        [[ $program == require* ]] || type=module
        if node --input-type="$type" -e "$program" >"$work/log" 2>&1; then echo "it ran without its compiled part"; exit 1; fi
        grep -q 'sipua needs the package @sipua/linux-.*npm install @sipua/linux-' "$work/log" || { cat "$work/log"; exit 1; }
    done
done
