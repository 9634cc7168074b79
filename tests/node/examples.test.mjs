import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { test } from 'node:test';

const run = promisify(execFile);
const example = name => fileURLToPath(new URL(`../../bindings/node/examples/${name}`, import.meta.url));

test('the first call is made, heard and recorded', async t => {
    const folder = mkdtempSync(join(tmpdir(), 'sipua-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const { stdout } = await run(process.execPath, [example('first-call.mjs'), folder]);
    assert.match(stdout, /message from .*Hi Bob/);
    assert.match(stdout, /hung up after/);
    for (const name of ['alice.wav', 'bob.wav']) assert.ok(statSync(join(folder, name)).size > 50000, name);
});

test('the echo bot answers', async () => {
    const { stdout } = await run(process.execPath, [example('echo-bot.mjs')]);
    assert.match(stdout, /heard \d+ packets/);
});
