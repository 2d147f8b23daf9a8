import { contracts, type DrillDefinition, type DrillPlan } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import type { Problem } from '../../lib/problem.ts';
import { call, keyOf } from '../../lib/transport.ts';

/** What a design would be if it started now; asked again every few seconds, for the fleet moves. */
export function usePlan(env: string, app: string, definition: DrillDefinition | undefined) {
  const params = { env, app };
  return useQuery<DrillPlan, Problem>({
    queryKey: [...keyOf(contracts.planDrill, { params }), JSON.stringify(definition)],
    queryFn: ({ signal }) => call(contracts.planDrill, { params, body: { definition: definition! } }, signal),
    enabled: definition !== undefined,
    retry: false,
    refetchInterval: 5000,
    placeholderData: (before) => before,
  });
}
