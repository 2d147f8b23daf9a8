import { partTexts } from '../part-texts.ts';
import type { Same } from '../texts.ts';
import { en } from './en.ts';
import { zh } from './zh.ts';

/** Texts of Admin, and those of every page. */
export const useAdminText = partTexts<Same<typeof en>>(en, zh);
export type AdminTexts = ReturnType<typeof useAdminText>;
