import type { Same } from '../texts.ts';
import type { en } from './en.ts';
import * as accounts from './zh-accounts.ts';
import * as admin from './zh-admin.ts';

/** Texts of Admin, in Chinese. */
export const zh: Same<typeof en> = { ...admin, ...accounts };
