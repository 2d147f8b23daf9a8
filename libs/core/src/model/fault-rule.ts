import type { Json } from './json.ts';
import type { RuleBase } from './rule-base.ts';

/** How long a delay is. `points` are pairs of percentile (0 to 100) and milliseconds, both growing. */
export type Delay =
  | { readonly distribution: 'fixed'; readonly ms: number }
  | { readonly distribution: 'uniform'; readonly minMs: number; readonly maxMs: number }
  | {
      readonly distribution: 'normal' | 'lognormal';
      readonly meanMs: number;
      readonly stdDevMs: number;
      readonly maxMs: number;
    }
  | { readonly distribution: 'percentiles'; readonly points: readonly (readonly [number, number])[] };

/** What goes wrong. */
export type Injection =
  | { readonly fault: 'delay'; readonly delay: Delay }
  | {
      readonly fault: 'error';
      readonly name?: string;
      readonly message: string;
      readonly code?: string;
    }
  | { readonly fault: 'return'; readonly value: Json }
  | { readonly fault: 'abort'; readonly protocol: 'http'; readonly status: number; readonly body?: string }
  | {
      readonly fault: 'abort';
      readonly protocol: 'grpc';
      readonly status: number;
      readonly message?: string;
    }
  | { readonly fault: 'hang' }
  | { readonly fault: 'blockEventLoop'; readonly ms: number };

/** Breaks calls on purpose, `perMillion` of them, and ends by itself at `deadline`, a moment in UTC. */
export type FaultRule = RuleBase & {
  readonly kind: 'fault';
  readonly perMillion: number;
  /** The same seed picks the same calls. */
  readonly seed?: number;
  readonly deadline: string;
  readonly drillId?: string;
} & Injection;
