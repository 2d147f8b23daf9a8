import { type BodyInputOf, contracts, type Push, type PushActPlan } from '@sluice/protocol';
import { keepPreviousData, type UseQueryResult, useQuery } from '@tanstack/react-query';
import type { Problem } from '../../lib/problem.ts';
import { call } from '../../lib/transport.ts';

export type ActAsked = BodyInputOf<typeof contracts.previewPushAct>;

/** Exactly whom an act on a push would change; asked again with other choices, and when somebody asks for it. */
export function useActPlan(push: Push, asked: ActAsked): UseQueryResult<PushActPlan, Problem> {
  const params = { env: push.environment, app: push.app, push: push.id };
  return useQuery<PushActPlan, Problem>({
    queryKey: [contracts.previewPushAct.id, params, asked],
    queryFn: ({ signal }) => call(contracts.previewPushAct, { params, body: asked }, signal),
    placeholderData: keepPreviousData,
    retry: false,
    // What was looked at stays what is confirmed: it moves only when it is asked for.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
}
