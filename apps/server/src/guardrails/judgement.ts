import { type ErrorText, type GuardrailTurn, type ScopeWindow, wholeApp } from '@sluice/core';
import type { Judgement } from '@sluice/protocol';
import { windowMs } from './gray-windows.ts';

/** Resources that are told of besides those that are over. */
const busiest = 10;

interface Facts {
  readonly step: number;
  readonly untilMs: number;
  readonly sinceMs: number;
  readonly why?: ErrorText;
}

/** What a window was judged to be, as it is told and kept. */
export function judgementOf(
  { health, readings }: GuardrailTurn,
  scopes: readonly ScopeWindow[],
  { step, untilMs, sinceMs, why }: Facts,
): Judgement {
  const whole = scopes.find(({ scope }) => scope === wholeApp);
  const shown = new Set(
    [...scopes]
      .sort((a, b) => callsOf(b) - callsOf(a))
      .slice(0, busiest + 1)
      .map(({ scope }) => scope),
  );
  const iso = (ms: number): string => new Date(ms).toISOString();
  return {
    step,
    from: iso(untilMs - windowMs),
    until: iso(untilMs),
    health,
    ...(why && { why: { en: why.en, zh: why.zh } }),
    since: iso(sinceMs),
    instances: { cohort: whole?.cohort.instances ?? 0, rest: whole?.rest.instances ?? 0 },
    calls: { cohort: whole?.cohort.asked ?? 0, rest: whole?.rest.asked ?? 0 },
    readings: readings
      .filter(({ scope, windows }) => scope === wholeApp || windows > 0 || shown.has(scope))
      .map((reading) => ({ ...reading, basis: { ...reading.basis } })),
  };
}

const callsOf = ({ scope, cohort, rest }: ScopeWindow): number =>
  scope === wholeApp ? Number.POSITIVE_INFINITY : cohort.asked + rest.asked;
