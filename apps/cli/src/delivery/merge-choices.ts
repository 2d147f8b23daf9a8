import type { Json } from '@sluice/core';
import type { Push } from '@sluice/protocol';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { CliError, usageError } from '../failure/cli-error.ts';
import type { ServerError } from '../failure/server-error.ts';
import { plainValue } from '../output/item-change.ts';
import { tableText } from '../output/table.ts';
import { shortValue } from '../output/value-text.ts';
import { resolveReference } from '../reference/reference.ts';

type Side = 'gray' | 'global';
export type Choices = Record<string, Record<string, Side>>;

/** Whose value stays, by namespace and key, from the two lists of names; `undefined` when nothing was chosen. */
export function mergeChoices(
  push: Push,
  keep: Readonly<Partial<Record<Side, readonly string[]>>>,
): Choices | undefined {
  const chosen = new Map<string, Map<string, Side>>();
  for (const side of ['gray', 'global'] as const)
    for (const name of keep[side] ?? []) {
      const { namespace, key } = placeOfKey(push, name);
      const sides = chosen.get(namespace) ?? new Map<string, Side>();
      if ((sides.get(key) ?? side) !== side)
        throw usageError(
          { en: '{name} cannot keep both values.', zh: '{name} 不能同时保留两个值。' },
          {
            en: 'Name it in one of --keep-gray and --keep-global.',
            zh: '只能写在 --keep-gray 或 --keep-global 之一中。',
          },
          { name },
        );
      chosen.set(namespace, sides.set(key, side));
    }
  if (chosen.size === 0) return undefined;
  return Object.fromEntries([...chosen].map(([namespace, sides]) => [namespace, Object.fromEntries(sides)]));
}

/** `<ns>.<key>`, a key alone where only one namespace has it, or the name of a document. */
function placeOfKey(push: Push, name: string): { namespace: string; key: string } {
  const places = push.namespaces.flatMap((n) => n.keys.map((key) => ({ namespace: n.name, key })));
  const full = ({ namespace, key }: { namespace: string; key: string }): string =>
    key === '' ? namespace : `${namespace}.${key}`;
  const exact = places.filter((p) => full(p) === name);
  const found = exact.length > 0 ? exact : places.filter((p) => p.key === name);
  if (found.length === 1) return found[0]!;
  // A push tells only the first of its keys, so a key that it doesn't name may still be one of them.
  const names = push.namespaces.map((n) => n.name);
  const reference = found.length === 0 ? resolveReference(name, names, true) : undefined;
  if (reference?.key !== undefined) return { namespace: reference.namespace, key: reference.key };
  throw usageError(
    found.length === 0
      ? { en: '{id} has no key "{name}".', zh: '{id} 中没有配置项“{name}”。' }
      : { en: '"{name}" is a key of several namespaces.', zh: '多个命名空间都有配置项“{name}”。' },
    { en: 'Write it as one of: {known}', zh: '请写成：{known}' },
    { id: push.id, name, known: places.map(full).join(', ') },
  );
}

const conflict = z.object({
  namespace: z.string(),
  key: z.string(),
  base: z.unknown().optional(),
  yours: z.unknown().optional(),
  theirs: z.unknown().optional(),
});

const words = {
  key: { en: 'KEY', zh: '配置项' },
  base: { en: 'WHEN IT BEGAN', zh: '灰度开始时' },
  gray: { en: 'GRAY', zh: '灰度' },
  global: { en: 'GLOBAL NOW', zh: '当前全局' },
} as const;

/** A refused promote with its conflicts key by key, and the command that settles them. */
export function withConflicts({ say }: Context, error: ServerError, push: Push): CliError {
  const { conflicts } = error.details;
  const found = (Array.isArray(conflicts) ? conflicts : []).flatMap((each) => {
    const parsed = conflict.safeParse(each);
    return parsed.success ? [parsed.data] : [];
  });
  const names = found.map(({ namespace, key }) => (key === '' ? namespace : `${namespace}.${key}`));
  const table = tableText(
    [say(words.key), say(words.base), say(words.gray), say(words.global)],
    found.map((c, i) => [
      names[i]!,
      ...[c.base, c.yours, c.theirs].map((side) => shortValue(plainValue(side as Json | undefined))),
    ]),
  );
  return new CliError(
    error.code,
    error.exit,
    {
      ...error.parts,
      todo: {
        en: 'Choose for each: "sluice push promote {app} {id} --env {env} --keep-gray {keys}", or --keep-global; both may be given.',
        zh: '请逐项选择："sluice push promote {app} {id} --env {env} --keep-gray {keys}"，或 --keep-global；两者可同时使用。',
      },
    },
    {
      ...error.params,
      app: push.app,
      id: push.id,
      env: push.environment,
      keys: names.join(',') || '<key,...>',
    },
    {
      ...error.more,
      lines: [...(error.more.lines ?? []), ...(found.length > 0 ? table.trimEnd().split('\n') : [])],
    },
  );
}
