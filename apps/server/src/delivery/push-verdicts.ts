import { Inject, Injectable } from '@nestjs/common';
import { movePush, type PushEvent, type PushState } from '@sluice/core';
import type { Verdict } from '@sluice/protocol';
import { Database } from '../database/database.ts';
import { Metrics } from '../env/metrics.ts';
import { PushEntity } from '../releases/push.entity.ts';
import { type OpenPush, reachableOf } from './open-push.ts';

/** The column has 32 bits, which is 24 days: whoever applies later than that has not failed for it. */
const maxMs = 2 ** 31 - 1;
/** A gray in one of its steps has no verdict yet; it is asked so often whether it has come to its end. */
const askAgainMs = 1000;

/** Writes what pushes came to. */
@Injectable()
export class PushVerdicts {
  readonly #database: Database;
  readonly #metrics: Metrics;
  readonly #asked = new WeakMap<OpenPush, { readonly revision: number; readonly at: number }>();

  constructor(@Inject(Database) database: Database, @Inject(Metrics) metrics: Metrics) {
    this.#database = database;
    this.#metrics = metrics;
  }

  /** Says the verdict of a push as it is now, the first or a newer one. False when it can't have one yet. */
  async say(push: OpenPush, verdict: Verdict, now: number): Promise<boolean> {
    const asked = this.#asked.get(push);
    if (asked?.revision === push.revision && now - asked.at < askAgainMs && now >= asked.at) return false;
    this.#asked.set(push, { revision: push.revision, at: now });
    const { holding, counts, lastAppliedMs } = verdict;
    const proof = { holding, targets: reachableOf(counts) };
    const isSaid = await this.#database.write(async (tx) => {
      const row = await tx.findOneBy(PushEntity, { id: push.id });
      if (!row || row.revision !== push.revision) return undefined;
      const events: PushEvent[] = [{ event: 'verify', now, proof }];
      if (row.state === 'running' && row.mode !== 'gray')
        events.unshift({
          event: 'advance',
          now,
          facts: { reachable: proof.targets, applied: proof.holding, health: 'unknown', clicked: false },
        });
      let state: PushState = row.stateData;
      for (const event of events) {
        const moved = movePush(row.course, state, event);
        if (!moved.ok) return undefined;
        state = moved.value;
      }
      const isNews = state.state !== row.state || !sameProof(row.stateData, state);
      if (isNews)
        await tx.update(
          PushEntity,
          { id: push.id, state: row.state, revision: row.revision },
          {
            state: state.state,
            stateData: state,
            settledAt: now,
            lastAppliedMs: lastAppliedMs === undefined ? null : Math.min(lastAppliedMs, maxMs),
          },
        );
      return state.state;
    });
    if (isSaid === undefined) return false;
    if (!push.settled) this.#metrics.pushes.inc({ state: isSaid });
    this.#asked.delete(push);
    return true;
  }
}

function sameProof(a: PushState, b: PushState): boolean {
  const [x, y] = [a, b].map((state) => ('proof' in state ? state.proof : undefined));
  return x?.holding === y?.holding && x?.targets === y?.targets;
}
