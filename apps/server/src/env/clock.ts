/** Time as the server sees it; a test gives another one. */
export class Clock {
  /** What the machine's clock lacks of the time that all nodes tell; 0 where it is right. */
  correctionMs = 0;

  /** Milliseconds since 1970. A label for people: it orders nothing. */
  now(): number {
    return this.machine() + this.correctionMs;
  }

  /** What the machine's own clock shows. */
  machine(): number {
    return Date.now();
  }

  /** Milliseconds that never go back, for durations. */
  monotonic(): number {
    return performance.now();
  }
}
