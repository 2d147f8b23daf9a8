import { z } from 'zod';

/** A record of more entries is looked through first, and given up after so many faults: each takes a kilobyte. */
const manyEntries = 200;
const maxFaults = 100;

/**
 * `z.record` that loses nothing: zod drops the key `__proto__` without a word, here it is refused like any other
 * text that is not a name. And that ends: of a million wrong entries the first hundred are told.
 */
export function record<K extends z.core.$ZodRecordKey, V extends z.ZodType>(
  key: K,
  value: V,
): z.ZodRecord<K, V> {
  const checked = z.preprocess(
    (input, context) => {
      if (typeof input === 'object' && input !== null && Object.hasOwn(input, '__proto__'))
        context.addIssue({
          code: 'custom',
          path: ['__proto__'],
          message: 'cannot be a key',
          params: { problem: 'name', zh: '不能用作键' },
        });
      const faults = faultsOfMany(input, key, value);
      if (faults.length >= maxFaults) context.issues.push(...faults);
      return input;
    },
    z.record(key, value),
  );
  // A pipe at run time; everything that callers do with a record (refine, optional, default) a pipe does too.
  return checked as unknown as z.ZodRecord<K, V>;
}

/** The first faults of a record with many entries; a small one is left to the check itself. */
function faultsOfMany(input: unknown, key: z.core.$ZodType, value: z.ZodType): z.core.$ZodRawIssue[] {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return [];
  const names = Object.keys(input);
  const faults: z.core.$ZodRawIssue[] = [];
  if (names.length <= manyEntries) return faults;
  for (const name of names) {
    const entry = (input as Record<string, unknown>)[name];
    const ofName = z.safeParse(key, name, { reportInput: true });
    const ofEntry = value.safeParse(entry, { reportInput: true });
    for (const issue of [...(ofName.error?.issues ?? []), ...(ofEntry.error?.issues ?? [])])
      faults.push({ ...issue, path: [name, ...issue.path] } as z.core.$ZodRawIssue);
    if (faults.length >= maxFaults) break;
  }
  return faults;
}
