import type { ContentDiff, NamespaceKind } from '@sluice/core';
import type { PushTarget } from '@sluice/protocol';
import { pairsOf, words } from './command-line.ts';

interface Part {
  readonly ns: string;
  readonly kind: NamespaceKind;
  readonly diff: ContentDiff;
}

interface Options {
  readonly message: string;
  readonly expires: number | 'untilCleared' | undefined;
  readonly twoPhase: boolean;
  /** Where others have to approve: why it goes without them; empty, it is proposed. */
  readonly emergency?: string | undefined;
}

/** The command that starts the same push: keys one by one where that says everything, else a file. */
export function pushCommand(
  place: { readonly env: string; readonly app: string },
  parts: readonly Part[],
  target: PushTarget,
  { message, expires, twoPhase, emergency }: Options,
): string {
  const pairs = parts.map((part) => pairsOf(part.ns, part.kind, part.diff));
  const what = pairs.every((each) => each !== undefined)
    ? ['set', place.app, ...pairs.flat()]
    : ['apply', place.app, ...parts.flatMap(({ ns }) => ['-f', `${ns}.yaml`])];
  return words([
    'sluice',
    ...what,
    '--env',
    place.env,
    ...(message ? ['-m', message] : []),
    ...targetWords(target),
    ...(expires === undefined
      ? []
      : ['--expires', expires === 'untilCleared' ? 'never' : durationWord(expires)]),
    ...(twoPhase ? ['--two-phase'] : []),
    ...(emergency === undefined ? [] : emergency === '' ? ['--propose'] : ['--emergency', emergency]),
  ]);
}

function targetWords(target: PushTarget): string[] {
  switch (target.mode) {
    case 'global':
      return ['--mode', 'global', ...(target.grays ? ['--grays', target.grays] : [])];
    case 'single':
      return ['--mode', 'single', '--instance', target.instanceId];
    case 'group':
      return ['--mode', 'group', '--group', target.group];
    case 'gray':
      return [
        ...['--mode', 'gray', ...audienceWords(target.audience), ...gateWords(target.gate)],
        ...guardrailWords(target.guardrails),
      ];
  }
}

function audienceWords(audience: Extract<PushTarget, { mode: 'gray' }>['audience']): string[] {
  switch (audience.by) {
    case 'percent':
      return [
        ...(audience.steps.length === 1
          ? ['--percent', String(audience.steps[0])]
          : ['--steps', audience.steps.join(',')]),
        ...(audience.among ? ['--among', audience.among] : []),
      ];
    case 'count':
      return ['--count', String(audience.count), ...(audience.among ? ['--among', audience.among] : [])];
    case 'instances':
      return ['--instances', audience.ids.join(',')];
    case 'labels':
      return ['--labels', audience.selector];
  }
}

function gateWords({ bakeMs, click, health }: Extract<PushTarget, { mode: 'gray' }>['gate']): string[] {
  return [
    ...(bakeMs > 0 ? ['--bake', durationWord(bakeMs)] : []),
    ...(click ? [] : ['--auto']),
    ...(health ? ['--health'] : health === false ? ['--no-health'] : []),
  ];
}

function guardrailWords(guardrails: Extract<PushTarget, { mode: 'gray' }>['guardrails']): string[] {
  if (!guardrails) return [];
  const { off, onBreach, minCalls, windows, margins = {}, measures, resources } = guardrails;
  return [
    ...(off === undefined ? [] : ['--guardrails-off', off]),
    ...(onBreach ? ['--on-breach', onBreach] : []),
    ...(minCalls === undefined ? [] : ['--min-calls', String(minCalls)]),
    ...(windows === undefined ? [] : ['--windows', String(windows)]),
    ...Object.entries(margins).flatMap(([measure, margin]) =>
      margin?.ratio === undefined || margin.floor === undefined
        ? []
        : ['--margin', `${measure}=${margin.ratio},${margin.floor}`],
    ),
    ...(measures ? ['--measures', measures.join(',')] : []),
    ...(resources ? ['--resources', resources.join(',')] : []),
  ];
}

/** Ms as the command line takes them: in the largest unit that says them exactly. */
function durationWord(ms: number): string {
  const units = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1000],
  ] as const;
  const unit = units.find(([, size]) => ms % size === 0);
  return unit ? `${ms / unit[1]}${unit[0]}` : `${ms}ms`;
}
