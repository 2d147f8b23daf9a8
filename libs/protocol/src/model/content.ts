import {
  type Content,
  documentFormats,
  type Item,
  isName,
  itemTypes,
  type Json,
  jsonDepth,
  limits,
  namespaceKinds,
} from '@sluice/core';
import { z } from 'zod';
import { rule } from './rule.ts';

/** Any JSON value, at most 32 deep. */
export const json: z.ZodType<Json> = z
  .custom<Json>((value) => value !== undefined && jsonDepth(value) <= limits.jsonDepth, {
    message: `must be JSON, at most ${limits.jsonDepth} deep`,
    params: { problem: 'depth' },
  })
  .meta({ description: 'any JSON value' });

const bounds = { min: z.number().optional(), max: z.number().optional() };

/** One typed item of a `map` namespace: the value has the type that it says, inside its bounds. */
export const item: z.ZodType<Item> = z
  .strictObject({
    type: z.enum(itemTypes),
    value: json,
    ...bounds,
    description: z.string().max(1000).optional(),
  })
  .superRefine((it, context) => {
    const fault = (path: string, message: string, problem: string): void =>
      context.addIssue({ code: 'custom', path: [path], message, params: { problem } });
    if (it.type !== 'json' && typeof it.value !== it.type)
      fault('value', `must be a ${it.type}, got ${it.value === null ? 'null' : typeof it.value}`, 'type');
    if (it.type !== 'number') {
      if (it.min !== undefined || it.max !== undefined) fault('min', 'only a number has bounds', 'type');
      return;
    }
    if (typeof it.value !== 'number') return;
    if (it.min !== undefined && it.max !== undefined && it.min > it.max)
      fault('min', `must not be above max (${it.min} > ${it.max})`, 'range');
    if (it.min !== undefined && it.value < it.min)
      fault('value', `must be at least ${it.min}, got ${it.value}`, 'range');
    if (it.max !== undefined && it.value > it.max)
      fault('value', `must be at most ${it.max}, got ${it.value}`, 'range');
  });

/** A record whose keys are names; at most 10,000 of them. Keys that are not names are reported one by one. */
function items<T extends z.ZodType>(value: T) {
  return z
    .record(
      z.string().refine(isName, {
        message: 'is not a name (1-128 of A-Z a-z 0-9 . _ -)',
        params: { problem: 'name' },
      }),
      value,
    )
    .superRefine((all, context) => {
      const count = Object.keys(all).length;
      if (count > limits.itemsPerNamespace)
        context.addIssue({
          code: 'custom',
          message: `at most ${limits.itemsPerNamespace} items, got ${count}`,
          params: { problem: 'range' },
        });
    });
}

export const mapContent = z.strictObject({ kind: z.literal('map'), items: items(item) });
export const documentContent = z.strictObject({
  kind: z.literal('document'),
  format: z.enum(documentFormats),
  text: z.string(),
});
export const rulesContent = z.strictObject({ kind: z.literal('rules'), items: items(rule) });

/** The content of a namespace, checked whole. */
export const content = z.discriminatedUnion('kind', [
  mapContent,
  documentContent,
  rulesContent,
]) as unknown as z.ZodType<Content>;

/** What changes by key on top of what is live: `set` wins, `remove` takes away. */
export const itemsPatch = z.strictObject({
  set: z.record(z.string(), json).default({}),
  remove: z.array(z.string()).default([]),
});

export const namespaceKind = z.enum(namespaceKinds);
export const documentFormat = z.enum(documentFormats);
