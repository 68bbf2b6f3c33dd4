/* GET /v1/article and /v1/difference. */
import type { Difference, FigureDifference, Shown } from './types';

export interface ArticleRow {
    label: string;
    labelEn: string;
    unit: string;
    article: string;
    computed: string;
    figure: string; /* empty: none of its own */
    same: boolean;
    verdict: 'SAME' | 'DIFFERENT' | 'OTHER_DEFINITION';
    why: string;
    whyEn: string;
}

export interface ArticleDocument extends Shown {
    rows: ArticleRow[];
}

export interface DifferenceDocument extends Shown, Difference {
    figures: (FigureDifference & { positions?: string[] })[];
}
