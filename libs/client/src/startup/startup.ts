import type { ErrorText, Language } from '@sluice/core';
import { reason } from '../notices/reasons.ts';
import type { Readiness } from '../readiness.ts';
import type { Store } from '../snapshot/store.ts';
import type { MissingNamespace } from './startup-level.ts';

export interface StartupParts {
  readonly store: Store;
  readonly readiness: Readiness;
  /** Namespaces whose newest delivery was refused, and why. */
  readonly rejected: () => ReadonlyMap<string, ErrorText>;
  readonly language: Language;
}

/** Whether the declared namespaces got what they need to start. What was once there counts for good. */
export class Startup {
  readonly #parts: StartupParts;
  readonly #met = new Set<string>();

  constructor(parts: StartupParts) {
    this.#parts = parts;
  }

  /** Whether `ready` has anything to wait for. Where nothing is declared, all there is counts as `weak`. */
  get waits(): boolean {
    const names = this.#names();
    return names.length === 0 || names.some((name) => !['none', 'async'].includes(this.#level(name)));
  }

  /** Notes what is there now: what is refused or deleted later doesn't take a start back. */
  look(): void {
    this.missing();
  }

  missing(): MissingNamespace[] {
    return this.#names().flatMap((namespace) => {
      const level = this.#level(namespace);
      if ((level !== 'strong' && level !== 'eager') || this.#met.has(`${level} ${namespace}`)) return [];
      const fault = this.#faultOf(namespace, level);
      if (fault) return [{ namespace, level, why: fault.why, reason: fault.text[this.#parts.language] }];
      this.#met.add(`${level} ${namespace}`);
      return [];
    });
  }

  #faultOf(
    namespace: string,
    level: 'strong' | 'eager',
  ): { readonly why: MissingNamespace['why']; readonly text: ErrorText } | undefined {
    const { store, readiness, rejected } = this.#parts;
    if (!readiness.isConfirmed) return { why: 'unconfirmed', text: reason('unconfirmed') };
    const refusal = store.disputed.get(namespace) ?? rejected().get(namespace);
    if (refusal) return { why: 'rejected', text: refusal };
    if (level === 'eager' && !store.live.namespaces.has(namespace))
      return { why: 'unreleased', text: reason('unreleased') };
    return undefined;
  }

  #names(): string[] {
    return [...new Set(this.#parts.store.views().map((view) => view.namespace))];
  }

  #level(namespace: string) {
    return this.#parts.store.startupOf(namespace);
  }
}
