import { type ContentDiff, diffContent, isSame } from '@sluice/core';
import { contracts, type Draft, type NamespaceDetail, type PushChange } from '@sluice/protocol';
import { useQueries } from '@tanstack/react-query';
import type { Problem } from '../../lib/problem.ts';
import { read } from '../../lib/transport.ts';

/** One namespace of a change set: what is live of it and your draft. */
export interface ChangeEntry {
  readonly name: string;
  readonly namespace: NamespaceDetail;
  readonly draft: Draft | undefined;
  readonly diff: ContentDiff;
}

export interface ChangeSet {
  readonly entries: readonly ChangeEntry[];
  readonly problem: Problem | undefined;
  readonly loading: boolean;
  /** Namespaces whose draft says what is live, or is missing. */
  readonly unchanged: readonly string[];
  /** Namespaces that were released since their draft was begun. */
  readonly overtaken: readonly string[];
  readonly changes: readonly PushChange[];
  /** Another text whenever a draft is another one. */
  readonly version: string;
}

/** Your drafts of these namespaces as one change set. */
export function useChangeSet(place: { env: string; app: string }, names: readonly string[]): ChangeSet {
  const namespaces = useQueries({
    queries: names.map((ns) => read(contracts.getNamespace, { params: { ...place, ns } })),
  });
  const drafts = useQueries({
    queries: names.map((ns) => read(contracts.getDraft, { params: { ...place, ns } })),
  });
  const entries = names.flatMap((name, index): ChangeEntry[] => {
    const namespace = namespaces[index]?.data;
    const draft = drafts[index]?.data?.draft;
    if (!namespace || !drafts[index]?.data) return [];
    return [
      { name, namespace, draft, diff: diffContent(namespace.target, draft?.content ?? namespace.target) },
    ];
  });
  const failed = [...namespaces, ...drafts].find((each) => each.isError && each.data === undefined);
  return {
    entries,
    problem: failed?.error ?? undefined,
    loading: entries.length < names.length,
    unchanged: entries.filter((each) => isSame(each.diff)).map((each) => each.name),
    overtaken: entries.filter((each) => each.draft?.baseMoved).map((each) => each.name),
    changes: entries.flatMap(({ name, draft }) =>
      draft ? [{ namespace: name, base: draft.baseRevision, draft: true as const }] : [],
    ),
    version: entries.map((each) => each.draft?.etag ?? '').join(' '),
  };
}
