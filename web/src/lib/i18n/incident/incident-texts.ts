import { partTexts } from '../part-texts.ts';
import type { Same } from '../texts.ts';
import * as en from './en.ts';
import * as zh from './zh.ts';

/** Texts of the incident page, and those of every page. */
export const useIncidentText = partTexts<Same<typeof en>>(en, zh);
