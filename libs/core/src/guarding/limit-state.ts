import type { Keeps } from '../limiting/carry-over.ts';
import { Concurrency, concurrencyShape } from '../limiting/concurrency.ts';
import type { KeyRoom } from '../limiting/key-room.ts';
import { Keyed } from '../limiting/keyed.ts';
import { LeakyBucket, leakyBucketShape } from '../limiting/leaky-bucket.ts';
import { type Limiter, leastLimit, tolerance } from '../limiting/limiter.ts';
import { SlidingWindow, slidingWindowShape } from '../limiting/sliding-window.ts';
import { TokenBucket, tokenBucketShape } from '../limiting/token-bucket.ts';
import { WarmUp, warmUpShape } from '../limiting/warm-up.ts';
import type { LimitKey, LimitRule } from '../model/limit-rule.ts';
import { addressText } from './ip-range.ts';

const defaultMaxKeys = 10_000;
/** What the keys of a rule at all resources may come to, in those of one, and what they may come to in any case. */
const [mostFull, fewestKeys] = [10, 100_000];

type KeyPlace = Exclude<LimitKey, { readonly by: 'instance' }>;

interface Maker {
  create(nowMs: number): Limiter;
  reshape(limiter: Limiter, nowMs: number, keeps: Keeps): void;
}

function makerOf<S, L extends Limiter & { reshape(shape: S, nowMs: number, keeps: Keeps): void }>(
  Made: new (shape: S, nowMs: number) => L,
  shape: S,
): Maker {
  return {
    create: (nowMs) => new Made(shape, nowMs),
    reshape: (limiter, nowMs, keeps) => {
      if (limiter instanceof Made) limiter.reshape(shape, nowMs, keeps);
    },
  };
}

/** `part` is how much of a burst goes with the limit: less than all of it with less than the rule's. */
function makerFor(rule: LimitRule, limit: number, part = 1): Maker {
  switch (rule.algorithm) {
    case 'tokenBucket':
      return makerOf(TokenBucket, tokenBucketShape(rule, limit, (rule.burst ?? 0) * part));
    case 'leakyBucket':
      return makerOf(LeakyBucket, leakyBucketShape(rule, limit));
    case 'slidingWindow':
      return makerOf(SlidingWindow, slidingWindowShape(rule, limit));
    case 'concurrency':
      return makerOf(Concurrency, concurrencyShape(rule, limit));
    case 'warmUp':
      return makerOf(WarmUp, warmUpShape(rule, limit));
  }
}

/** What decides whether state goes on: another algorithm or another key counts something else. */
export function signatureOf({ algorithm, per }: LimitRule): string {
  if (per === undefined || per.by === 'instance') return algorithm;
  const { overrides: _, maxKeys: __, ...place } = per;
  return JSON.stringify([algorithm, place]);
}

/** Limits of single keys, each by the key as calls have it. */
function overridesOf(per: KeyPlace): (readonly [string, number])[] {
  const all = Object.entries(per.overrides ?? {});
  return per.by === 'ip' ? all.map(([key, limit]) => [addressText(key), limit]) : all;
}

/** What decides how it counts. A change of anything else is none to the state. */
function shapeOf(rule: LimitRule, limit: number | undefined): string {
  const { resource: _, mode: __, priority, description, when, effective, onBlock, scope, ...shape } = rule;
  return JSON.stringify([shape, limit]);
}

const maxKeysOf = ({ per }: LimitRule): number =>
  (per !== undefined && per.by !== 'instance' && per.maxKeys) || defaultMaxKeys;

/** How many keys a rule remembers at all resources together. */
export const mostKeysOf = (rule: LimitRule): number => Math.max(mostFull * maxKeysOf(rule), fewestKeys);

/** What one limit rule has counted at one resource: in one limiter, or in one for each key. */
export class LimitState {
  readonly signature: string;
  readonly limiter: Limiter | undefined;
  readonly keyed: Keyed<Limiter> | undefined;
  /** Calls that it was about since that was last taken; of a limit that is about every call nobody counts them. */
  asked = 0;
  #shape = '';
  #limit = 0;
  /** Whether that is a share of a limit that others have shares of too. */
  #isShare = false;
  /** It counts whole calls. */
  #isWhole = false;
  #maker!: Maker;
  #overrides: ReadonlyMap<string, number> = new Map();
  #makers = new Map<number, Maker>();

  /** `room` is what the rule's keys share at all resources. */
  constructor(rule: LimitRule, limit: number | undefined, nowMs: number, room: KeyRoom) {
    this.signature = signatureOf(rule);
    this.#take(rule, limit);
    if (rule.per === undefined || rule.per.by === 'instance') this.limiter = this.#maker.create(nowMs);
    else this.keyed = new Keyed(maxKeysOf(rule), (key, at) => this.#makerOf(key).create(at), room);
  }

  /** Whether what was counted for the rule before goes on counting for this one. */
  fits(rule: LimitRule): boolean {
    return signatureOf(rule) === this.signature;
  }

  /** Goes on for a changed rule, or under another limit than the rule's. */
  reshape(rule: LimitRule, limit: number | undefined, nowMs: number): void {
    if (shapeOf(rule, limit) === this.#shape) return;
    const wasShare = this.#isShare;
    this.#take(rule, limit);
    const keeps = wasShare || this.#isShare ? 'left' : 'taken';
    if (this.limiter) this.#maker.reshape(this.limiter, nowMs, keeps);
    if (rule.per === undefined || rule.per.by === 'instance') return;
    this.keyed?.resize(maxKeysOf(rule), nowMs);
    this.keyed?.forEach((limiter, key) => {
      this.#makerOf(key).reshape(limiter, nowMs, keeps);
    });
  }

  limitOf(key: string): number {
    return this.#overrides.get(key) ?? this.#limit;
  }

  /** Whether a key that nobody has used lets a call go. */
  letsAnyGo(key: string): boolean {
    const limit = this.limitOf(key);
    return this.#isWhole ? limit >= 1 - tolerance : limit > 0;
  }

  #take(rule: LimitRule, limit: number | undefined): void {
    this.#shape = shapeOf(rule, limit);
    this.#isShare = limit !== undefined && rule.scope === 'cluster';
    this.#isWhole = rule.algorithm === 'concurrency';
    const own = rule.algorithm === 'concurrency' ? rule.max : rule.limit;
    // Less than the least would only be a number that can't be divided by.
    this.#limit = limit === undefined ? own : limit < leastLimit ? 0 : limit;
    const part = Math.min(1, this.#limit / own);
    this.#maker = makerFor(rule, this.#limit, part);
    const { per } = rule;
    // What lets nothing through lets nobody through who has a limit of his own.
    const isShut = this.#limit === 0 || per === undefined || per.by === 'instance';
    // Of a limit of its own that a key has an instance has the same share. Permits are whole, and one is left to each.
    const ownPart = this.#isShare ? part : 1;
    const least = this.#isWhole ? 1 : 0;
    const limitIn = ([key, all]: readonly [string, number]) => [key, Math.max(least, all * ownPart)] as const;
    this.#overrides = new Map(isShut ? [] : overridesOf(per).map(limitIn));
    this.#makers = new Map(
      [...this.#overrides.values()].map((each) => [each, makerFor(rule, each, ownPart)]),
    );
  }

  #makerOf(key: string): Maker {
    const override = this.#overrides.get(key);
    return override === undefined ? this.#maker : this.#makers.get(override)!;
  }
}
