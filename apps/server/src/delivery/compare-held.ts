import type { Refusal } from '../fleet/connection.ts';
import type { Holding } from '../fleet/fleet.entities.ts';
import type { View } from '../fleet/target.ts';

/** An instance as far as a push looks at it: what it says it holds and what it refused. */
export interface Holder {
  readonly instanceId: string;
  readonly revision: number;
  readonly holds: ReadonlyMap<string, Holding>;
  readonly refused: ReadonlyMap<string, Refusal>;
}

/** What an instance holds of some namespaces against what it must hold of them. */
export interface Comparison {
  readonly state: 'same' | 'failed' | 'rejected' | 'other';
  /** Of the first namespace that differs or has a complaint, else of the first. */
  readonly digest: string | undefined;
  readonly expected: string | undefined;
  readonly error: string | undefined;
}

const worse = { same: 0, failed: 1, other: 2, rejected: 3 } as const;

/** The worst that is found in any of these namespaces: they stand or fall together. */
export function compareHeld(holder: Holder, view: View, names: Iterable<string>): Comparison {
  let found: Comparison | undefined;
  for (const name of names) {
    const held = holder.holds.get(name);
    const expected = view.namespaces.get(name)?.digest;
    const refusal = holder.refused.get(name);
    const digest = held?.digest;
    const next: Comparison =
      digest === expected
        ? { state: held?.failed ? 'failed' : 'same', digest, expected, error: held?.error }
        : refusal !== undefined && refusal.digest === expected
          ? { state: 'rejected', digest, expected, error: refusal.error }
          : { state: 'other', digest, expected, error: undefined };
    if (!found || worse[next.state] > worse[found.state]) found = next;
  }
  return found ?? { state: 'other', digest: undefined, expected: undefined, error: undefined };
}
