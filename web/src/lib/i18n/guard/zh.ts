import type { Same } from '../texts.ts';
import type { en } from './en.ts';
import * as resources from './zh-resources.ts';
import * as rules from './zh-rules.ts';
import * as scripts from './zh-scripts.ts';

/** Texts of the guard's pages in Chinese. */
export const zh = { ...resources, ...rules, ...scripts } satisfies Same<typeof en>;
