import { Inject, Injectable } from '@nestjs/common';
import {
  cohortAudience,
  type EndReason,
  type ErrorText,
  fullShare,
  keepCohort,
  movePush,
  type ProofCount,
  type PushEvent,
  type PushState,
  selects,
} from '@sluice/core';
import type { EntityManager } from 'typeorm';
import { AuditLog } from '../audit/audit-log.ts';
import { Database } from '../database/database.ts';
import { Clock } from '../env/clock.ts';
import { sha256 } from '../env/sha256.ts';
import { Feed } from '../feed/feed.ts';
import { theServer } from '../http/caller.ts';
import { PublishFreeze } from '../releases/publish-freeze.ts';
import { PushEntity } from '../releases/push.entity.ts';
import { termsOf } from './aim.ts';
import { FleetOf } from './fleet-of.ts';
import { type GrayMove, GrayMoves } from './gray-moves.ts';
import { GrayPlans } from './gray-plans.ts';
import { type StepFacts, waived } from './push-answer.read.ts';
import { PushNews } from './push-news.ts';
import { lockPush, writeState } from './push-rows.ts';

/** Somebody else was quicker, or it is not so any more: the transaction is taken back, and nothing was to be done. */
class NothingToDo extends Error {}

/** What the targets of a push were found to hold. */
export interface Proven {
  readonly proof: ProofCount;
  readonly lastAppliedMs?: number | undefined;
  /** Targets to whom another push came first. */
  readonly superseded?: number | undefined;
}

/**
 * What happens to pushes by itself. Each is one transaction; each looks again under the lock, so that two nodes that do
 * the same at once do it once. All answer whether they changed anything.
 */
@Injectable()
export class PushTransitions {
  readonly #database: Database;
  readonly #audit: AuditLog;
  readonly #feed: Feed;
  readonly #clock: Clock;
  readonly #fleet: FleetOf;
  readonly #moves: GrayMoves;
  readonly #plans: GrayPlans;
  readonly #news: PushNews;
  readonly #freeze: PublishFreeze;

  constructor(
    @Inject(Database) database: Database,
    @Inject(AuditLog) audit: AuditLog,
    @Inject(Feed) feed: Feed,
    @Inject(Clock) clock: Clock,
    @Inject(FleetOf) fleet: FleetOf,
    @Inject(GrayMoves) moves: GrayMoves,
    @Inject(GrayPlans) plans: GrayPlans,
    @Inject(PushNews) news: PushNews,
    @Inject(PublishFreeze) freeze: PublishFreeze,
  ) {
    this.#database = database;
    this.#audit = audit;
    this.#feed = feed;
    this.#clock = clock;
    this.#fleet = fleet;
    this.#moves = moves;
    this.#plans = plans;
    this.#news = news;
    this.#freeze = freeze;
  }

  /**
   * What its targets hold was compared with what they should, the first time or again. A push that isn't gray comes
   * from running straight to its verdict; one to everyone says it when another took its place before all had it. Not in
   * the audit: nobody decided anything.
   */
  async verified(pushId: string, { proof, lastAppliedMs, superseded = 0 }: Proven): Promise<boolean> {
    return this.#attempt(pushId, () =>
      this.#database.write(async (tx) => {
        const row = await lockPush(tx, pushId);
        const now = this.#clock.now();
        const next = verifiedState(row, { event: 'verify', now, proof });
        const isOvertaken = superseded > 0 && row.mode === 'global' && row.ended === null;
        if (!next && !(isOvertaken && row.settledAt !== null)) throw new NothingToDo();
        await writeState(tx, pushId, next ?? row.stateData, {
          settledAt: row.settledAt ?? now,
          ...(isOvertaken && { ended: { reason: 'superseded' } }),
          ...(lastAppliedMs !== undefined && {
            lastAppliedMs: Math.min(Math.round(lastAppliedMs), 2 ** 31 - 1),
          }),
        });
      }),
    );
  }

  /** The next step of a gray, or its verifying after the last, when the gate is open by these facts and nothing is frozen. */
  async advanceIfDue(pushId: string, facts: StepFacts): Promise<boolean> {
    const row = await this.#database.read.findOneBy(PushEntity, { id: pushId });
    if (row?.course.mode !== 'gray' || !this.#freeze.isOpen(row)) return false;
    const to = this.#advanced(row, facts);
    if (!to) return false;
    if (to.state !== 'running')
      return this.#quietly(pushId, 'push.advance', async (tx, locked) => {
        const next = this.#advanced(locked, facts);
        if (next?.state !== to.state) throw new NothingToDo();
        await writeState(tx, pushId, next);
        return {};
      });
    return this.#visibly(row, 'push.advance', async (tx, move) => {
      const next = this.#advanced(move.row, facts);
      if (next?.state !== 'running' || next.step !== to.step) throw new NothingToDo();
      const plan = await this.#moves.step(tx, { ...move, next });
      return { step: next.step, targets: plan.counts.targets };
    });
  }

  /** Ends a push whose time is over. */
  async expired(pushId: string): Promise<boolean> {
    const isDue = ({ expiresAt }: PushEntity): boolean =>
      expiresAt !== null && expiresAt <= this.#clock.now();
    return this.#end(pushId, 'expired', isDue);
  }

  /** Takes its layers back, for a reason that the server has: a guardrail that was breached. */
  abandon(pushId: string, reason: EndReason, because?: ErrorText): Promise<boolean> {
    return this.#end(pushId, reason, () => true, because);
  }

  /** Nobody new gets it. */
  halt(pushId: string, because: ErrorText): Promise<boolean> {
    return this.#quietly(pushId, 'push.halt', async (tx, row) => {
      const next = movePush(row.course, row.stateData, { event: 'halt', now: this.#clock.now(), because });
      if (!next.ok) throw new NothingToDo();
      await writeState(tx, pushId, next.value, { ended: { reason: 'guardrail', because } });
      return { reason: 'guardrail', because: `halted by guardrail: ${because.en}` };
    });
  }

  /**
   * Looks after a pinned cohort, given who is live: a member that is gone for a minute is replaced. Answers true also
   * when it only noted since when somebody is missing.
   */
  async keepCohort(pushId: string, liveIds: Iterable<string>): Promise<boolean> {
    const row = await this.#database.read.findOneBy(PushEntity, { id: pushId });
    const cohort = await this.#plans.cohortOf(this.#database.read, pushId);
    if (!row || !cohort || !hasCohort(row)) return false;
    const among = amongOf(row);
    const { instances } = await this.#fleet.read({ environment: row.environment, app: row.app });
    const known = new Map(instances.map((instance) => [instance.instanceId, instance]));
    const live = [...liveIds].filter((id) => {
      const instance = known.get(id);
      return instance !== undefined && selects({ who: 'labels', all: among }, instance);
    });
    const turn = keepCohort(cohort, live, this.#clock.now(), sha256);
    if (turn.cohort === cohort) return false;
    const isSame = async (tx: EntityManager): Promise<void> => {
      const now = await this.#plans.cohortOf(tx, pushId);
      if (JSON.stringify(now) !== JSON.stringify(cohort)) throw new NothingToDo();
    };
    if (turn.joined.length + turn.left.length === 0)
      return this.#attempt(pushId, () =>
        this.#database.write(async (tx) => {
          await lockPush(tx, pushId);
          await isSame(tx);
          await this.#moves.keepCohort(tx, pushId, turn.cohort);
        }),
      );
    return this.#visibly(row, 'push.cohort', async (tx, move) => {
      await isSame(tx);
      if (!hasCohort(move.row)) throw new NothingToDo();
      const audience = cohortAudience(turn.cohort, among);
      await this.#moves.reaim(tx, { ...move, next: move.row.stateData }, audience, turn.cohort);
      return { joined: turn.joined, left: turn.left };
    });
  }

  async #end(
    pushId: string,
    reason: EndReason,
    isDue: (row: PushEntity) => boolean,
    because?: ErrorText,
  ): Promise<boolean> {
    const row = await this.#database.read.findOneBy(PushEntity, { id: pushId });
    const abandoned = (of: PushEntity): PushState | undefined => {
      const next = movePush(of.course, of.stateData, { event: 'abandon', now: this.#clock.now(), reason });
      return next.ok && isDue(of) ? next.value : undefined;
    };
    if (!row || !abandoned(row)) return false;
    return this.#visibly(row, reason === 'expired' ? 'push.expire' : 'push.abandon', async (tx, move) => {
      const next = abandoned(move.row);
      if (!next) throw new NothingToDo();
      const plan = await this.#moves.abandon(tx, { ...move, next }, reason);
      await writeState(tx, pushId, next, { ended: { reason, ...(because && { because }) } });
      return { reason, ...(because && { because: because.en }), targets: plan.counts.targets };
    });
  }

  #advanced(row: PushEntity, facts: StepFacts): PushState | undefined {
    const { course, stateData, proposal } = row;
    const clicked = 'step' in stateData && proposal.clicked === stateData.step;
    const event: PushEvent = {
      event: 'advance',
      now: this.#clock.now(),
      facts: { ...waived(row, facts), clicked },
    };
    const next = movePush(course, stateData, event);
    return next.ok ? next.value : undefined;
  }

  #quietly(
    pushId: string,
    action: string,
    work: (tx: EntityManager, row: PushEntity) => Promise<object>,
  ): Promise<boolean> {
    return this.#attempt(pushId, () =>
      this.#database.write(async (tx) => {
        const row = await lockPush(tx, pushId);
        const detail = await work(tx, row);
        const { environment, app } = row;
        await this.#audit.append(tx, theServer, {
          action,
          environment,
          app,
          target: pushId,
          detail: { ...detail },
        });
      }),
    );
  }

  async #visibly(
    { id, environment, app }: PushEntity,
    action: string,
    work: (tx: EntityManager, move: Omit<GrayMove, 'next'>) => Promise<object>,
  ): Promise<boolean> {
    const { instances } = await this.#fleet.read({ environment, app });
    const isDone = await this.#attempt(id, () =>
      this.#database.write(async (tx) => {
        const { revision } = await this.#feed.take(tx, environment);
        const row = await lockPush(tx, id);
        const writing = { caller: theServer, revision, message: '' };
        const detail = await work(tx, { row, instances, writing });
        await this.#audit.append(tx, theServer, {
          action,
          environment,
          app,
          target: id,
          revision,
          detail: { ...detail },
        });
      }),
    );
    if (isDone) this.#feed.committed(environment);
    return isDone;
  }

  async #attempt(pushId: string, work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
    } catch (error) {
      if (error instanceof NothingToDo) return false;
      throw error;
    }
    this.#news.moved(pushId);
    return true;
  }
}

/** The state with this verdict; undefined when there is nothing to judge, or nothing new in it. */
function verifiedState(
  row: PushEntity,
  event: Extract<PushEvent, { event: 'verify' }>,
): PushState | undefined {
  const { course, stateData } = row;
  const facts = { reachable: 0, applied: 0, health: 'unknown', clicked: false } as const;
  const isFirst = stateData.state === 'running' && course.mode !== 'gray';
  const from = isFirst ? movePush(course, stateData, { event: 'advance', now: event.now, facts }) : undefined;
  const next = movePush(course, from?.ok ? from.value : stateData, event);
  if (!next.ok) return undefined;
  const before = 'proof' in stateData ? stateData.proof : undefined;
  const isSame =
    next.value.state === stateData.state &&
    before?.holding === event.proof.holding &&
    before.targets === event.proof.targets;
  return isSame ? undefined : next.value;
}

/** Whether its layers are in force for a cohort that was chosen, and not for everyone yet. */
function hasCohort({ target, stateData, course }: PushEntity): boolean {
  if (target.mode !== 'gray' || course.mode !== 'gray') return false;
  const isRunning = ['running', 'paused', 'halted'].includes(stateData.state);
  const step = 'step' in stateData ? stateData.step : course.steps.length - 1;
  const size = course.steps[step]!;
  const isEveryone = 'basisPoints' in size && size.basisPoints >= fullShare;
  return !isEveryone && (isRunning || ['verifying', 'converged', 'diverged'].includes(stateData.state));
}

function amongOf({ target }: PushEntity) {
  if (target.mode !== 'gray' || !('among' in target.audience) || target.audience.among === undefined)
    return [];
  return termsOf(target.audience.among, 'target.audience.among');
}
