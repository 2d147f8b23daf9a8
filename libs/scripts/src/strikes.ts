const windowMs = 60_000;
const most = { kill: 3, timeout: 10 } as const;

/** Counts what a version of a script did wrong in the last minute. */
export class Strikes {
  readonly #at: Record<keyof typeof most, number[]> = { kill: [], timeout: [] };

  /** Whether that was one too many: 3 kills or 10 timeouts in a minute. */
  add(kind: keyof typeof most, nowMs: number): boolean {
    const times = this.#at[kind];
    times.push(nowMs);
    while (times[0]! <= nowMs - windowMs) times.shift();
    return times.length >= most[kind];
  }
}
