/* Words of the units, unit, in-hand, trends, compare and list views, in English. */
import type { Same } from './index';
import type { viewsZh } from './views.zh';

export const viewsEn: Same<typeof viewsZh> = {};
