import { type Content, type ContentDiff, diffContent, emptyContent, isSame } from '@sluice/core';
import { contracts, type Draft, type NamespaceDetail, type ResponseOf } from '@sluice/protocol';
import { type UseQueryResult, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import { asProblem, type Problem } from '../../../lib/problem.ts';
import { askWhoIsThere } from '../../../lib/query-client.ts';
import { call, keyOf, read } from '../../../lib/transport.ts';
import type { NamespacePlace } from '../../../parts/place.ts';
import { findUnsaved, forgetUnsaved, keepUnsaved } from './unsaved.ts';
import { withSecrets } from './with-secrets.ts';

type DraftAnswer = ResponseOf<typeof contracts.getDraft>;

export type SaveState =
  | { readonly is: 'none' }
  | { readonly is: 'saving' }
  | { readonly is: 'saved'; readonly at: string }
  | { readonly is: 'failed'; readonly problem: Problem };

export interface DraftEditing {
  readonly answer: UseQueryResult<DraftAnswer, Problem>;
  /** What is in the editor: your edit, else your draft, else what the release says. */
  readonly content: Content;
  /** From the release to the editor. */
  readonly diff: ContentDiff;
  readonly changed: boolean;
  readonly save: SaveState;
  readonly stored: Draft | undefined;
  readonly edit: (next: Content) => void;
  readonly discard: () => Promise<void>;
  /** What was thrown away last, as long as it can be put back by editing it again. */
  readonly thrownAway: Content | undefined;
  /** Why your edit can't be saved or published as it is: the two sides and the ETag that a merge goes to. */
  readonly conflict: () => Promise<Problem>;
  /** Saves a content that takes everything into account that happened meanwhile. */
  readonly rebase: (merged: Content, etag: string) => Promise<void>;
  /** Saves at once what is in the editor and answers with the draft, for a publish. */
  readonly settle: () => Promise<Draft>;
}

const saveAfterMs = 500;

/** The editor's content and its way to the server: saved by itself, never lost, never over somebody else's. */
export function useDraft(place: NamespacePlace, namespace: NamespaceDetail): DraftEditing {
  const client = useQueryClient();
  const answer = useQuery(read(contracts.getDraft, { params: place }));
  const [local, setLocal] = useState<Content | undefined>(() => findUnsaved(place));
  const [status, setStatus] = useState<SaveState>();
  const latest = useRef({ place, namespace, answer: answer.data, local });
  latest.current = { place, namespace, answer: answer.data, local };
  const [thrownAway, setThrownAway] = useState<Content>();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const inFlight = useRef<Promise<Draft>>(undefined);

  const failure = status?.is === 'failed' ? status.problem : undefined;
  const stored = answer.data?.draft;
  const target = namespace.target ?? emptyContent(namespace.kind, namespace.format);
  const content = local ?? stored?.content ?? target;
  const diff = withSecrets(diffContent(target, content), stored?.changedSecrets ?? [], content);

  const put = useCallback(
    async (next: Content, ifMatch: string): Promise<Draft> => {
      const at = latest.current.place;
      setStatus({ is: 'saving' });
      try {
        const draft = await call(contracts.saveDraft, { params: at, body: { content: next }, ifMatch });
        client.setQueryData<DraftAnswer>(keyOf(contracts.getDraft, { params: at }), (old) => ({
          others: [],
          ...old,
          draft,
        }));
        latest.current.answer = { others: [], ...latest.current.answer, draft };
        // What was typed meanwhile is newer than what was saved, and stays in the editor.
        if (latest.current.local === next) {
          latest.current.local = undefined;
          setLocal(undefined);
          forgetUnsaved(at);
        }
        setStatus({ is: 'saved', at: draft.updatedAt });
        void client.invalidateQueries({ queryKey: [contracts.listNamespaces.id] });
        return draft;
      } catch (error) {
        const problem = asProblem(error);
        setStatus({ is: 'failed', problem });
        askWhoIsThere(problem);
        throw problem;
      }
    },
    [client],
  );

  /** One save after the other, each based on what the one before it left. */
  const save = useCallback(async (): Promise<Draft> => {
    clearTimeout(timer.current);
    await inFlight.current?.catch(() => undefined);
    const { local: next, answer: known, namespace: ns } = latest.current;
    if (next === undefined) {
      if (known?.draft) return known.draft;
      throw new Error('there is nothing to save');
    }
    const run = put(next, known?.draft?.etag ?? ns.etag);
    inFlight.current = run;
    return run;
  }, [put]);

  const edit = useCallback(
    (next: Content): void => {
      setThrownAway(undefined);
      latest.current.local = next;
      setLocal(next);
      keepUnsaved(latest.current.place, next);
      clearTimeout(timer.current);
      timer.current = setTimeout(() => void save().catch(() => undefined), saveAfterMs);
    },
    [save],
  );

  const discard = useCallback(async (): Promise<void> => {
    clearTimeout(timer.current);
    const { place: at, local: dropped } = latest.current;
    await inFlight.current?.catch(() => undefined);
    if (latest.current.answer?.draft) await call(contracts.discardDraft, { params: at });
    const without = ({ draft: _, ...rest }: DraftAnswer): DraftAnswer => rest;
    client.setQueryData<DraftAnswer>(keyOf(contracts.getDraft, { params: at }), (old) => old && without(old));
    latest.current.answer &&= without(latest.current.answer);
    // What was typed meanwhile is another edit, and is saved in its own time.
    if (latest.current.local === dropped) {
      latest.current.local = undefined;
      setLocal(undefined);
      setStatus(undefined);
      forgetUnsaved(at);
    }
    await client.invalidateQueries({ queryKey: keyOf(contracts.getDraft, { params: at }) });
    void client.invalidateQueries({ queryKey: [contracts.listNamespaces.id] });
  }, [client]);

  /** By hand: what is thrown away stays at hand, unless it holds secrets that only the draft knew. */
  const throwAway = useCallback(async (): Promise<void> => {
    const { local: mine, answer: known } = latest.current;
    const whole = known?.draft?.changedSecrets?.length ? undefined : (mine ?? known?.draft?.content);
    await discard();
    setThrownAway(whole);
  }, [discard]);

  const conflict = useCallback(async (): Promise<Problem> => {
    if (failure?.code === 'base_moved') return failure;
    const { place: at, answer: known, local: mine } = latest.current;
    const draft = known?.draft;
    if (!draft) throw new Error('there is no draft to merge');
    try {
      // Its base moved, so this is refused whatever it says, and the refusal carries what a merge needs.
      await call(contracts.saveDraft, {
        params: at,
        body: { content: mine ?? draft.content },
        ifMatch: draft.etag,
      });
    } catch (error) {
      const problem = asProblem(error);
      if (problem.code === 'base_moved') return problem;
      throw problem;
    }
    throw new Error('nothing was released meanwhile');
  }, [failure]);

  const rebase = useCallback(
    async (merged: Content, etag: string): Promise<void> => {
      clearTimeout(timer.current);
      latest.current.local = merged;
      setLocal(merged);
      keepUnsaved(latest.current.place, merged);
      await put(merged, etag);
      await client.invalidateQueries({
        queryKey: keyOf(contracts.getNamespace, { params: latest.current.place }),
      });
    },
    [client, put],
  );

  // What was pushed from this draft and then promoted is what everybody has: there is nothing left to merge.
  const isSpent = stored?.baseMoved === true && local === undefined && isSame(diff);
  useEffect(() => {
    if (isSpent) void discard().catch(() => undefined);
  }, [isSpent, discard]);

  const unsaved = local !== undefined;
  useEffect(() => {
    if (!unsaved) return;
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [unsaved]);

  return {
    answer,
    content,
    diff,
    changed: diff.of === 'items' ? diff.changes.length > 0 : !diff.same,
    save: status ?? (stored ? { is: 'saved', at: stored.updatedAt } : { is: 'none' }),
    stored,
    edit,
    discard: throwAway,
    thrownAway,
    conflict,
    rebase,
    settle: save,
  };
}
