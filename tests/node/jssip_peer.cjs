'use strict';

// The real JsSIP from npm, to compare with. It is no dependency of the package: the set-up of the tests puts it into the
// cache of what is fetched once (ci/lib.sh), and where that was not run it is installed into the build folder.

const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const VERSION = '3.13.8';
const root = path.resolve(__dirname, '../..');
const cache =
    process.env.SIPUA_CACHE || path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'libsipua');
const built = path.join(root, 'build/jssip-peer');

const inside = (folder) => path.join(folder, 'node_modules/jssip');
const installed = (folder) => folder && fs.existsSync(path.join(inside(folder), 'package.json'));

/** Into a folder of its own first: several suites may ask at the same time. */
function install() {
    const npm =
        [path.join(path.dirname(process.execPath), 'npm'), path.join(root, '.venv/bin/npm')].find(fs.existsSync) ??
        'npm';
    const own = `${built}.${process.pid}`;
    fs.mkdirSync(own, { recursive: true });
    execFileSync(
        npm,
        ['install', '--prefix', own, '--no-save', '--no-audit', '--no-fund', '--ignore-scripts', `jssip@${VERSION}`],
        { stdio: ['ignore', 'ignore', 'inherit'] },
    );
    try {
        fs.renameSync(own, built);
    } catch {
        fs.rmSync(own, { recursive: true, force: true }); // somebody was faster
    }
}

function peer() {
    const places = [process.env.SIPUA_JSSIP_PEER, path.join(cache, 'node/jssip'), built];
    if (!places.some(installed)) install();
    return require(inside(places.find(installed)));
}

module.exports = { peer };
