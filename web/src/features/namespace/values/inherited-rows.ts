import { type Content, isTakenAway, type Json } from '@sluice/core';
import type { NamespaceDetail } from '@sluice/protocol';

/** One key that comes from a public namespace, and what the draft does with it. */
export interface InheritedRow {
  readonly key: string;
  readonly value: Json;
  readonly from: { readonly app: string; readonly namespace: string };
  readonly here: 'inherited' | 'overridden' | 'removed';
}

type Inherited = NonNullable<NamespaceDetail['inherited']>;

/** Every inherited key, sorted. The nearest in the chain that says something of it is where it comes from. */
export function inheritedRows({ content, chain }: Inherited, draft: Content): InheritedRow[] {
  if (content.kind === 'document' || draft.kind === 'document') return [];
  const own = draft.items as Readonly<Record<string, Json>>;
  return Object.entries(content.items as Readonly<Record<string, Json>>)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]): InheritedRow => {
      const { app, namespace } = chain.find(({ keys }) => keys.includes(key)) ?? chain[0]!;
      const entry = Object.hasOwn(own, key) ? own[key] : undefined;
      const here = entry === undefined ? 'inherited' : isTakenAway(entry) ? 'removed' : 'overridden';
      return { key, value, from: { app, namespace }, here };
    });
}

/** Items that give a value; those that only take a key away are told with what is inherited. */
export const givenOnly = <Entry>(items: {
  readonly [key: string]: Entry;
}): { readonly [key: string]: Entry } =>
  Object.fromEntries(Object.entries(items).filter(([, entry]) => !isTakenAway(entry)));
