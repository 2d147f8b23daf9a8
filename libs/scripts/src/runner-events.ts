import type { EndKind } from './host-process.ts';
import type { Job } from './job.ts';
import type { SourceProblem } from './messages.ts';
import type { ScriptVersion } from './version.ts';

/** A child that is gone, and what it leaves. */
export interface Loss {
  readonly reason: string;
  readonly how: EndKind;
  /** The version that ran when it ended. */
  readonly culprit: ScriptVersion | undefined;
  /** The call that ran then; undefined where it was one of several that went in together, or none. */
  readonly head: Job | undefined;
  /** The version was being made ready, so no call of it can be. */
  readonly wasLoading: boolean;
  /** Calls without a result, in their order. */
  readonly jobs: readonly Job[];
  readonly neverReady: boolean;
  /** It said that it will never be ready here. */
  readonly cannot: boolean;
}

/** What a runner tells of its child. */
export interface RunnerEvents {
  ready(): void;
  /** Results came, so there is room for more. */
  progress(): void;
  loaded(version: ScriptVersion, problem: SourceProblem | undefined): void;
  /** A call ran out of its time or of the memory of its isolate, which is replaced. */
  stopped(version: ScriptVersion, fault: 'timeout' | 'memory'): void;
  gone(loss: Loss): void;
}
