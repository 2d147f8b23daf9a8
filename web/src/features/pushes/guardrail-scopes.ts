import type { GuardrailReading } from '@sluice/protocol';

type Measure = GuardrailReading['measure'];

/** What one scope, the app as a whole or a resource, was measured to do. */
export interface GuardrailScope {
  /** `''` is the app as a whole. */
  readonly scope: string;
  readonly of: Readonly<Partial<Record<Measure, GuardrailReading>>>;
  /** The most samples in a row in which one of its measures was over. */
  readonly over: number;
}

/** Readings by scope: the whole first, then what is over, then what is known, each in the order in which they came. */
export function scopesOf(readings: readonly GuardrailReading[]): GuardrailScope[] {
  const byScope = new Map<string, Partial<Record<Measure, GuardrailReading>>>();
  for (const reading of readings)
    byScope.set(reading.scope, { ...byScope.get(reading.scope), [reading.measure]: reading });
  const scopes = [...byScope].map(([scope, of]) => ({
    scope,
    of,
    over: Math.max(...Object.values(of).map(({ windows }) => windows)),
  }));
  const rank = ({ scope, over, of }: GuardrailScope): number =>
    scope === '' ? 0 : over > 0 ? 1 : of.errorRatio?.cohort !== undefined ? 2 : 3;
  return scopes.sort((a, b) => rank(a) - rank(b) || b.over - a.over);
}
