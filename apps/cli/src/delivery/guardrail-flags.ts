import type { GuardrailMeasure, OnBreach } from '@sluice/core';
import type { PushTarget } from '@sluice/protocol';
import { usageError } from '../failure/cli-error.ts';
import { optionName } from './option-name.ts';

/** How much worse a measure may be: so many times the rest, and so much above it. */
export interface MarginFlag {
  readonly measure: GuardrailMeasure;
  readonly ratio: number;
  readonly floor: number;
}

/** Options that say how a gray is watched over. */
export interface GuardrailFlags {
  /** Why there are none. */
  readonly guardrailsOff?: string;
  readonly onBreach?: OnBreach;
  readonly minCalls?: number;
  readonly windows?: number;
  readonly margin?: readonly MarginFlag[];
  readonly measures?: readonly GuardrailMeasure[];
  readonly resources?: readonly string[];
}

type Guardrails = NonNullable<Extract<PushTarget, { mode: 'gray' }>['guardrails']>;

/** What is asked for; nothing when nothing was said. */
export function guardrailsOf(flags: GuardrailFlags): { guardrails?: Guardrails } {
  const { guardrailsOff: off, onBreach, minCalls, windows, margin, measures, resources } = flags;
  const said = { onBreach, minCalls, windows, margin, measures, resources };
  const other = Object.entries(said).find(([, value]) => value !== undefined)?.[0];
  if (off !== undefined && other !== undefined)
    throw usageError(
      {
        en: '--guardrails-off and --{other} contradict each other.',
        zh: '--guardrails-off 与 --{other} 互相矛盾。',
      },
      { en: 'Leave one of the two out.', zh: '请去掉其中之一。' },
      { other: optionName(other) },
    );
  if (off !== undefined) return { guardrails: { off } };
  if (other === undefined) return {};
  return {
    guardrails: {
      ...(onBreach && { onBreach }),
      ...(minCalls !== undefined && { minCalls }),
      ...(windows !== undefined && { windows }),
      ...(margin && {
        margins: Object.fromEntries(margin.map(({ measure, ratio, floor }) => [measure, { ratio, floor }])),
      }),
      ...(measures && { measures: [...measures] }),
      ...(resources && { resources: [...resources] }),
    },
  };
}
