import { Inject, Injectable } from '@nestjs/common';
import type { Report } from '@sluice/protocol/client';
import { LinkFrames } from '../delivery/link-frames.ts';
import { Clock } from '../env/clock.ts';
import type { Connection } from '../fleet/connection.ts';
import { Fleet } from '../fleet/fleet.ts';
import { type Place, placeKey } from '../fleet/place.ts';

/** Troubles whose words are kept, of all apps of this node; of those after them it is known that they are. */
const mostWithWords = 20_000;

/** A script that doesn't do its work on an instance. */
export interface ScriptTrouble {
  readonly rule: string;
  readonly state: Report['scripts'][number]['state'];
  readonly error: string;
  readonly sinceMs: number;
}

/** What the instances of this node told last of scripts that don't do their work on them, while they are connected. */
@Injectable()
export class ScriptStates {
  readonly #clock: Clock;
  readonly #places = new Map<string, Map<Connection, readonly ScriptTrouble[]>>();
  #count = 0;

  constructor(
    @Inject(LinkFrames) frames: LinkFrames,
    @Inject(Fleet) fleet: Fleet,
    @Inject(Clock) clock: Clock,
  ) {
    this.#clock = clock;
    frames.on('report', (connection, { scripts }) => this.#take(connection, scripts));
    fleet.onLeft((connection) => this.#take(connection, []));
  }

  /** By connection; instances where all is well are absent. */
  of(place: Place): ReadonlyMap<Connection, readonly ScriptTrouble[]> {
    return this.#places.get(placeKey(place)) ?? new Map();
  }

  #take(connection: Connection, scripts: Report['scripts']): void {
    const key = placeKey(connection.place);
    const instances = this.#places.get(key) ?? new Map<Connection, readonly ScriptTrouble[]>();
    const before = instances.get(connection) ?? [];
    if (scripts.length === 0 && before.length === 0) return;
    const nowMs = this.#clock.now();
    this.#count -= before.length;
    const troubles = scripts.map(({ rule, state, error, agoMs }): ScriptTrouble => {
      const known = before.find((each) => each.rule === rule && each.state === state);
      const toldMs = agoMs === undefined ? (known?.sinceMs ?? nowMs) : nowMs - agoMs;
      return {
        rule,
        state,
        error: this.#count + scripts.length > mostWithWords ? '' : error,
        // It doesn't move with each report by what that took to come.
        sinceMs: known ? Math.min(known.sinceMs, toldMs) : toldMs,
      };
    });
    this.#count += troubles.length;
    if (troubles.length > 0) this.#places.set(key, instances.set(connection, troubles));
    else if (instances.delete(connection) && instances.size === 0) this.#places.delete(key);
  }
}
