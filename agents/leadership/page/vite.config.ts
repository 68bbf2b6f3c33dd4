import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

/* Writes NAME.gz and NAME.br beside every text file of the build: the gateway compresses nothing on the fly but JSON. */
function compressed(): Plugin {
    let folder = '';
    const walk = (at: string): string[] =>
        readdirSync(at).flatMap((name) => {
            const path = join(at, name);
            return statSync(path).isDirectory() ? walk(path) : [path];
        });
    return {
        name: 'compressed',
        apply: 'build',
        configResolved: (config) => {
            folder = config.build.outDir;
        },
        closeBundle: () => {
            for (const path of walk(folder).filter((name) => /\.(html|js|css|svg|json)$/.test(name))) {
                const text = readFileSync(path);
                writeFileSync(`${path}.gz`, gzipSync(text, { level: 9 }));
                const quality = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: text.length };
                writeFileSync(`${path}.br`, brotliCompressSync(text, { params: quality }));
            }
        },
    };
}

export default defineConfig({
    build: {
        /* The content security policy allows no inline script and no data: URL as a script or style. */
        assetsInlineLimit: 0,
        modulePreload: { polyfill: false },
        target: 'es2021',
        cssTarget: ['chrome87', 'firefox78', 'safari14'],
        emptyOutDir: true,
        reportCompressedSize: false,
        chunkSizeWarningLimit: 700,
    },
    esbuild: { legalComments: 'none' },
    plugins: [compressed()],
    server: {
        port: Number(process.env['PAGE_PORT'] ?? 5173),
        proxy: { '/v1': process.env['PAGE_GATEWAY'] ?? 'http://127.0.0.1:7380' },
    },
});
