import { z } from 'zod';

/**
 * `z.record` that loses nothing: zod drops the key `__proto__` without a word, here it is refused like any other
 * text that is not a name.
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
      return input;
    },
    z.record(key, value),
  );
  // A pipe at run time; everything that callers do with a record (refine, optional, default) a pipe does too.
  return checked as unknown as z.ZodRecord<K, V>;
}
