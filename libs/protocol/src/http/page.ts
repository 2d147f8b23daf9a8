import { z } from 'zod';

/** A number in a query string or a path. */
export const queryInt = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,16}$/, 'must be a whole number')
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
