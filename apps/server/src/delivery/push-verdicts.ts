import { Inject, Injectable } from '@nestjs/common';
import type { PushState } from '@sluice/core';
import type { Verdict } from '@sluice/protocol';
import { Database } from '../database/database.ts';
import { Metrics } from '../env/metrics.ts';
import { PushTransitions } from '../pushes/push-transitions.ts';
import { PushEntity } from '../releases/push.entity.ts';
import { type OpenPush, reachableOf } from './open-push.ts';

/** A gray in one of its steps has no verdict yet; it is asked so often whether it has come to its end. */
const askAgainMs = 1000;
const said: ReadonlySet<PushState['state']> = new Set(['converged', 'diverged', 'promoted', 'abandoned']);

/** Says what pushes came to. Who can't be reached is no reason against it: he gets it when he returns. */
@Injectable()
export class PushVerdicts {
  readonly #database: Database;
  readonly #transitions: PushTransitions;
  readonly #metrics: Metrics;
  readonly #asked = new WeakMap<OpenPush, { readonly revision: number; readonly at: number }>();

  constructor(
    @Inject(Database) database: Database,
    @Inject(PushTransitions) transitions: PushTransitions,
    @Inject(Metrics) metrics: Metrics,
  ) {
    this.#database = database;
    this.#transitions = transitions;
    this.#metrics = metrics;
  }

  /** Says the verdict of a push as it is now, the first or a newer one. False when it can't have one yet. */
  async say(push: OpenPush, verdict: Verdict, now: number): Promise<boolean> {
    const asked = this.#asked.get(push);
    if (asked?.revision === push.revision && Math.abs(now - asked.at) < askAgainMs) return false;
    this.#asked.set(push, { revision: push.revision, at: now });
    const before = await this.#stateOf(push);
    if (before === undefined || before === 'paused' || before === 'halted') return false;
    const { holding, counts, lastAppliedMs } = verdict;
    const proof = { holding, targets: reachableOf(counts) };
    await this.#transitions.verified(push.id, { proof, lastAppliedMs, superseded: counts.superseded });
    const state = await this.#stateOf(push);
    if (state === undefined || !said.has(state)) return false;
    if (!push.settled) this.#metrics.pushes.inc({ state });
    this.#asked.delete(push);
    return true;
  }

  /** Undefined when it has taken another turn meanwhile. */
  async #stateOf(push: OpenPush): Promise<PushState['state'] | undefined> {
    const where = { id: push.id, revision: push.revision };
    const select = { id: true, state: true } as const;
    return (await this.#database.read.findOne(PushEntity, { where, select }))?.state;
  }
}
