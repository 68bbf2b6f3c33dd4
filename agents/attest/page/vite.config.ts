import { defineConfig } from 'vite';
import { build, esbuild, plugins } from './build';

export default defineConfig({ base: '/attest/', build, esbuild, plugins });
