import { defineConfig } from 'vite';
import { build, esbuild, plugins } from './build';

export default defineConfig({
    build: { ...build, chunkSizeWarningLimit: 700 },
    esbuild,
    plugins,
    server: {
        port: Number(process.env['PAGE_PORT'] ?? 5173),
        proxy: { '/v1': process.env['PAGE_GATEWAY'] ?? 'http://127.0.0.1:7380' },
    },
});
