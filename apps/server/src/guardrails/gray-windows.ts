import { type ScopeWindow, type SideWindow, wholeApp } from '@sluice/core';
import type { Report } from '@sluice/protocol/client';
import { CallSums } from './call-sums.ts';

export const windowMs = 5000;
/** Windows in memory; what is told of earlier ones comes too late. */
const windowsKept = 8;
/** Resources that are told apart; the others count in the app as a whole. */
const maxScopes = 300;
const noSums = new CallSums();

export type Side = 'cohort' | 'rest';
type People = Pick<SideWindow, 'instances' | 'answered' | 'applyFailures'>;
export type Sides = Readonly<Record<Side, People>>;
type Sums = Map<string, Record<Side, CallSums>>;

/**
 * The calls of both sides of a gray in windows of 5 s, counted from the moment its step began, so that a window holds
 * no call from before.
 */
export class GrayWindows {
  /** The first window begins here. */
  readonly fromMs: number;
  readonly #resources: ReadonlySet<string> | undefined;
  readonly #windows = new Map<number, Sums>();

  /** `resources`: only these count. */
  constructor(fromMs: number, resources?: readonly string[]) {
    this.fromMs = fromMs;
    this.#resources = resources && new Set(resources);
  }

  /** Takes in what an instance of one side told at `nowMs`. */
  take(side: Side, { seconds, breakers }: Report, nowMs: number): void {
    for (const { agoMs, resources } of seconds) {
      // By the middle of the second: half of them begin before a window that they mostly lie in.
      const sums = this.#at(nowMs - agoMs - 500);
      if (!sums) continue;
      for (const second of resources)
        for (const scope of this.#scopes(sums, second.resource)) scope[side].add(second);
    }
    for (const { to, resource, agoMs } of breakers) {
      const sums = to === 'open' ? this.#at(nowMs - agoMs) : undefined;
      if (sums) for (const scope of this.#scopes(sums, resource)) scope[side].breakerOpenings += 1;
    }
  }

  /** The window that ends here, as a whole and by resource. */
  window(untilMs: number, sides: Sides): ScopeWindow[] {
    const sums = this.#windows.get(untilMs);
    const of = (scope: string): ScopeWindow => ({
      scope,
      cohort: (sums?.get(scope)?.cohort ?? noSums).side(sides.cohort),
      rest: (sums?.get(scope)?.rest ?? noSums).side(sides.rest),
    });
    const resources = [...(sums?.keys() ?? [])].filter((scope) => scope !== wholeApp);
    return [of(wholeApp), ...resources.map(of)];
  }

  /** The end of the window in which a moment lies; undefined before the first one. */
  endOf(momentMs: number): number | undefined {
    if (momentMs < this.fromMs) return undefined;
    return this.fromMs + (Math.floor((momentMs - this.fromMs) / windowMs) + 1) * windowMs;
  }

  #at(momentMs: number): Sums | undefined {
    const untilMs = this.endOf(momentMs);
    if (untilMs === undefined) return undefined;
    const known = this.#windows.get(untilMs);
    if (known) return known;
    const newest = Math.max(untilMs, ...this.#windows.keys());
    if (untilMs <= newest - windowsKept * windowMs) return undefined;
    for (const end of this.#windows.keys())
      if (end <= newest - windowsKept * windowMs) this.#windows.delete(end);
    const made: Sums = new Map();
    this.#windows.set(untilMs, made);
    return made;
  }

  #scopes(sums: Sums, resource: string): Record<Side, CallSums>[] {
    if (this.#resources?.has(resource) === false) return [];
    const of = (scope: string): Record<Side, CallSums>[] => {
      const known = sums.get(scope);
      if (known) return [known];
      if (sums.size > maxScopes) return [];
      const made = { cohort: new CallSums(), rest: new CallSums() };
      sums.set(scope, made);
      return [made];
    };
    return [...of(wholeApp), ...of(resource)];
  }
}
