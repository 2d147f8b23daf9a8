import type { Query } from '@tanstack/react-query';
import { queryClient } from '../query-client.ts';

/** Which reads to repeat: those of a place, all or some operations of it. */
export interface Refresh {
  readonly environment: string;
  readonly app?: string;
  /** Ids of operations; absent means all. */
  readonly operations?: readonly string[];
}

const everyMs = 400;
let waiting: Refresh[] = [];
let timer: ReturnType<typeof setTimeout> | undefined;

/** A read without a place, or of a wider one, is about this place too. */
function concerns(refresh: Refresh, queryKey: readonly unknown[]): boolean {
  const [operation, params] = queryKey as [string, Record<string, unknown>];
  if (refresh.operations && !refresh.operations.includes(operation)) return false;
  const { env, app } = params ?? {};
  if (env !== undefined && env !== refresh.environment) return false;
  return app === undefined || refresh.app === undefined || app === refresh.app;
}

/**
 * What is on its way goes on and is read again when it has come, for it may be older than what is asked for. To begin it
 * anew instead would keep a page waiting for as long as updates come faster than a busy server answers.
 */
function repeat(asked: readonly Refresh[]): void {
  const isMeant = (query: Query): boolean => asked.some((each) => concerns(each, query.queryKey));
  const onTheirWay = queryClient.getQueryCache().findAll({ predicate: isMeant, fetchStatus: 'fetching' });
  void readAgain((query) => isMeant(query) && !onTheirWay.includes(query));
  // Each by itself: one that takes long keeps no other from being read again.
  for (const each of onTheirWay) {
    const isIt = (query: Query): boolean => query === each;
    void readAgain(isIt).then(() => readAgain(isIt));
  }
}

const readAgain = (predicate: (query: Query) => boolean): Promise<void> =>
  queryClient.invalidateQueries({ predicate }, { cancelRefetch: false });

/** Reads again what is on its way just now: its answer may be older than what has been told meanwhile. */
export function refreshLate(refresh: Refresh): void {
  const isMeant = (query: Query): boolean => concerns(refresh, query.queryKey);
  if (queryClient.isFetching({ predicate: isMeant }) > 0) refreshSoon(refresh);
}

/** Repeats reads at once. */
export const refreshNow = (what: Refresh): void => repeat([what]);

/** Repeats reads, at most every 400 ms however many updates ask for it. */
export function refreshSoon(refresh: Refresh): void {
  waiting.push(refresh);
  if (timer !== undefined) return;
  timer = setTimeout(() => {
    const asked = waiting;
    waiting = [];
    timer = undefined;
    repeat(asked);
  }, everyMs);
}
