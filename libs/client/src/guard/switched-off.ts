import type { ScriptRule } from '@sluice/core';
import { sha256 } from '../snapshot/sha256.ts';

const mostRemembered = 1000;

/**
 * Scripts that were switched off in this process, by their rule and what they say: they stay so when the hosts in which
 * they were have ended. Of many the oldest are forgotten.
 */
export class SwitchedOff {
  readonly #keys = new Set<string>();

  has(id: string, rule: ScriptRule): boolean {
    return this.#keys.size > 0 && this.#keys.has(keyOf(id, rule));
  }

  add(id: string, rule: ScriptRule): void {
    this.#keys.add(keyOf(id, rule));
    for (const oldest of this.#keys) {
      if (this.#keys.size <= mostRemembered) break;
      this.#keys.delete(oldest);
    }
  }
}

const keyOf = (id: string, { role, source, timeoutMs }: ScriptRule): string =>
  sha256(JSON.stringify([id, role, timeoutMs, source]));
