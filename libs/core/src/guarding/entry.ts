import type { Standing } from './gate.ts';
import type { Holds } from './plan.ts';

/** A call that goes. It has to be ended through `Guard.exit`, whatever way it ends. */
export class Entry {
  /** When it went; its duration counts from here. */
  readonly startMs: number;
  /** Undefined once it has ended. */
  standing: Standing | undefined;
  readonly holds: Holds;

  constructor(standing: Standing, startMs: number, holds: Holds) {
    this.standing = standing;
    this.startMs = startMs;
    this.holds = holds;
  }

  get verdict(): 'pass' {
    return 'pass';
  }
}
