import { contracts, type KillSwitchState } from '@sluice/protocol';
import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { useWatch } from '../../lib/live/link.ts';
import type { Problem } from '../../lib/problem.ts';
import { read } from '../../lib/transport.ts';

export const killToggles = ['freezePublishes', 'monitorOnly', 'endFaults'] as const;
export type KillToggle = (typeof killToggles)[number];

/** The toggles of a switch that are on. */
export const togglesOn = (state: KillSwitchState): KillToggle[] => killToggles.filter((each) => state[each]);

const silentEveryMs = 2000;

const isWaited = (state: KillSwitchState): boolean =>
  togglesOn(state).length > 0 && state.acked < state.instances;

type KillAnswer = { readonly items: readonly KillSwitchState[]; readonly at: string };

/** Kill switches of an environment that were ever turned, followed live. */
export function useKill(env: string): UseQueryResult<KillAnswer, Problem> {
  useWatch({ of: 'environment', environment: env });
  return useQuery({
    ...read(contracts.getKill, { params: { env } }),
    staleTime: 10_000,
    // Who is silent isn't told live, so it is asked for as long as somebody is.
    refetchInterval: ({ state }) => (state.data?.items.some(isWaited) ? silentEveryMs : false),
  });
}
