import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

/* Writes NAME.gz and NAME.br beside every text file of the build: the gateway compresses nothing on the fly but JSON. */
export function compressed(): Plugin {
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
