import type { Json } from '@sluice/core';
import type { RuleDraft } from './rule-value.ts';

export const ops = ['equals', 'in', 'prefix', 'glob', 'atLeast', 'atMost', 'exists'] as const;
export type Op = (typeof ops)[number];

/**
 * What is compared with, as it is meant: `true` and `5` are what they are. A number that would be written otherwise
 * (`007`, `1.50`, the id of twenty digits) is text.
 */
export function scalar(text: string): Json {
  if (text === 'true' || text === 'false') return text === 'true';
  const number = Number(text);
  return Number.isFinite(number) && String(number) === text ? number : text;
}

/** The same test by another comparison, with what was written where it can be compared so, too. */
export function withOp({ op: before, value, values, ...subject }: RuleDraft, op: Op): Json {
  const written = Array.isArray(values) ? values : before === 'exists' || value === undefined ? [] : [value];
  const [first = ''] = written;
  const more: Readonly<Record<Op, RuleDraft>> = {
    equals: { value: first },
    in: { values: written.filter((each) => each !== '') },
    prefix: { value: String(first) },
    glob: { value: String(first) },
    atLeast: { value: typeof first === 'number' ? first : 0 },
    atMost: { value: typeof first === 'number' ? first : 0 },
    exists: { value: true },
  };
  return { ...subject, op, ...more[op] } as Json;
}
