/* The whole English dictionary; a key that it lacks does not compile. */
import { en } from './en';
import type { Words } from './index';
import { viewsEn } from './views.en';

export const english: Words = { ...en, ...viewsEn };
