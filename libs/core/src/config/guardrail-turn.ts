import {
  basisOf,
  type Comparison,
  compareSides,
  type GuardrailMeasure,
  type GuardrailRule,
  guardrailMeasures,
  type SideWindow,
  sureZ,
} from './guardrail.ts';
import { emptySide, joinedSides } from './side-window.ts';
import type { Health } from './step-gate.ts';

/** The scope that is the app as a whole; every other one is a resource. */
export const wholeApp = '';

/** What both sides came to in one window, over the whole app or in one of its resources. */
export interface ScopeWindow {
  readonly scope: string;
  readonly cohort: SideWindow;
  readonly rest: SideWindow;
}

/** What is remembered of one measure in one scope from window to window. */
interface Track {
  /** Samples in a row that were over the margin. */
  readonly streak: number;
  /** The last sample that was large enough, and how many windows ago. */
  readonly last?: Comparison & { readonly ago: number };
  /** Windows that are added up until there are enough calls. */
  readonly growing?: { readonly windows: number; readonly cohort: SideWindow; readonly rest: SideWindow };
}

/** All that is remembered, by measure and scope; begin with nothing. */
export type GuardrailMemory = ReadonlyMap<string, Track>;

/** One measure in one scope, as it stands after a window. */
export interface Reading extends Partial<Comparison> {
  readonly scope: string;
  readonly measure: GuardrailMeasure;
  /** Samples in a row that were over. */
  readonly windows: number;
  /** What it is judged by, as far as it has come: calls, instances, or answers of both sides. */
  readonly basis: { readonly cohort: number; readonly rest: number };
}

/** One measure that is over its margin. */
export interface Excess extends Pick<Reading, 'scope' | 'measure' | 'windows'> {
  readonly cohort: number;
  readonly rest: number;
}

export interface GuardrailTurn {
  readonly health: Health;
  /** Everything that was over its margin in its last sample, also while it isn't a breach yet; the worst first. */
  readonly excesses: readonly Excess[];
  readonly readings: readonly Reading[];
  readonly memory: GuardrailMemory;
}

/** Whose windows grow until there are calls enough. */
const ofCalls: ReadonlySet<GuardrailMeasure> = new Set(['errorRatio', 'p99', 'blockShare']);
/** So many windows are added up at most; what has too few calls even then begins anew. */
const mostGrown = 12;

/**
 * Judges one more window of a cohort against the rest of the fleet, as a whole and in each resource. A measure is over
 * when it exceeds its margin by ratio and by floor, and by more than chance explains given how many pairs are looked
 * at; over in `rule.windows` samples in a row is `breached`. A sample is a window, or as many of them as it takes to
 * have `rule.minCalls` on both sides; windows with too little traffic neither add to a streak nor end it.
 *
 * `healthy` needs samples of the whole app, none of them older than a minute of windows, and nothing over anywhere;
 * everything else is `unknown`, which holds a step.
 */
export function judgeTurn(
  rule: GuardrailRule & { readonly measures?: readonly GuardrailMeasure[] },
  memory: GuardrailMemory,
  scopes: readonly ScopeWindow[],
  boundMs: (bucket: number) => number,
): GuardrailTurn {
  const by = { rule, boundMs, z: sureZ(scopes.length) };
  const measures = rule.measures ?? guardrailMeasures;
  const next = new Map<string, Track>();
  const readings: Reading[] = [];
  for (const window of scopes)
    for (const measure of measures) {
      const key = `${measure} ${window.scope}`;
      const track = follow(measure, by, memory.get(key) ?? { streak: 0 }, window);
      next.set(key, track);
      readings.push(readingOf(measure, window, track));
    }
  // A resource without calls in this window is silent, not well again.
  for (const [key, track] of memory) {
    const older = next.has(key) ? undefined : aged(track);
    if (older) next.set(key, older);
  }
  const excesses = readings
    .toSorted((a, b) => b.windows - a.windows || farOver(b) - farOver(a))
    .flatMap(excessOf);
  const isBreached = excesses.some((excess) => excess.windows >= rule.windows);
  const isSuspect = [...next.values()].some(({ streak }) => streak > 0);
  const isCalm = !isSuspect && isKnown(measures, next, scopes);
  return {
    health: isBreached ? 'breached' : isCalm ? 'healthy' : 'unknown',
    excesses,
    readings,
    memory: next,
  };
}

function follow(
  measure: GuardrailMeasure,
  by: Parameters<typeof compareSides>[1],
  before: Track,
  { cohort, rest }: ScopeWindow,
): Track {
  const last = before.last && { ...before.last, ago: before.last.ago + 1 };
  // What was found a minute of windows ago says nothing of today.
  const kept = last && last.ago <= mostGrown ? { streak: before.streak, last } : { streak: 0 };
  if (measure !== 'applyFailures' && cohort.injected + rest.injected > 0) return kept;
  const grows = ofCalls.has(measure);
  const grown = (grows && before.growing) || { windows: 0, cohort: emptySide, rest: emptySide };
  const sample = {
    windows: grown.windows + 1,
    cohort: joinedSides(grown.cohort, cohort),
    rest: joinedSides(grown.rest, rest),
  };
  const found = compareSides(measure, by, sample.cohort, sample.rest);
  if (found) return { streak: found.isOver ? before.streak + 1 : 0, last: { ...found, ago: 0 } };
  const isWaiting = grows && sample.windows < mostGrown;
  return { ...kept, ...(isWaiting && { growing: sample }) };
}

/** What is remembered of a suspect that was silent; nothing of others, and nothing for longer than samples grow. */
function aged({ streak, last }: Track): Track | undefined {
  if (streak === 0 || !last || last.ago >= mostGrown) return undefined;
  return { streak, last: { ...last, ago: last.ago + 1 } };
}

function readingOf(
  measure: GuardrailMeasure,
  window: ScopeWindow,
  { streak, last, growing }: Track,
): Reading {
  const { cohort, rest } = growing ?? window;
  return {
    scope: window.scope,
    measure,
    ...(last && { cohort: last.cohort, rest: last.rest, limit: last.limit, isOver: last.isOver }),
    windows: streak,
    basis: { cohort: basisOf(measure, cohort), rest: basisOf(measure, rest) },
  };
}

/** How many times its limit a measure is. */
const farOver = ({ cohort = 0, limit = 0 }: Reading): number =>
  limit > 0 ? cohort / limit : cohort > 0 ? Number.POSITIVE_INFINITY : 0;

function excessOf({ scope, measure, cohort, rest, isOver, windows }: Reading): Excess[] {
  if (!isOver || cohort === undefined || rest === undefined) return [];
  return [{ scope, measure, cohort, rest, windows }];
}

/** Whether all that is measured of the app as a whole has a sample; without measures of calls, whether anybody is there. */
function isKnown(
  measures: readonly GuardrailMeasure[],
  tracks: GuardrailMemory,
  scopes: readonly ScopeWindow[],
): boolean {
  const whole = scopes.find(({ scope }) => scope === wholeApp);
  if (!whole) return false;
  const wanted = measures.filter((measure) => ofCalls.has(measure));
  if (wanted.length === 0) return whole.cohort.instances > 0 && whole.rest.instances > 0;
  return wanted.every((measure) => tracks.get(`${measure} ${wholeApp}`)?.last !== undefined);
}
