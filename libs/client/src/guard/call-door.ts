import { type Block, type CallInputs, Entry, type FaultScope, type Gate, type Outcome } from '@sluice/core';
import type { NamedFallback } from './answers.ts';
import type { BlockedError } from './blocked-error.ts';
import type { CallGuard } from './call-guard.ts';
import type {
  CallContext,
  CallFacts,
  EnterOptions,
  EntryOptions,
  Guardable,
  Passage,
  ProtectOptions,
} from './call-options.ts';
import { entryScope, passageScope } from './faults/fault-scopes.ts';
import { claim } from './last-good.ts';
import { outcomeOf } from './outcome-of.ts';
import { guardedFunction, type Loose } from './protected-call.ts';

class OpenPassage implements Passage {
  readonly fault: string | undefined;
  readonly #guard: CallGuard;
  readonly #entry: Entry;

  constructor(guard: CallGuard, entry: Entry, fault?: string) {
    this.#guard = guard;
    this.#entry = entry;
    this.fault = fault;
  }

  exit(ending: Outcome | Error = 'success'): void {
    this.#guard.end(this.#entry, typeof ending === 'string' ? ending : outcomeOf(ending));
  }

  keeper(): ((answer: unknown) => void) | undefined {
    const { standing, startMs } = this.#entry;
    const { answers, clock } = this.#guard;
    const gate = standing?.gate;
    if (!gate || !claim(gate, startMs)) return undefined;
    return (answer) => void answers.lastGood.note(gate, answer, clock.monotonic());
  }
}

/** The ways in which an app brings its calls to the guard. */
export class CallDoor {
  readonly #guard: CallGuard;

  constructor(guard: CallGuard) {
    this.#guard = guard;
  }

  protect<F extends Guardable>(resource: string, fn: F, options: ProtectOptions<F> = {}): F {
    if (typeof fn !== 'function')
      throw new TypeError(`protect("${resource}") needs a function, got ${typeof fn}`);
    const gate = this.#guard.gate(resource, options.type ?? 'method');
    const guarded = guardedFunction(
      this.#guard,
      gate,
      fn as unknown as (...args: unknown[]) => unknown,
      options as Loose,
    );
    for (const property of ['name', 'length'] as const)
      Object.defineProperty(guarded, property, { value: fn[property], configurable: true });
    return guarded as unknown as F;
  }

  entry(resource: string, options: EntryOptions = {}): Passage {
    const gate = this.#guard.gate(resource, options.type ?? 'method');
    const inputs = this.#inputs(gate, options);
    const answer = this.#guard.askNow(gate, inputs);
    // Where nothing may wait, nothing does.
    return this.#let(answer, inputs, options, entryScope) as Passage;
  }

  async enter(resource: string, options: EnterOptions = {}): Promise<Passage> {
    const gate = this.#guard.gate(resource, options.type ?? 'method');
    const inputs = this.#inputs(gate, options);
    return this.#let(await this.#guard.askLater(gate, inputs, signalOf(options)), inputs, options);
  }

  admit(resource: string, options: EnterOptions = {}): Passage | Promise<Passage> {
    const gate = this.#guard.gate(resource, options.type ?? 'method');
    const inputs = this.#inputs(gate, options);
    const answer = this.#guard.askSoon(gate, inputs, options, signalOf);
    return answer instanceof Promise
      ? answer.then((later) => this.#let(later, inputs, options))
      : this.#let(answer, inputs, options);
  }

  /** What the rule gives a caller that was refused at `entry` or `enter`; throws the refusal where it gives nothing. */
  answer(error: BlockedError, ...args: readonly unknown[]): unknown {
    const gate = this.#guard.gate(error.resource, error.type);
    const inputs = this.#guard.inputsOf(gate, args);
    return this.#guard.answers.to({ gate, error, args, inputs, isSync: false, otherwise: undefined });
  }

  fallback(name: string, fallback: NamedFallback): () => void {
    return this.#guard.answers.register(name, fallback);
  }

  inContext<T>(context: CallContext, run: () => T): T {
    return this.#guard.context.run(context, run);
  }

  #inputs(gate: Gate, options: EntryOptions): CallInputs {
    const { readsInputs } = gate.standing.plan;
    return this.#guard.inputsOf(gate, options.args, readsInputs ? factsOf(options) : undefined);
  }

  #let(
    answer: Block | Entry,
    inputs: CallInputs,
    options: EnterOptions,
    scope?: FaultScope,
  ): Passage | Promise<Passage> {
    if (!(answer instanceof Entry)) throw this.#guard.refusal(answer);
    if (this.#guard.listener) this.#guard.went(answer);
    if (answer.standing!.plan.faults === undefined) return new OpenPassage(this.#guard, answer);
    return this.#letHarmed(answer, inputs, options, scope ?? passageScope(options));
  }

  /** There are faults for calls of this resource: one of them may break this call, or hold it back. */
  #letHarmed(
    entry: Entry,
    inputs: CallInputs,
    options: EnterOptions,
    scope: FaultScope,
  ): Passage | Promise<Passage> {
    const { injector } = this.#guard;
    const harm = injector.draw(entry, inputs, scope);
    if (!harm) return new OpenPassage(this.#guard, entry);
    const open = (): Passage => {
      const error = injector.errorOf(harm);
      if (!error) return new OpenPassage(this.#guard, entry, harm.fault.id);
      this.#guard.end(entry, error.outcome);
      throw error;
    };
    if (harm.holdMs <= 0) return open();
    return injector.hold(harm, signalOf(options)).then(open, (reason: unknown) => {
      // Who gave up says nothing of what was called; whose time was over does.
      this.#guard.end(entry, outcomeOf(reason));
      throw reason;
    });
  }
}

const signalOf = (options: EnterOptions): AbortSignal | undefined =>
  typeof options.signal === 'function' ? options.signal() : options.signal;

/** Without what is absent, which must not hide what the context says. */
function factsOf(options: EnterOptions): CallFacts {
  if (options.inputs && isBare(options)) return options.inputs();
  const { type: _, args: __, signal: ___, protocol: ____, inputs, ...given } = options;
  const facts = inputs ? { ...given, ...inputs() } : given;
  for (const value of Object.values(facts)) if (value === undefined) return present(facts);
  return facts;
}

/** Nothing is given outright. */
const isBare = ({ origin, user, ip, headers, query, tags }: CallFacts): boolean =>
  (origin ?? user ?? ip ?? headers ?? query ?? tags) === undefined;

const present = (facts: CallFacts): CallFacts =>
  Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
