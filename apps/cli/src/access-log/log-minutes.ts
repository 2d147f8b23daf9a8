export interface MinuteCount {
  readonly atMs: number;
  readonly calls: number;
  readonly wouldBlock: number;
}

const minuteMs = 60_000;
const minutesOfDay = 1440;
/** Days that are told apart, some eleven years; beyond them, new ones count in the sums only. */
const mostDays = 4000;
/** Minutes that are told, those with the most would-blocks. */
const mostTold = 100_000;

/** What each minute of a log came to: two numbers a minute in a block for each day, for a log may be one of years. */
export class LogMinutes {
  readonly #days = new Map<number, Uint32Array>();
  /** Requests that count in the sums only. */
  left = 0;

  add(atMs: number, isBlocked: boolean): void {
    const minute = Math.floor(atMs / minuteMs);
    const day = Math.floor(minute / minutesOfDay);
    let counts = this.#days.get(day);
    if (!counts) {
      if (this.#days.size >= mostDays) {
        this.left += 1;
        return;
      }
      counts = new Uint32Array(2 * minutesOfDay);
      this.#days.set(day, counts);
    }
    const at = 2 * (minute - day * minutesOfDay);
    counts[at]! += 1;
    if (isBlocked) counts[at + 1]! += 1;
  }

  /** How many minutes have requests, and how many would-blocks; of them the worst, oldest first. */
  report(): { readonly minutes: number; readonly hit: number; readonly told: MinuteCount[] } {
    let [minutes, hit] = [0, 0];
    let told: MinuteCount[] = [];
    for (const minute of this.#all()) {
      minutes += 1;
      if (minute.wouldBlock > 0) hit += 1;
      told.push(minute);
      if (told.length >= 2 * mostTold) told = worst(told);
    }
    return { minutes, hit, told: worst(told).sort((a, b) => a.atMs - b.atMs) };
  }

  *#all(): Generator<MinuteCount> {
    for (const [day, counts] of [...this.#days].sort(([a], [b]) => a - b))
      for (let minute = 0; minute < minutesOfDay; minute++) {
        const [calls, wouldBlock] = [counts[2 * minute]!, counts[2 * minute + 1]!];
        if (calls > 0) yield { atMs: (day * minutesOfDay + minute) * minuteMs, calls, wouldBlock };
      }
  }
}

const worst = (minutes: MinuteCount[]): MinuteCount[] =>
  minutes.length <= mostTold
    ? minutes
    : minutes.sort((a, b) => b.wouldBlock - a.wouldBlock || b.calls - a.calls).slice(0, mostTold);
