import { partTexts } from '../part-texts.ts';
import type { Same } from '../texts.ts';
import * as en from './en.ts';
import * as zh from './zh.ts';

/** Texts of drills, and those of every page. */
export const useDrillsText = partTexts<Same<typeof en>>(en, zh);
export type DrillsTexts = ReturnType<typeof useDrillsText>;
