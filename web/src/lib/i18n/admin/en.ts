import * as accounts from './en-accounts.ts';
import * as admin from './en-admin.ts';

/** Texts of Admin. The other language has the same names, or it doesn't compile. */
export const en = { ...admin, ...accounts };
