import type { Held } from '../snapshot/held.ts';
import type { Store } from '../snapshot/store.ts';
import type { CallGuard } from './call-guard.ts';
import { ruleSetOf } from './rule-set.ts';

/** Hands the rules of all `rules` namespaces to the guard, whenever one of them has changed. */
export class RulesInForce {
  readonly #store: Store;
  readonly #guard: CallGuard;
  #loaded: readonly string[] = [];

  constructor(store: Store, guard: CallGuard) {
    this.#store = store;
    this.#guard = guard;
  }

  /** To be called after each swap, in the same turn: who was told that a push is applied may rely on it. */
  look(): void {
    const { live, disputed } = this.#store;
    const held = [...live.namespaces.values()].filter(
      ({ kind, name }: Held) => kind === 'rules' && !disputed.has(name),
    );
    const loaded = held.map(({ name, digest, revision }) => `${name} ${digest} ${revision}`);
    if (loaded.length === this.#loaded.length && loaded.every((each, i) => each === this.#loaded[i])) return;
    this.#loaded = loaded;
    const { rules, revision } = ruleSetOf(held);
    this.#guard.load(rules, revision);
  }
}
