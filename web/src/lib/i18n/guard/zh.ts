import type { Same } from '../texts.ts';
import type { en } from './en.ts';
import { resources } from './zh-resources.ts';
import { rules } from './zh-rules.ts';
import { scripts } from './zh-scripts.ts';
import { writing } from './zh-writing.ts';

/** Texts of the guard's pages in Chinese. */
export const zh: Same<typeof en> = { ...resources, ...rules, ...scripts, ...writing };
