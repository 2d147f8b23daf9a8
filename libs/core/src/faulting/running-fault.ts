import { applies, type CompiledRule, compileRule } from '../guarding/compile.ts';
import { drawAt, seedOf } from '../guarding/seeded-draw.ts';
import type { CallInputs } from '../model/call.ts';
import type { FaultRule } from '../model/fault-rule.ts';
import { delayTimeMs } from './delay-time.ts';
import type { FaultScope } from './fault-scope.ts';

/** Sets the draws of lengths apart from those that pick the calls. */
const lengths = 0x5bd1e995;

/** One fault of a drill that runs in this process, with what it came to. */
export class RunningFault {
  /** `drill/name`. */
  readonly id: string;
  readonly name: string;
  readonly compiled: CompiledRule<FaultRule>;
  eligible = 0;
  injected = 0;
  overBudget = 0;
  notInjectable = 0;
  held = 0;
  released = 0;
  readonly #seed: number;
  /** Calls that could have been broken, by resource. */
  readonly #counts = new Map<string, number>();

  /** `seed` is for a fault that has none of its own: two of them then don't pick the same calls. */
  constructor(drillId: string, name: string, rule: FaultRule, seed: number) {
    this.id = `${drillId}/${name}`;
    this.name = name;
    this.compiled = compileRule(this.id, rule) as CompiledRule<FaultRule>;
    this.#seed = rule.seed ?? seed ^ seedOf(name);
  }

  /**
   * Whether it is to break this call, which is then the caller's to do, and counted as soon as the budget has a word
   * in it. The n-th call of a resource that it could break is drawn the same for the same seed.
   */
  draws(place: string, inputs: CallInputs, wallMs: number): number | undefined {
    const { compiled } = this;
    if (!applies(compiled, inputs, wallMs)) return undefined;
    const index = this.#counts.get(place) ?? 0;
    this.#counts.set(place, index + 1);
    this.eligible += 1;
    const { mode, perMillion } = compiled.rule;
    if (mode !== 'intercept' || drawAt(this.#seedAt(place), index) * 1e6 >= perMillion) return undefined;
    return index;
  }

  /** How long it delays the call that was drawn as this one, or holds it: until its own deadline at the latest. */
  lengthMs(place: string, index: number, wallMs: number): number {
    const { rule, untilMs } = this.compiled;
    const leftMs = untilMs - wallMs;
    if (rule.fault === 'hang') return leftMs;
    if (rule.fault === 'blockEventLoop') return Math.min(rule.ms, leftMs);
    if (rule.fault !== 'delay') return 0;
    return Math.min(leftMs, delayTimeMs(rule.delay, drawAt(this.#seedAt(place) ^ lengths, index)));
  }

  #seedAt(place: string): number {
    return this.#seed ^ seedOf(place);
  }
}

/** Whether a fault can be done to a call at all. */
export function isInjectable(rule: FaultRule, { mayWait, mayAnswer, protocol }: FaultScope): boolean {
  switch (rule.fault) {
    case 'delay':
    case 'hang':
      return mayWait;
    case 'return':
      return mayAnswer;
    case 'abort':
      return protocol === undefined || protocol === rule.protocol;
    default:
      return true;
  }
}
