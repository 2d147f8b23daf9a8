import { z } from 'zod';
import { name } from '../model/name.ts';
import { text } from '../model/text.ts';

export const none = z.undefined();
export const noParams = z.strictObject({});
export const noQuery = z.strictObject({});
/** Answer of an operation that says nothing but that it was done. */
export const nothing = z.undefined();

export const environmentParams = z.strictObject({ env: name });
export const appParams = z.strictObject({ env: name, app: name });
export const namespaceParams = z.strictObject({ env: name, app: name, ns: name });

/** Why something was done, in the words of who did it. */
export const message = text(2000);
