import { type Content, documentFormats, type Item, itemTypes, limits, namespaceKinds } from '@sluice/core';
import { z } from 'zod';
import { json } from './json.ts';
import { name } from './name.ts';
import { record } from './record.ts';
import { rule } from './rule.ts';

const bounds = { min: z.number().optional(), max: z.number().optional() };

/** One typed item of a `map` namespace: the value has the type that it says, inside its bounds. */
export const item: z.ZodType<Item> = z
  .strictObject({
    type: z.enum(itemTypes),
    value: json,
    ...bounds,
    description: z.string().max(1000).optional(),
    secret: z.literal(true).optional(),
  })
  .superRefine((it, context) => {
    const fault = (path: string, problem: string, message: string, zh: string): void =>
      context.addIssue({ code: 'custom', path: [path], message, params: { problem, zh } });
    const got = it.value === null ? 'null' : typeof it.value;
    if (it.type !== 'json' && got !== it.type)
      fault('value', 'type', `must be a ${it.type}, got ${got}`, `应为 ${it.type}，实际是 ${got}`);
    if (it.secret && it.type !== 'string' && it.type !== 'json')
      fault('secret', 'value', 'is for texts and JSON only', '只能用于文本和 JSON');
    if (it.type !== 'number') {
      for (const bound of ['min', 'max'] as const)
        if (it[bound] !== undefined) fault(bound, 'type', 'is for numbers only', '只能用于数字');
      return;
    }
    const { value, min, max } = it;
    if (min !== undefined && max !== undefined && min > max)
      fault('min', 'range', `must not be above max (${min} > ${max})`, `不能大于 max（${min} > ${max}）`);
    if (typeof value !== 'number') return;
    if (min !== undefined && value < min)
      fault('value', 'range', `must be at least ${min}, got ${value}`, `不能小于 ${min}，实际是 ${value}`);
    if (max !== undefined && value > max)
      fault('value', 'range', `must be at most ${max}, got ${value}`, `不能大于 ${max}，实际是 ${value}`);
  });

/** A record whose keys are names; at most 10,000 of them. Keys that are not names are reported one by one. */
function items<T extends z.ZodType>(value: T) {
  return record(name, value).superRefine((all, context) => {
    const count = Object.keys(all).length;
    if (count > limits.itemsPerNamespace)
      context.addIssue({
        code: 'custom',
        message: `must have at most ${limits.itemsPerNamespace} items, got ${count}`,
        params: { problem: 'range', zh: `最多 ${limits.itemsPerNamespace} 项，实际 ${count} 项` },
      });
  });
}

/** In a namespace that links a public one: the key is taken away. */
const away = z.strictObject({ removed: z.literal(true) });

const mapContent = z.strictObject({ kind: z.literal('map'), items: items(z.union([item, away])) });
const documentContent = z.strictObject({
  kind: z.literal('document'),
  format: z.enum(documentFormats),
  text: z.string(),
});
const rulesContent = z.strictObject({ kind: z.literal('rules'), items: items(z.union([rule, away])) });

/** The content of a namespace, checked whole. */
export const content = z.discriminatedUnion('kind', [
  mapContent,
  documentContent,
  rulesContent,
]) as unknown as z.ZodType<Content>;

/** What changes by key on top of what is live: `set` wins, `remove` takes away. */
export const itemsPatch = z.strictObject({
  set: record(z.string(), json).default({}),
  remove: z.array(z.string()).default([]),
});

export const namespaceKind = z.enum(namespaceKinds);
export const documentFormat = z.enum(documentFormats);
