import type { DrillReport } from '@sluice/protocol';
import type { CallerTally, DrillRecord, FaultTally } from '@sluice/protocol/client';
import { binomialBounds } from './binomial.ts';
import type { DrillPartEntity, DrillTargetEntity, StoredTurn } from './drill.entities.ts';
import { drillOf, eventsOf, targetOf, type WholeDrill } from './drills.read.ts';
import { addSums, metricOf, type PhaseSums } from './part.ts';
import { readPhaseKey } from './phases.ts';

const iso = (at: number): string => new Date(at).toISOString();
const finals = ['held', 'deviated', 'aborted', 'interrupted'] as const;
const phaseOrder = ['before', 'during', 'after'];

/** What a drill came to: the counts are the instances' own, added up; nothing is estimated. */
export function reportOf(whole: WholeDrill, parts: readonly DrillPartEntity[], nowMs: number): DrillReport {
  const { row, targets, events } = whole;
  const records = targets.flatMap((target) => Object.values(target.records));
  const verdict = finals.find((each) => each === row.state);
  const callers = sumCallers(records.map((record) => record.callers));
  const answered = callers.degraded + callers.blocked + callers.error;
  const cleanAt = targets.flatMap((target) => target.cleanAt ?? []);
  const allClean = targets.length > 0 && targets.every((target) => target.cleanBy !== null);
  return {
    drill: drillOf(row),
    definition: row.definition,
    ...(verdict && { verdict }),
    ...(row.because && { because: row.because }),
    at: iso(nowMs),
    activeMs: Math.max(0, Math.round((row.endedAt ?? nowMs) - row.startedAt!)),
    measures: row.measures,
    faults: faultOutcomes(whole, records),
    callers,
    ...(answered > 0 && { fallbackShare: callers.degraded / answered }),
    phases: phasesOf(parts, row.startedAt!, row.endedAt),
    breakers: events.flatMap(({ at, event: { instanceId, turn } }) =>
      turn
        ? [{ at: iso(at), afterMs: Math.round(at - row.startedAt!), instanceId: instanceId!, ...turn }]
        : [],
    ),
    ...breakerTimes(whole),
    ...(row.recoveredAt !== null &&
      row.endedAt !== null && { timeToRecoverMs: Math.max(0, Math.round(row.recoveredAt - row.endedAt)) }),
    ...(allClean &&
      row.endedAt !== null && { timeToCleanMs: Math.max(0, Math.round(Math.max(...cleanAt) - row.endedAt)) }),
    allClean,
    instances: targets.map((target) => ({ ...targetOf(target, row), callers: callersOf(target) })),
    events: eventsOf(events, row),
  };
}

const callersOf = ({ records }: DrillTargetEntity): CallerTally =>
  sumCallers(Object.values(records).map((record) => record.callers));

function sumCallers(all: readonly CallerTally[]): CallerTally {
  const sum = { ok: 0, error: 0, degraded: 0, blocked: 0, abandoned: 0 };
  for (const each of all) for (const key of Object.keys(sum) as (keyof typeof sum)[]) sum[key] += each[key];
  return sum;
}

function faultOutcomes({ row }: WholeDrill, records: readonly DrillRecord[]): DrillReport['faults'] {
  return Object.entries(row.definition.faults).map(([fault, { fault: kind, share, seed }]) => {
    const told = records.flatMap((record) => record.faults.filter((each) => each.fault === fault));
    const [eligible, injected, overBudget, notInjectable] = [
      sumOf(told, 'eligible'),
      sumOf(told, 'injected'),
      sumOf(told, 'overBudget'),
      sumOf(told, 'notInjectable'),
    ];
    const { low, high } = boundsOf(told, share, seed);
    const drawn = injected + overBudget + notInjectable;
    return {
      fault,
      kind,
      share,
      eligible,
      injected,
      overBudget,
      notInjectable,
      released: sumOf(told, 'released'),
      expected: eligible * share,
      low,
      high,
      asExpected: drawn >= low && drawn <= high,
    };
  });
}

/** By a seed all processes draw alike, so that what they are off by adds up instead of evening out. */
function boundsOf(
  told: readonly FaultTally[],
  share: number,
  seed: number | undefined,
): { low: number; high: number } {
  if (seed === undefined) return binomialBounds(sumOf(told, 'eligible'), share);
  const bounds = told.map(({ eligible }) => binomialBounds(eligible, share));
  return { low: sumOf(bounds, 'low'), high: sumOf(bounds, 'high') };
}

const sumOf = <K extends string>(all: readonly Readonly<Record<K, number>>[], of: K): number =>
  all.reduce((sum, each) => sum + each[of], 0);

function phasesOf(
  parts: readonly DrillPartEntity[],
  startedAt: number,
  endedAt: number | null,
): DrillReport['phases'] {
  const byKey = new Map<string, PhaseSums[]>();
  for (const { data } of parts)
    for (const [key, sums] of Object.entries(data.phases)) byKey.set(key, [...(byKey.get(key) ?? []), sums]);
  return [...byKey]
    .map(([key, all]) => {
      const { phase, app, type, resource } = readPhaseKey(key);
      const fromMs = Math.min(...all.map((each) => each.fromMs));
      const lastMs = Math.max(...all.map((each) => each.toMs));
      const toMs = phase === 'before' ? startedAt : phase === 'during' ? (endedAt ?? lastMs) : lastMs;
      const sums = { ...addSums(all), seconds: Math.max(0, toMs - fromMs) / 1000 };
      const figure = (
        name: 'throughput' | 'errorRatio' | 'blockShare' | 'degradedShare' | 'p50Ms' | 'p99Ms',
      ) => {
        const value = metricOf(name, sums);
        return value === undefined ? {} : { [name]: value };
      };
      return {
        phase,
        app,
        resource,
        type,
        from: iso(fromMs),
        to: iso(Math.max(fromMs, toMs)),
        calls: sums.passed + sums.blocked,
        ...figure('throughput'),
        ...figure('errorRatio'),
        ...figure('blockShare'),
        ...figure('degradedShare'),
        ...figure('p50Ms'),
        ...figure('p99Ms'),
      };
    })
    .sort(
      (a, b) =>
        a.app.localeCompare(b.app) ||
        a.resource.localeCompare(b.resource) ||
        a.type.localeCompare(b.type) ||
        phaseOrder.indexOf(a.phase) - phaseOrder.indexOf(b.phase),
    );
}

/** Until the first breaker opened, and from the end until the last that had opened was closed. */
function breakerTimes({ row, events }: WholeDrill): { timeToOpenMs?: number; timeToCloseMs?: number } {
  const turns = events.flatMap(({ at, event }) =>
    event.turn ? [{ at, instanceId: event.instanceId!, ...event.turn }] : [],
  );
  const first = turns.find(({ to }) => to === 'open');
  if (!first) return {};
  const timeToOpenMs = Math.max(0, Math.round(first.at - row.startedAt!));
  const last = new Map<string, StoredTurn & { at: number }>();
  for (const turn of turns) last.set(`${turn.instanceId} ${turn.rule} ${turn.type} ${turn.resource}`, turn);
  const states = [...last.values()];
  if (row.endedAt === null || states.some(({ to }) => to !== 'closed')) return { timeToOpenMs };
  const closedAt = Math.max(...states.map(({ at }) => at));
  return { timeToOpenMs, timeToCloseMs: Math.max(0, Math.round(closedAt - row.endedAt)) };
}
