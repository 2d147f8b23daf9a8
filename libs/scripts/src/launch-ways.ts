import type { Launch } from './launch.ts';

/** One failure may be a chance; the second is taken for the way's own. */
const mostFailures = 2;
const leftForMs = 60_000;

/** One way to start the child, and how it went. */
export interface LaunchWay {
  readonly launch: Launch;
  failures: number;
  leftUntilMs: number;
}

/**
 * The ways to start the child, the most confined first. One that fails itself is tried again before it is left for a
 * plainer one, and not left for good: what refused it may have been a shortage.
 */
export class LaunchWays {
  readonly #ways: readonly LaunchWay[];

  constructor(launch: Launch) {
    const ways: LaunchWay[] = [];
    for (let next: Launch | undefined = launch; next; next = next.otherwise)
      ways.push({ launch: next, failures: 0, leftUntilMs: Number.NEGATIVE_INFINITY });
    this.#ways = ways;
  }

  /** The best that is not left at the moment. */
  next(nowMs: number): LaunchWay {
    return this.#ways.find((way) => way.leftUntilMs <= nowMs) ?? this.#ways.at(-1)!;
  }

  /** Whether another may be tried in the place of this one, which could not start a child. */
  leave(way: LaunchWay, nowMs: number): boolean {
    if (way === this.#ways.at(-1)) return false;
    if (++way.failures >= mostFailures) way.leftUntilMs = nowMs + leftForMs;
    return true;
  }

  worked(way: LaunchWay): void {
    way.failures = 0;
  }
}
