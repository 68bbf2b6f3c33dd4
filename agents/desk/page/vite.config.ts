import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { defineConfig, type Plugin } from 'vite';
import { build, esbuild, plugins } from './build';

/* Writes sw.js: the service worker with the names of the shell's files, under a version that changes when one of them
 * does. */
function shellWorker(): Plugin {
    return {
        name: 'shell-worker',
        apply: 'build',
        enforce: 'post',
        generateBundle(_, bundle) {
            const files = Object.keys(bundle).filter((name) => name !== 'index.html').sort();
            const hash = createHash('sha256');
            for (const name of Object.keys(bundle).sort()) {
                const one = bundle[name];
                if (one) hash.update(name).update(one.type === 'chunk' ? one.code : one.source);
            }
            const shell = ['/desk/', '/desk/icon.svg', ...files.map((name) => `/desk/${name}`)];
            const source = readFileSync('worker.js', 'utf8')
                .replace('SHELL_VERSION', hash.digest('hex').slice(0, 16))
                .replace("['SHELL_FILES']", JSON.stringify(shell));
            this.emitFile({ type: 'asset', fileName: 'sw.js', source });
        },
    };
}

export default defineConfig({
    base: '/desk/',
    build,
    esbuild,
    plugins: [shellWorker(), plugins],
});
