import { signal } from '@preact/signals';

/* Whether the keyboard help is open. */
export const helpOpen = signal(false);
