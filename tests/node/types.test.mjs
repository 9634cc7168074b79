// The types that the package offers, under the strict checker.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';

const modules = join(dirname(dirname(dirname(process.execPath))), 'types', 'node_modules'); // node_need put it there
const here = name => fileURLToPath(new URL(name, import.meta.url));

test('programs in TypeScript pass the strict checker', { skip: !existsSync(modules) && `no TypeScript in ${modules}` }, async t => {
    const folder = mkdtempSync(join(tmpdir(), 'sipua-'));
    t.after(() => rmSync(folder, { recursive: true }));
    mkdirSync(join(folder, 'node_modules'));
    for (const name of readdirSync(modules)) symlinkSync(join(modules, name), join(folder, 'node_modules', name));
    symlinkSync(here('../../bindings/node'), join(folder, 'node_modules', 'sipua'));
    const programs = readdirSync(here('types'));
    for (const name of programs) copyFileSync(here(`types/${name}`), join(folder, name));
    const compiler = join(modules, 'typescript', 'bin', 'tsc');
    const said = await new Promise(resolve => {
        execFile(process.execPath, [compiler, '--noEmit', '--strict', '--target', 'es2022', '--module', 'nodenext', '--lib', 'es2022,esnext.disposable',
            '--types', 'node', '--preserveSymlinks', ...programs], { cwd: folder }, (error, out) => resolve(error ? out : ''));
    });
    assert.equal(said, '');
});
