import {
  type GuardrailMeasure,
  type GuardrailRule,
  guardrailDefaults,
  guardrailMeasures,
  type Margin,
} from './guardrail.ts';

/** What a gray says about its guardrails; nothing said is on, with the defaults. */
export interface GuardrailOptions {
  /** Why there are none. */
  readonly off?: string | undefined;
  readonly onBreach?: OnBreach | undefined;
  readonly minCalls?: number | undefined;
  readonly windows?: number | undefined;
  readonly margins?:
    | { readonly [M in GuardrailMeasure]?: { readonly [K in keyof Margin]?: number | undefined } | undefined }
    | undefined;
  readonly measures?: readonly GuardrailMeasure[] | undefined;
  /** Names of resources; all others count for nothing. */
  readonly resources?: readonly string[] | undefined;
}

/** What a breach does: the gray is taken back, or stands still until somebody decides. */
export const onBreaches = ['abandon', 'halt'] as const;
export type OnBreach = (typeof onBreaches)[number];

/** Guardrails as they are judged by, with all defaults filled in. */
export interface Guardrail extends GuardrailRule {
  readonly measures: readonly GuardrailMeasure[];
  readonly resources?: readonly string[];
  readonly onBreach: OnBreach;
}

/**
 * What a gray is judged by; undefined when it goes without. A share or a number of instances is taken back by itself,
 * for nobody chose them; chosen ones stand still, unless it is said otherwise.
 */
export function guardrailOf(
  options: GuardrailOptions = {},
  by: 'percent' | 'count' | 'instances' | 'labels',
): Guardrail | undefined {
  if (options.off !== undefined) return undefined;
  const margins = Object.fromEntries(
    guardrailMeasures.map((measure) => {
      const { ratio, floor } = guardrailDefaults.margins[measure];
      const own = options.margins?.[measure];
      return [measure, { ratio: own?.ratio ?? ratio, floor: own?.floor ?? floor }];
    }),
  ) as Record<GuardrailMeasure, Margin>;
  return {
    minCalls: options.minCalls ?? guardrailDefaults.minCalls,
    windows: options.windows ?? guardrailDefaults.windows,
    margins,
    measures: guardrailMeasures.filter((measure) => options.measures?.includes(measure) ?? true),
    ...(options.resources && { resources: options.resources }),
    onBreach: options.onBreach ?? (by === 'percent' || by === 'count' ? 'abandon' : 'halt'),
  };
}
