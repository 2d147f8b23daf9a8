import { type BodyInputOf, contracts, type PushPlanBody } from '@sluice/protocol';
import { keepPreviousData, type UseQueryResult, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Problem } from '../../lib/problem.ts';
import { call } from '../../lib/transport.ts';

export type Proposal = BodyInputOf<typeof contracts.previewPush>;

const settleMs = 250;

/** A value once it has been still for a moment, so that typing doesn't ask for every letter. */
function useSettled(text: string | undefined): string | undefined {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), settleMs);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}

export interface Plan {
  readonly answer: UseQueryResult<PushPlanBody, Problem>;
  /** The plan is of exactly this proposal, not of the one before it. */
  readonly current: boolean;
}

/** What a push would change, asked of the server whenever the proposal changes and every few seconds after. */
export function usePlan(
  place: { readonly env: string; readonly app: string },
  proposal: Proposal | undefined,
  fresh: string,
): Plan {
  const text = proposal && JSON.stringify(proposal);
  const settled = useSettled(text);
  const answer = useQuery<PushPlanBody, Problem>({
    queryKey: [contracts.previewPush.id, place, settled, fresh],
    queryFn: ({ signal }) =>
      call(contracts.previewPush, { params: place, body: JSON.parse(settled!) as Proposal }, signal),
    enabled: settled !== undefined,
    placeholderData: keepPreviousData,
    retry: false,
    // What was looked at stays what is confirmed: it moves only when it is asked for.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  return {
    answer,
    current: settled !== undefined && settled === text && !answer.isPlaceholderData && answer.isSuccess,
  };
}
