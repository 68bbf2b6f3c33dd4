// Runs a page's unit tests, in tests/ beside it: bundled by the builder's own esbuild, run by Node's test runner. No further dependency.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = join(dirname(fileURLToPath(import.meta.url)), 'tests');
const out = mkdtempSync(join(tmpdir(), 'page-tests-'));
const tests = readdirSync(here).filter((name) => name.endsWith('.test.ts'));
try {
    await build({
        entryPoints: tests.map((name) => join(here, name)), outdir: out, bundle: true, platform: 'node', format: 'esm', outExtension: { '.js': '.mjs' },
        jsx: 'automatic', jsxImportSource: 'preact', logLevel: 'warning',
    });
    const files = tests.map((name) => join(out, name.replace(/\.ts$/, '.mjs')));
    process.exitCode = spawnSync(process.execPath, ['--test', ...files], { stdio: 'inherit' }).status ?? 1;
} finally {
    rmSync(out, { recursive: true, force: true });
}
