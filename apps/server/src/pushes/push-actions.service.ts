import { Inject, Injectable } from '@nestjs/common';
import { movePush, type PushEvent, type PushPlan } from '@sluice/core';
import type { Contracts, Push } from '@sluice/protocol';
import type { EntityManager } from 'typeorm';
import { AuditLog } from '../audit/audit-log.ts';
import { Database } from '../database/database.ts';
import { placed } from '../database/returning.ts';
import { Clock } from '../env/clock.ts';
import { Feed } from '../feed/feed.ts';
import type { Caller } from '../http/caller.ts';
import type { Input } from '../http/input.decorator.ts';
import { PublishFreeze } from '../releases/publish-freeze.ts';
import type { PushEntity } from '../releases/push.entity.ts';
import { Approvals } from './approvals.ts';
import { FleetOf } from './fleet-of.ts';
import { type GrayMove, GrayMoves } from './gray-moves.ts';
import { PlanMemory } from './plan-memory.ts';
import { linkedAppsIn } from './plan-seen.ts';
import { PushActPreview } from './push-act-preview.ts';
import { PushAnswer, waived } from './push-answer.read.ts';
import { PushNews } from './push-news.ts';
import { lockPush, moved, requirePush, writeState } from './push-rows.ts';
import { otherStep, wrongState } from './refusals.ts';
import { healthDetail, requireReason, StepHealth } from './step-health.ts';

type On<Id extends keyof Contracts> = Pick<Input<Contracts[Id]>, 'params' | 'body' | 'caller'>;
type Choices = Parameters<GrayMoves['promote']>[2]['choices'];
type Params = Input<Contracts['pausePush']>['params'];

/** What people do to a push that is on its way. */
@Injectable()
export class PushActionsService {
  readonly #database: Database;
  readonly #audit: AuditLog;
  readonly #feed: Feed;
  readonly #clock: Clock;
  readonly #fleet: FleetOf;
  readonly #moves: GrayMoves;
  readonly #answer: PushAnswer;
  readonly #news: PushNews;
  readonly #freeze: PublishFreeze;
  readonly #approvals: Approvals;
  readonly #preview: PushActPreview;
  readonly #plans: PlanMemory;
  readonly #health: StepHealth;

  constructor(
    @Inject(Database) database: Database,
    @Inject(AuditLog) audit: AuditLog,
    @Inject(Feed) feed: Feed,
    @Inject(Clock) clock: Clock,
    @Inject(FleetOf) fleet: FleetOf,
    @Inject(GrayMoves) moves: GrayMoves,
    @Inject(PushAnswer) answer: PushAnswer,
    @Inject(PushNews) news: PushNews,
    @Inject(PublishFreeze) freeze: PublishFreeze,
    @Inject(Approvals) approvals: Approvals,
    @Inject(PushActPreview) preview: PushActPreview,
    @Inject(PlanMemory) plans: PlanMemory,
    @Inject(StepHealth) health: StepHealth,
  ) {
    this.#database = database;
    this.#audit = audit;
    this.#feed = feed;
    this.#clock = clock;
    this.#fleet = fleet;
    this.#moves = moves;
    this.#answer = answer;
    this.#news = news;
    this.#freeze = freeze;
    this.#approvals = approvals;
    this.#preview = preview;
    this.#plans = plans;
    this.#health = health;
  }

  /**
   * Somebody clicks for the end of a step. It goes on at once when nothing else is waited for, else as soon as that is
   * so: the click is kept.
   */
  async advance({ params, body, caller }: On<'advancePush'>): Promise<Push> {
    this.#freeze.requireOpen(params);
    const row = await this.#require(params);
    const { stateData, course } = row;
    if (course.mode === 'gray' && 'step' in stateData && stateData.step > body.step)
      return this.#answer.of(row);
    const { despiteHealth: reason } = body;
    const waiver = reason !== undefined && { step: body.step, reason, by: caller.principal.name };
    const given = waiver ? { ...row, proposal: { ...row.proposal, waived: waiver } } : row;
    const facts = waived(given, await this.#answer.facts(row.id));
    const event = (): PushEvent => ({
      event: 'advance',
      now: this.#clock.now(),
      facts: { ...facts, clicked: true },
    });
    const next = movePush(course, stateData, event());
    const isOther = !('step' in stateData) || stateData.step !== body.step;
    if (stateData.state !== 'running' || isOther || course.mode !== 'gray')
      throw next.ok ? wrongState(otherStep(body.step)) : wrongState(next.refusal);
    const record = (detail: object) => ({
      step: body.step,
      message: body.message,
      ...healthDetail(this.#health.of(row), reason),
      ...detail,
    });
    if (!next.ok && next.refusal.code !== 'gate_closed') throw wrongState(next.refusal);
    const isQuiet = !next.ok || next.value.state !== 'running';
    if (isQuiet) await this.#preview.confirm(row, { act: 'advance', step: body.step }, body.plan);
    if (!next.ok)
      return this.#quietly(
        params,
        caller,
        'push.click',
        record({ waits: next.refusal.en }),
        async (tx, locked) => {
          if (JSON.stringify(locked.stateData) !== JSON.stringify(stateData))
            throw wrongState(otherStep(body.step));
          await writeState(tx, locked.id, locked.stateData, {
            proposal: { ...locked.proposal, clicked: body.step, ...(waiver && { waived: waiver }) },
          });
        },
      );
    if (next.value.state !== 'running')
      return this.#quietly(params, caller, 'push.advance', record({}), async (tx, locked) =>
        writeState(tx, locked.id, moved(course, locked.stateData, event())),
      );
    return this.#visibly(params, caller, body.message, 'push.advance', async (tx, move) => {
      const { stateData: at } = move.row;
      if (!('step' in at) || at.step !== body.step) throw wrongState(otherStep(body.step));
      const to = moved(course, at, event());
      const plan = await this.#moves.step(tx, { ...move, next: to });
      this.#confirm(plan, body.plan, move);
      return record({ targets: plan.counts.targets });
    });
  }

  pause({ params, body, caller }: On<'pausePush'>): Promise<Push> {
    return this.#quietly(params, caller, 'push.pause', body, (tx, row) =>
      this.#to(tx, row, { event: 'pause', now: this.#clock.now() }),
    );
  }

  resume({ params, body, caller }: On<'resumePush'>): Promise<Push> {
    return this.#quietly(params, caller, 'push.resume', body, (tx, row) =>
      this.#to(tx, row, { event: 'resume', now: this.#clock.now() }),
    );
  }

  /** Sends it again: whoever carries it out takes it up anew, with all targets that don't hold it. */
  repush({ params, body, caller }: On<'repushPush'>): Promise<Push> {
    return this.#quietly(params, caller, 'push.repush', body, async (tx, row) => {
      const now = this.#clock.now();
      await this.#to(tx, row, { event: 'repush', now }, { settledAt: null });
      await tx.query(
        placed(
          tx,
          `UPDATE push_target SET state = 'pending', stage = NULL, error = NULL, at = ?
            WHERE push_id = ? AND state IN ('rejected', 'failed', 'timeout', 'drifted')`,
        ),
        [now, row.id],
      );
    });
  }

  async promote({ params, body, caller }: On<'promotePush'>): Promise<Push> {
    this.#freeze.requireOpen(params);
    const before = await this.#require(params);
    const given = await this.#approvals.given(this.#database.read, before, before.planHash);
    await this.#approvals.require(params.env, given, before.emergency);
    const health = this.#health.of(before);
    requireReason(health, body.despiteHealth);
    return this.#visibly(params, caller, body.message, 'push.promote', async (tx, move) => {
      const next = moved(move.row.course, move.row.stateData, { event: 'promote', now: this.#clock.now() });
      const { choices = {}, groupsWin } = body as { choices?: Choices; groupsWin: boolean };
      const plan = await this.#moves.promote(tx, { ...move, next }, { choices, groupsWin });
      this.#confirm(plan, body.plan, move);
      const { targets } = plan.counts;
      const { message, despiteHealth } = body;
      return {
        message,
        choices,
        groupsWin,
        targets,
        ...healthDetail(health, despiteHealth),
        ...linkedAppsIn(plan),
      };
    });
  }

  async abandon({ params, body, caller }: On<'abandonPush'>): Promise<Push> {
    const row = await this.#require(params);
    const event = (): PushEvent => ({ event: 'abandon', now: this.#clock.now(), reason: 'asked' });
    if (row.state === 'draft' || row.state === 'planned') {
      await this.#preview.confirm(row, { act: 'abandon' }, body.plan);
      return this.#quietly(params, caller, 'push.abandon', body, (tx, locked) =>
        this.#to(tx, locked, event(), { ended: { reason: 'asked' } }),
      );
    }
    return this.#visibly(params, caller, body.message, 'push.abandon', async (tx, move) => {
      const next = moved(move.row.course, move.row.stateData, event());
      const plan = await this.#moves.abandon(tx, { ...move, next }, 'asked');
      this.#confirm(plan, body.plan, move);
      return { message: body.message, targets: plan.counts.targets };
    });
  }

  /** Within the transaction, which is taken back when others would be moved than those who were looked at. */
  #confirm(plan: PushPlan, hash: string | undefined, { instances, writing }: Omit<GrayMove, 'next'>): void {
    this.#plans.confirm(hash, plan, {
      revision: writing.revision - 1,
      instances,
      unknown: [],
      warnings: [],
    });
  }

  async #to(
    tx: EntityManager,
    row: PushEntity,
    event: PushEvent,
    more: Parameters<typeof writeState>[3] = {},
  ): Promise<void> {
    await writeState(tx, row.id, moved(row.course, row.stateData, event), more);
  }

  /** A transition that no instance sees: no revision. */
  async #quietly(
    params: Params,
    caller: Caller,
    action: string,
    detail: object,
    work: (tx: EntityManager, row: PushEntity) => Promise<void>,
  ): Promise<Push> {
    const { id } = await this.#require(params);
    await this.#database.write(async (tx) => {
      await work(tx, await lockPush(tx, id));
      await this.#audit.append(tx, caller, {
        action,
        environment: params.env,
        app: params.app,
        target: id,
        detail: { ...detail },
      });
    });
    this.#news.moved(id);
    return this.#answer.of(await this.#require(params));
  }

  /** A transition that some instance sees: one revision. */
  async #visibly(
    params: Params,
    caller: Caller,
    message: string,
    action: string,
    work: (tx: EntityManager, move: Omit<GrayMove, 'next'>) => Promise<object>,
  ): Promise<Push> {
    const { id, environment, app } = await this.#require(params);
    const { instances } = await this.#fleet.read({ environment, app });
    await this.#database.write(async (tx) => {
      const { revision } = await this.#feed.take(tx, environment);
      const row = await lockPush(tx, id);
      const detail = await work(tx, { row, instances, writing: { caller, revision, message } });
      await this.#audit.append(tx, caller, {
        action,
        environment,
        app,
        target: id,
        revision,
        detail: { ...detail },
      });
    });
    this.#feed.committed(environment);
    this.#news.moved(id);
    return this.#answer.of(await this.#require(params));
  }

  #require(params: Params): Promise<PushEntity> {
    const place = { environment: params.env, app: params.app };
    return requirePush(this.#database.read, place, params.push);
  }
}
