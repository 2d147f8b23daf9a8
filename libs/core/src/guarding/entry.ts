import type { Standing } from './gate.ts';

/** A call that goes. It has to be ended through `Guard.exit`, whatever way it ends. */
export class Entry {
  /** When it went; its duration counts from here. */
  readonly startMs: number;
  /** What it came in under, for whoever injects faults or reports; undefined once it has ended. */
  standing: Standing | undefined;

  constructor(standing: Standing | undefined, startMs: number) {
    this.standing = standing;
    this.startMs = startMs;
  }

  /** A fault is injected into this call: its end is told apart from those of others. */
  harmed(): void {
    const { standing } = this;
    if (standing === undefined) return;
    standing.gate.state.counters.injected += 1;
    this.standing = { ...standing, isHarmed: true };
  }

  /** Somebody records this call, who has to be told how it ends. */
  recorded(): void {
    const { standing } = this;
    if (standing !== undefined) this.standing = { ...standing, isRecorded: true };
  }

  get verdict(): 'pass' {
    return 'pass';
  }
}
