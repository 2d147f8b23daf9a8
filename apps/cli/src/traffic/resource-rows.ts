import { type BreakerState, breakerWords } from '@sluice/core';
import type { BreakerNow, LastMinute, Resource, TrafficTally } from '@sluice/protocol';
import type { Context } from '../context.ts';
import type { Column } from '../output/output.ts';

/** What calls came to in some of the last 60 seconds. */
type Told = TrafficTally & Pick<LastMinute, 'seconds'>;

/** Calls a second over the last minute, or over what is known of it. */
export const rateOf = (told: Told): number => (told.passed + blockedOf(told)) / told.seconds;

function rateText(told: Told | undefined): string {
  if (!told) return '-';
  const rate = rateOf(told);
  return rate >= 100 ? rate.toFixed(0) : rate.toFixed(1);
}

export const blockedOf = ({ blocked }: TrafficTally): number =>
  Object.values(blocked).reduce((sum, count) => sum + (count ?? 0), 0);

const msText = (ms: number | undefined): string =>
  ms === undefined ? '-' : ms >= 100 ? ms.toFixed(0) : ms >= 1 ? ms.toFixed(1) : ms.toFixed(2);

export const breakerWord = (context: Context, state: BreakerState): string =>
  context.say(breakerWords[state]);

/** In which states the instances' breakers are; only closed ones are one word. */
export function breakersText(context: Context, breakers: readonly BreakerNow[]): string {
  if (breakers.length === 0) return '-';
  const counts = new Map<BreakerState, number>();
  for (const { states } of breakers)
    for (const [state, count] of Object.entries(states) as [BreakerState, number][])
      if (count > 0) counts.set(state, (counts.get(state) ?? 0) + count);
  const other = [...counts].filter(([state]) => state !== 'closed');
  if (other.length === 0) return context.say(breakerWords.closed);
  return other.map(([state, count]) => `${context.say(breakerWords[state])} ${count}`).join(', ');
}

/**
 * What calls came to, column by column; nothing known is `-`, never 0. Latencies of single instances are not kept by
 * the server: they have no columns there.
 */
export function tallyColumns<T>(of: (row: T) => Told | undefined, hasLatencies = true): Column<T>[] {
  const number = (value: (tally: TrafficTally) => number) => (row: T) => {
    const tally = of(row);
    return tally ? String(value(tally)) : '-';
  };
  return [
    { head: { en: 'CALLS/S', zh: '次/秒' }, cell: (row) => rateText(of(row)) },
    ...(hasLatencies
      ? [
          { head: { en: 'P50 MS', zh: 'P50 毫秒' }, cell: (row: T) => msText(of(row)?.p50Ms) },
          { head: { en: 'P99 MS', zh: 'P99 毫秒' }, cell: (row: T) => msText(of(row)?.p99Ms) },
        ]
      : []),
    { head: { en: 'ERRORS', zh: '错误' }, cell: number((t) => t.errors) },
    { head: { en: 'BLOCKED', zh: '拦截' }, cell: number(blockedOf) },
    { head: { en: 'WOULD BLOCK', zh: '预计拦截' }, cell: number((t) => t.wouldBlock) },
    { head: { en: 'ACTIVE', zh: '进行中' }, cell: number((t) => t.active) },
  ];
}

/** The table of resources, the same for `resources ls` and `top`. */
export function resourceColumns(context: Context): Column<Resource>[] {
  return [
    { head: { en: 'RESOURCE', zh: '资源' }, cell: (r) => r.resource },
    { head: { en: 'TYPE', zh: '类型' }, cell: (r) => r.type },
    ...tallyColumns<Resource>((r) => r.minute),
    { head: { en: 'BREAKERS', zh: '熔断器' }, cell: (r) => breakersText(context, r.breakers) },
    { head: { en: 'INSTANCES', zh: '实例数' }, cell: (r) => String(r.minute?.instances ?? '-') },
  ];
}
