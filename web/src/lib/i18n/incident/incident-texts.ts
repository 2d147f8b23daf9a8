import * as breakerEn from '../breaker/en.ts';
import * as breakerZh from '../breaker/zh.ts';
import { partTexts } from '../part-texts.ts';
import type { Same } from '../texts.ts';
import * as incidentEn from './en.ts';
import * as incidentZh from './zh.ts';

const en = { ...breakerEn, ...incidentEn };
const zh = { ...breakerZh, ...incidentZh };

/** Texts of the incident page, and those of every page. */
export const useIncidentText = partTexts<Same<typeof en>>(en, zh);
