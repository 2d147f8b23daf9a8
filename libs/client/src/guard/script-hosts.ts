import type { ScriptRule } from '@sluice/core';
import type { ScriptHost } from '@sluice/scripts';

/** Where a script runs: with those that calls wait for, or beside them. */
export type ScriptPlace = 'awaited' | 'beside';

/**
 * A host answers one question after the other, so one that nobody waits for would hold up the calls behind it. Policies
 * run beside. So do scripts that only watch, as long as there are others: alone they have the first host, where they are
 * ready when they are turned to intercept.
 */
export function placesOf(scripts: ReadonlyMap<string, ScriptRule>): ReadonlyMap<string, ScriptPlace> {
  const isAwaited = ({ role, mode }: ScriptRule): boolean => role !== 'policy' && mode === 'intercept';
  const isAnyAwaited = [...scripts.values()].some(isAwaited);
  const placeOf = (rule: ScriptRule): ScriptPlace =>
    rule.role === 'policy' || (isAnyAwaited && !isAwaited(rule)) ? 'beside' : 'awaited';
  return new Map(Array.from(scripts, ([id, rule]) => [id, placeOf(rule)]));
}

/** The hosts of both places, each there while it has a script. */
export class ScriptHosts {
  readonly #make: (options: { readonly spare: boolean }) => ScriptHost;
  readonly #hosts = new Map<ScriptPlace, ScriptHost>();

  constructor(make: (options: { readonly spare: boolean }) => ScriptHost) {
    this.#make = make;
  }

  /** Their processes, that of the first host first. */
  get pids(): readonly number[] {
    return (['awaited', 'beside'] as const).flatMap((place) => this.#hosts.get(place)?.pids ?? []);
  }

  /** Who waits for nobody needs no spare. */
  of(place: ScriptPlace): ScriptHost {
    let host = this.#hosts.get(place);
    if (!host) {
      host = this.#make({ spare: place === 'awaited' });
      this.#hosts.set(place, host);
    }
    return host;
  }

  /** Ends those that have no script any more. */
  keepOnly(used: ReadonlySet<ScriptPlace>): void {
    for (const [place, host] of this.#hosts)
      if (!used.has(place)) {
        this.#hosts.delete(place);
        host.close();
      }
  }
}
