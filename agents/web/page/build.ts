import type { UserConfig } from 'vite';
import { compressed } from './compressed';

/* What is the same in the building of every page. The content security policy allows no inline script and no data: URL as
 * a script or style. */
export const build: UserConfig['build'] = {
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2021',
    cssTarget: ['chrome87', 'firefox78', 'safari14'],
    emptyOutDir: true,
    reportCompressedSize: false,
};

export const esbuild: UserConfig['esbuild'] = { legalComments: 'none' };

/* The last ones: what the page's own make is compressed, too. */
export const plugins: UserConfig['plugins'] = [compressed()];
