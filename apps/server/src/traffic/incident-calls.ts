import type { IncidentEntry } from '@sluice/protocol';
import type { AppTraffic, KnownTurn } from './app-traffic.ts';
import { addNumbers, at, fieldCount } from './tally-fields.ts';

/** Instances that turn the same breaker within this time did it for the same cause. */
const togetherMs = 10_000;
const ringStepMs = 10_000;

/** A breaker that turned somewhere, and of which app. */
export type TurnOfApp = KnownTurn & { readonly app: string };

/** What all calls of some apps came to in one step. */
export interface CallsStep {
  readonly atMs: number;
  readonly passed: number;
  readonly blocked: number;
  readonly wouldBlock: number;
  readonly errors: number;
  readonly opened: number;
}

/** Calls of several apps together, from what is in memory of each ten seconds; steps of which nothing is known are absent. */
export function stepsOf(
  apps: readonly AppTraffic[],
  stepMs: number,
  fromMs: number,
  toMs: number,
): CallsStep[] {
  const steps: CallsStep[] = [];
  for (let atMs = Math.ceil(fromMs / stepMs) * stepMs; atMs < toMs; atMs += stepMs) {
    const numbers = new Float64Array(fieldCount);
    const [first, last] = [atMs / ringStepMs, (atMs + stepMs) / ringStepMs - 1];
    let isKnown = false;
    for (const app of apps) {
      isKnown ||= app.coverage.of(atMs, atMs + stepMs).instances > 0;
      app.tens.eachRow(first, last, (rows, offset) => addNumbers(numbers, rows, offset));
    }
    if (!isKnown && numbers[at.told] === 0) continue;
    steps.push({
      atMs,
      passed: numbers[at.passed]!,
      blocked: numbers.slice(at.blocked, at.wouldBlock).reduce((sum, each) => sum + each, 0),
      wouldBlock: numbers[at.wouldBlock]!,
      errors: numbers[at.errors]!,
      opened: numbers[at.opened]!,
    });
  }
  return steps;
}

/** The same of several nodes: their instances are different ones, so all of it adds up. */
export function mergedSteps(nodes: readonly (readonly CallsStep[])[]): CallsStep[] {
  return [...Map.groupBy(nodes.flat(), ({ atMs }) => atMs)]
    .sort(([a], [b]) => a - b)
    .map(([, [first, ...rest]]) =>
      rest.reduce(
        (sum, step) => ({
          atMs: sum.atMs,
          passed: sum.passed + step.passed,
          blocked: sum.blocked + step.blocked,
          wouldBlock: sum.wouldBlock + step.wouldBlock,
          errors: sum.errors + step.errors,
          opened: sum.opened + step.opened,
        }),
        first!,
      ),
    );
}

/** Breakers that turned, those that several instances turned the same way at the same time as one. */
export function breakerEntries(turns: readonly TurnOfApp[]): IncidentEntry[] {
  const groups: { first: TurnOfApp; instances: Set<string> }[] = [];
  const newest = new Map<string, (typeof groups)[number]>();
  for (const turn of [...turns].sort((a, b) => a.atMs - b.atMs)) {
    const key = JSON.stringify([turn.app, turn.resource, turn.type, turn.rule, turn.to]);
    const group = newest.get(key);
    if (group && turn.atMs - group.first.atMs <= togetherMs && !group.instances.has(turn.instanceId)) {
      group.instances.add(turn.instanceId);
      continue;
    }
    const fresh = { first: turn, instances: new Set([turn.instanceId]) };
    groups.push(fresh);
    newest.set(key, fresh);
  }
  return groups.map(({ first, instances }) => ({
    app: first.app,
    resource: first.resource,
    type: first.type,
    instances: instances.size,
    marker: {
      kind: 'breaker',
      at: new Date(first.atMs).toISOString(),
      rule: first.rule,
      instanceId: first.instanceId,
      from: first.from,
      to: first.to,
      reason: first.reason,
    },
  }));
}
