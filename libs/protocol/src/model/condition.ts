import { type Condition, jsonProblem } from '@sluice/core';
import { z } from 'zod';
import { glob } from './glob.ts';
import { text } from './text.ts';

const maxDepth = 12;
const scalar = z.union([text(1000), z.number(), z.boolean()]);

/** The tests of one place: the same whatever is looked at. */
function tests<const S extends z.core.$ZodLooseShape>(subject: S) {
  return z.discriminatedUnion('op', [
    z.strictObject({ ...subject, op: z.literal('equals'), value: scalar }),
    z.strictObject({ ...subject, op: z.literal('in'), values: z.array(scalar).min(1).max(1000) }),
    z.strictObject({ ...subject, op: z.literal('prefix'), value: text(1000).min(1) }),
    z.strictObject({ ...subject, op: z.literal('glob'), value: glob(1000) }),
    z.strictObject({ ...subject, op: z.literal(['atLeast', 'atMost']), value: z.number() }),
    z.strictObject({ ...subject, op: z.literal('exists'), value: z.boolean() }),
  ]);
}

/** Name of a header, a parameter or a tag. Headers are looked up as Node gives them, in lower case. */
export const fieldName = text(128).min(1);
export const headerName = text(128)
  .min(1)
  .regex(/^[^A-Z]*$/, 'must be in lower case');
/** Which argument, and the way into it when it is an object: `user.id`. */
export const argumentIndex = z.int().min(0).max(100);
export const argumentPath = text(256).min(1);

const leaf = z.discriminatedUnion('on', [
  tests({ on: z.literal('origin') }),
  tests({ on: z.literal('header'), name: headerName }),
  tests({ on: z.literal(['query', 'tag']), name: fieldName }),
  tests({ on: z.literal('argument'), index: argumentIndex, path: argumentPath.optional() }),
]);

const several = z
  .array(z.lazy(() => condition))
  .min(1)
  .max(100);
const forms = {
  and: z.strictObject({ and: several }),
  or: z.strictObject({ or: several }),
  not: z.strictObject({ not: z.lazy(() => condition) }),
} as const;

function formOf(value: unknown): z.ZodType {
  if (typeof value !== 'object' || value === null) return leaf;
  if ('and' in value) return forms.and;
  if ('or' in value) return forms.or;
  return 'not' in value ? forms.not : leaf;
}

/** What a condition joins; a test joins nothing. */
function joined(value: unknown): readonly unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('and' in value) return Array.isArray(value.and) ? value.and : [];
  if ('or' in value) return Array.isArray(value.or) ? value.or : [];
  return 'not' in value ? [value.not] : [];
}

/** Whether tests are joined more than 12 deep, found without recursion. */
function isTooDeep(value: unknown): boolean {
  // Each join is two steps of JSON at most, and so are the values of a test.
  if (jsonProblem(value, 2 * maxDepth + 2) === 'depth') return true;
  let level = [value];
  for (let depth = 0; depth <= maxDepth && level.length > 0; depth++) level = level.flatMap(joined);
  return level.length > 0;
}

/** Which calls a rule is about: tests, joined by `and`, `or` and `not`, at most 12 deep. */
export const condition: z.ZodType<Condition> = z
  .unknown()
  .check((context) => {
    // Asked first: what nests a hundred thousand deep must not reach the forms.
    if (isTooDeep(context.value)) {
      context.issues.push({
        code: 'custom',
        input: context.value,
        message: `must be at most ${maxDepth} deep`,
        params: { problem: 'depth', zh: `嵌套最多 ${maxDepth} 层` },
      });
      return;
    }
    const parsed = formOf(context.value).safeParse(context.value, { reportInput: true });
    for (const issue of parsed.error?.issues ?? []) context.issues.push(issue as z.core.$ZodRawIssue);
  })
  .meta({
    description: 'a test on origin, header, query, argument or tag, or several joined by and, or, not',
  }) as unknown as z.ZodType<Condition>;
