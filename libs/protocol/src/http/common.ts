import { z } from 'zod';
import { name } from '../model/name.ts';

export const none = z.undefined();
export const noParams = z.strictObject({});
export const noQuery = z.strictObject({});
/** Answer of an operation that says nothing but that it was done. */
export const nothing = z.undefined();

export const environmentParams = z.strictObject({ env: name });
export const appParams = z.strictObject({ env: name, app: name });
export const namespaceParams = z.strictObject({ env: name, app: name, ns: name });

/** A number in a query string. */
export const queryInt = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.int().min(min).max(max));

/** Newest first; `before` is the cursor that the last page gave as `next`. */
export const page = {
  limit: queryInt(1, 200).default(50),
  before: queryInt(0, Number.MAX_SAFE_INTEGER).optional(),
};

/** A page of a list. `next` is absent on the last one. */
export const pageOf = <T extends z.ZodType>(entry: T) =>
  z.object({ items: z.array(entry), next: z.int().optional() });

/** Why something was done, in the words of who did it. */
export const message = z.string().max(2000);

export const errorBody = z.object({
  code: z.string(),
  message: z.string(),
  requestId: z.string(),
  details: z.record(z.string(), z.unknown()).optional(),
  help: z.string(),
});
export type ErrorBody = z.infer<typeof errorBody>;
