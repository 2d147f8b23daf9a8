import type { CallInputs, Gate } from '@sluice/core';
import type { NamedFallback } from './answers.ts';
import type { BlockedError } from './blocked-error.ts';
import type { CallGuard } from './call-guard.ts';
import type {
  CallContext,
  CallFacts,
  CallGate,
  EnterOptions,
  EntryOptions,
  GateOptions,
  Guardable,
  Passage,
  ProtectOptions,
} from './call-options.ts';
import { entryScope, passageScope } from './faults/fault-scopes.ts';
import { OpenGate } from './open-gate.ts';
import { letIn } from './open-passage.ts';
import { guardedFunction, type Loose } from './protected-call.ts';

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
    for (const property of Reflect.ownKeys(fn)) {
      // A proxy may say that it has what it hasn't.
      const found = Object.getOwnPropertyDescriptor(fn, property);
      if (found && !itsOwn.has(property)) Object.defineProperty(guarded, property, found);
    }
    return guarded as unknown as F;
  }

  entry(resource: string, options: EntryOptions = {}): Passage {
    const gate = this.#guard.gate(resource, options.type ?? 'method');
    const inputs = this.#inputs(gate, options);
    const answer = this.#guard.askNow(gate, inputs);
    // Where nothing may wait, nothing does.
    return letIn(this.#guard, answer, inputs, entryScope, () => undefined) as Passage;
  }

  async enter(resource: string, options: EnterOptions = {}): Promise<Passage> {
    const gate = this.#guard.gate(resource, options.type ?? 'method');
    const inputs = this.#inputs(gate, options);
    const signal = signalOf(options);
    if (gate.standing.plan.asksScripts && signal?.aborted !== true) this.#guard.asksFirst(gate, inputs);
    const answer = await this.#guard.askLater(gate, inputs, signal);
    const scope = passageScope(options.protocol);
    return letIn(this.#guard, answer, inputs, scope, () => signalOf(options), options.injected);
  }

  gate(resource: string, { type = 'method', protocol }: GateOptions = {}): CallGate {
    return new OpenGate(this.#guard, this.#guard.gate(resource, type), passageScope(protocol));
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
    return this.#guard.inputsOf(gate, options.args, readsInputs ? this.#facts(gate, options) : undefined);
  }

  /** Where what the app would tell can't be had, there is what is given outright. */
  #facts(gate: Gate, options: EntryOptions): CallFacts {
    try {
      return factsOf(options);
    } catch (error) {
      this.#guard.inputsFailed(gate, error);
      return options;
    }
  }
}

/** What each function has for itself; all else that the app has put on one is on the guarded one too. */
const itsOwn: ReadonlySet<PropertyKey> = new Set(['prototype', 'arguments', 'caller']);

const signalOf = (options: EnterOptions): AbortSignal | undefined =>
  typeof options.signal === 'function' ? options.signal() : options.signal;

/** Without what is absent, which must not hide what the context says. */
function factsOf(options: EnterOptions): CallFacts {
  if (options.inputs && isBare(options)) return options.inputs();
  const { type: _, args: __, signal: ___, protocol: ____, injected: _____, inputs, ...given } = options;
  const facts = inputs ? { ...given, ...inputs() } : given;
  for (const value of Object.values(facts)) if (value === undefined) return present(facts);
  return facts;
}

/** Nothing is given outright. */
const isBare = ({ origin, user, ip, headers, query, tags }: CallFacts): boolean =>
  (origin ?? user ?? ip ?? headers ?? query ?? tags) === undefined;

const present = (facts: CallFacts): CallFacts =>
  Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
