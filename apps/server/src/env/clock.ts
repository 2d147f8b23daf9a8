/** Time as the server sees it; a test gives another one. */
export class Clock {
  /** Milliseconds since 1970. A label for people: it orders nothing. */
  now(): number {
    return Date.now();
  }

  /** Milliseconds that never go back, for durations. */
  monotonic(): number {
    return performance.now();
  }
}
