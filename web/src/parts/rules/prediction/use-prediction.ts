import { predictable, type Rule } from '@sluice/core';
import { contracts, type ResponseOf, rule as ruleShape } from '@sluice/protocol';
import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Problem } from '../../../lib/problem.ts';
import { call } from '../../../lib/transport.ts';
import type { RuleDraft } from '../rule-value.ts';

export type Prediction = ResponseOf<typeof contracts.predictRule>;

const settleMs = 150;

/** The value as it was when it last stood still for a moment. */
function useSettled<T>(value: T, key: string): T {
  const [settled, setSettled] = useState({ key, value });
  useEffect(() => {
    if (settled.key === key) return;
    const timer = setTimeout(() => setSettled({ key, value }), settleMs);
    return () => clearTimeout(timer);
  }, [key, value, settled.key]);
  return settled.value;
}

interface Place {
  readonly env: string;
  readonly app: string;
}

/**
 * What a rule would block, asked again whenever it has stood still for a moment; the answer before stays meanwhile.
 * The mode and words around it change nothing, and don't ask again.
 */
export function usePrediction({ env, app }: Place, draft: RuleDraft, ref: string | undefined) {
  const { mode: _, description: __, onBlock, ...rest } = draft;
  const asked = { ...rest, mode: 'monitor', ...(draft.kind === 'degrade' && { onBlock }) } as RuleDraft;
  const text = JSON.stringify(asked);
  const settled = useSettled(asked, text);
  const kind = draft.kind as Rule['kind'];
  const isPredictable = predictable.has(kind);
  const isValid = ruleShape.safeParse(asked).success;
  const answer = useQuery({
    ...queryOptions<Prediction, Problem>({
      queryKey: [contracts.predictRule.id, { env, app }, { rule: settled, ref }],
      queryFn: ({ signal }) =>
        call(
          contracts.predictRule,
          {
            params: { env, app },
            body: { rule: settled as unknown as Rule, ...(ref !== undefined && { ref }) },
          },
          signal,
        ),
      staleTime: 5000,
      gcTime: 30_000,
    }),
    enabled: isPredictable && ruleShape.safeParse(settled).success,
    placeholderData: keepPreviousData,
    refetchInterval: 15_000,
  });
  return { answer, isPredictable, isValid };
}
