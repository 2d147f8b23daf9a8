import type { Json, Rule } from '@sluice/core';
import { contracts, type NamespaceDetail, rule as ruleShape } from '@sluice/protocol';
import { useQueries, useQuery } from '@tanstack/react-query';
import { read } from '../../lib/transport.ts';

export interface LiveRules {
  /** Namespaces of kind `rules`, by name; undefined while they are read. */
  readonly namespaces: readonly NamespaceDetail[] | undefined;
  /** Sound rules that are live for everyone, by `namespace/key`. */
  readonly rules: Readonly<Record<string, Rule>>;
  readonly error: Error | null;
}

/** All rules of an app that are live. */
export function useLiveRules({ env, app }: { readonly env: string; readonly app: string }): LiveRules {
  const list = useQuery(read(contracts.listNamespaces, { params: { env, app } }));
  const names = (list.data?.items ?? []).filter(({ kind }) => kind === 'rules').map(({ name }) => name);
  const details = useQueries({
    queries: names.map((ns) => read(contracts.getNamespace, { params: { env, app, ns } })),
  });
  const known = details.flatMap(({ data }) => data ?? []);
  const rules = Object.fromEntries(
    known.flatMap(({ name, target }) =>
      Object.entries(target?.kind === 'rules' ? target.items : {}).flatMap(
        ([key, value]): [string, Rule][] =>
          ruleShape.safeParse(value as Json).success ? [[`${name}/${key}`, value as unknown as Rule]] : [],
      ),
    ),
  );
  return {
    namespaces: list.data && known.length === names.length ? known : undefined,
    rules,
    error: list.error ?? details.find(({ error }) => error)?.error ?? null,
  };
}
