/* Words of the units, unit, in-hand, trends, compare and list views, in Chinese. */
export const viewsZh = {};
