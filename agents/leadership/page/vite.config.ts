import { defineConfig } from 'vite';
import { compressed } from './compressed';

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
