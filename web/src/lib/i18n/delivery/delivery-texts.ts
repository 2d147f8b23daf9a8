import { partTexts } from '../part-texts.ts';
import type { Same } from '../texts.ts';
import { en } from './en.ts';
import { zh } from './zh.ts';

/** Texts of configs: namespaces, releases, pushes and the instances that get them, and those of every page. */
export const useDeliveryText = partTexts<Same<typeof en>>(en, zh);
export type DeliveryTexts = ReturnType<typeof useDeliveryText>;
