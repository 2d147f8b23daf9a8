import { Inject, Injectable } from '@nestjs/common';
import { type Content, firstState } from '@sluice/core';
import type { Contracts, Push, PushChange, PushPlanBody } from '@sluice/protocol';
import type { EntityManager } from 'typeorm';
import { AuditLog, type AuditRecord } from '../audit/audit-log.ts';
import { CatalogRead } from '../catalog/catalog.read.ts';
import { Database } from '../database/database.ts';
import { insertRows, updateRow } from '../database/write-rows.ts';
import { Clock } from '../env/clock.ts';
import { Feed } from '../feed/feed.ts';
import { type Caller, personOf } from '../http/caller.ts';
import type { Input } from '../http/input.decorator.ts';
import { Once } from '../releases/once.ts';
import { PublishFreeze } from '../releases/publish-freeze.ts';
import { type PushEntity, PushNamespaceEntity } from '../releases/push.entity.ts';
import { Approvals } from './approvals.ts';
import { PlanMemory } from './plan-memory.ts';
import { PushAnswer } from './push-answer.read.ts';
import { askedOf, namespaceRows, PushBegin, recordOf } from './push-begin.ts';
import { PushNews } from './push-news.ts';
import { ApprovalEntity } from './push-parts.entity.ts';
import type { Prepared, PushRequest } from './push-planner.ts';
import { lockPush, moved, requirePush } from './push-rows.ts';
import { wrongState } from './refusals.ts';
import { lifeOf } from './time-box.ts';

type Params = Input<Contracts['approvePush']>['params'];
type Proposing = Pick<Input<Contracts['proposePush']>, 'body' | 'caller'> & {
  readonly params: { readonly env: string; readonly app: string };
};

/** Pushes that are written down before they begin, so that somebody else can look at them and say yes. */
@Injectable()
export class ProposalsService {
  readonly #database: Database;
  readonly #audit: AuditLog;
  readonly #catalog: CatalogRead;
  readonly #feed: Feed;
  readonly #once: Once;
  readonly #clock: Clock;
  readonly #freeze: PublishFreeze;
  readonly #begin: PushBegin;
  readonly #approvals: Approvals;
  readonly #plans: PlanMemory;
  readonly #answer: PushAnswer;
  readonly #news: PushNews;

  constructor(
    @Inject(Database) database: Database,
    @Inject(AuditLog) audit: AuditLog,
    @Inject(CatalogRead) catalog: CatalogRead,
    @Inject(Feed) feed: Feed,
    @Inject(Once) once: Once,
    @Inject(Clock) clock: Clock,
    @Inject(PublishFreeze) freeze: PublishFreeze,
    @Inject(PushBegin) begin: PushBegin,
    @Inject(Approvals) approvals: Approvals,
    @Inject(PlanMemory) plans: PlanMemory,
    @Inject(PushAnswer) answer: PushAnswer,
    @Inject(PushNews) news: PushNews,
  ) {
    this.#database = database;
    this.#audit = audit;
    this.#catalog = catalog;
    this.#feed = feed;
    this.#once = once;
    this.#clock = clock;
    this.#freeze = freeze;
    this.#begin = begin;
    this.#approvals = approvals;
    this.#plans = plans;
    this.#answer = answer;
    this.#news = news;
  }

  propose({ params, body, caller, idempotencyKey }: Input<Contracts['proposePush']>): Promise<Push> {
    const once = { caller, key: idempotencyKey, request: { operation: 'proposePush', params, body } };
    return this.#once.run<Push>(once, async (commit) => {
      const { request, prepared } = await this.#prepared({ params, body, caller });
      const { revision } = await this.#catalog.requireEnvironment(params.env);
      const push: PushEntity = {
        ...this.#proposed({ params, body, caller }, request, prepared, []),
        id: request.pushId,
        ...request.place,
        began: revision,
        revision: 0,
        expiresAt: null,
        emergency: null,
        ended: null,
        of: null,
        createdBy: caller.principal.name,
        createdById: caller.principal.id,
        createdAt: this.#clock.now(),
        settledAt: null,
        lastAppliedMs: null,
      };
      const proposed = await commit(async (tx) => {
        await insertRows(tx, 'push', [push]);
        await insertRows(tx, 'push_namespace', namespaceRows(push.id, prepared, []));
        return { answer: await this.#answer.of(push, tx), record: said('push.propose', push) };
      });
      this.#news.moved(push.id);
      return proposed;
    });
  }

  /** What others have approved is another thing now. */
  async change({ params, body, caller }: Input<Contracts['changeProposal']>): Promise<Push> {
    const before = await this.#planned(params);
    const { request, prepared } = await this.#prepared({ params, body, caller }, before.id);
    await this.#database.write(async (tx) => {
      const row = await this.#lock(tx, before.id);
      const authors = row.proposal.authors ?? [];
      const next = this.#proposed({ params, body, caller }, request, prepared, authors);
      await updateRow(tx, 'push', row.id, next);
      await tx.delete(PushNamespaceEntity, { pushId: row.id });
      await insertRows(tx, 'push_namespace', namespaceRows(row.id, prepared, []));
      await tx.delete(ApprovalEntity, { pushId: row.id });
      await this.#audit.append(tx, caller, said('push.changeProposal', { ...row, ...next }));
    });
    return this.#told(params);
  }

  async approve({ params, body, caller }: Input<Contracts['approvePush']>): Promise<Push> {
    const before = await this.#planned(params);
    const { prepared } = await this.#again(before, caller);
    this.#begin.confirm(prepared, body.plan);
    await this.#database.write(async (tx) => {
      const row = await this.#lock(tx, before.id);
      // Edited since it was looked at: then this is not what he approves.
      if (JSON.stringify(row.proposal) !== JSON.stringify(before.proposal)) throw wrongState(edited);
      const { name } = caller.principal;
      const person = personOf(caller.principal);
      if ((row.proposal.authors ?? []).includes(person)) throw wrongState(own);
      const { message, plan: planHash } = body;
      await tx.delete(ApprovalEntity, { pushId: row.id, person });
      await tx.insert(ApprovalEntity, {
        pushId: row.id,
        person,
        name,
        planHash,
        message,
        at: this.#clock.now(),
      });
      await this.#audit.append(tx, caller, said('push.approve', row, { plan: planHash, message }));
    });
    return this.#told(params);
  }

  async start({ params, body, caller }: Input<Contracts['startProposedPush']>): Promise<Push> {
    const { read } = this.#database;
    const before = await this.#planned(params);
    this.#freeze.requireOpen(params);
    const { request, prepared } = await this.#again(before, caller);
    this.#begin.confirm(prepared, body.plan);
    if (before.proposal.expiresInMs === undefined && before.mode === 'single')
      lifeOf(before.target, 'untilCleared', { caller, place: request.place });
    const given = await this.#approvals.given(read, before, prepared.plan.hash);
    await this.#approvals.require(params.env, given, body.emergency, prepared.hasNewScripts);
    if (before.twoPhase) await this.#begin.ask(request.place, prepared);
    const push = await this.#database.write(async (tx) => {
      const { revision } = await this.#feed.take(tx, params.env);
      const row = await this.#lock(tx, before.id);
      if (JSON.stringify(row.proposal) !== JSON.stringify(before.proposal)) throw wrongState(edited);
      const ready = await this.#begin.ready(tx, revision, request, prepared);
      if (ready !== prepared) this.#begin.confirm(ready, body.plan);
      const { twoPhase, message } = row;
      const how = { twoPhase, message, emergency: body.emergency, proposed: row };
      const begun = await this.#begin.write(tx, revision, request, ready, how);
      const answer = await this.#answer.of(begun, tx);
      await this.#audit.append(tx, caller, recordOf(begun, ready));
      return answer;
    });
    this.#feed.committed(params.env);
    return push;
  }

  /** The plan of a push that is only proposed, as it is now. */
  async plan(row: PushEntity, caller: Caller): Promise<PushPlanBody> {
    const { prepared } = await this.#again(row, caller);
    this.#plans.keep(prepared.plan);
    return prepared.body;
  }

  async #prepared(
    { params, body, caller }: Proposing,
    pushId?: string,
  ): Promise<{ request: PushRequest; prepared: Prepared }> {
    const place = { environment: params.env, app: params.app };
    const { changes, target, expiresInMs } = body;
    const asked = await this.#begin.request({ place, changes, target, expiresInMs, caller, isStart: false });
    const request = pushId === undefined ? asked : { ...asked, pushId };
    return { request, prepared: await this.#begin.prepared(request) };
  }

  /** The same proposal once more, at what is live now; its time was settled when it was proposed. */
  async #again(row: PushEntity, caller: Caller): Promise<{ request: PushRequest; prepared: Prepared }> {
    const { id: pushId, environment, app, target, proposal } = row;
    const { wire: changes = [], expiresInMs: lifeMs } = proposal;
    const layerIds = proposal.changes.map((change) => change.layerId ?? '');
    const place = { environment, app };
    const request = { place, pushId, layerIds, changes, target, lifeMs, caller };
    return { request, prepared: await this.#begin.prepared(request) };
  }

  #proposed(
    { body, caller }: Proposing,
    request: PushRequest,
    prepared: Prepared,
    authors: readonly string[],
  ): Pick<
    PushEntity,
    | 'mode'
    | 'course'
    | 'target'
    | 'state'
    | 'stateData'
    | 'proposal'
    | 'planHash'
    | 'variants'
    | 'twoPhase'
    | 'message'
  > {
    const { course, plan } = prepared;
    const stateData = moved(course, firstState, { event: 'plan', planHash: plan.hash });
    return {
      mode: body.target.mode,
      course,
      target: body.target,
      state: stateData.state,
      stateData,
      proposal: {
        ...askedOf(request, prepared),
        wire: settled(request.changes, prepared),
        authors: [...new Set([...authors, personOf(caller.principal)])],
      },
      planHash: plan.hash,
      variants: [],
      twoPhase: body.twoPhase,
      message: body.message,
    };
  }

  async #planned(params: Params): Promise<PushEntity> {
    const place = { environment: params.env, app: params.app };
    return stillPlanned(await requirePush(this.#database.read, place, params.push));
  }

  async #lock(tx: EntityManager, id: string): Promise<PushEntity> {
    return stillPlanned(await lockPush(tx, id));
  }

  async #told(params: Params): Promise<Push> {
    this.#news.moved(params.push);
    const place = { environment: params.env, app: params.app };
    return this.#answer.of(await requirePush(this.#database.read, place, params.push));
  }
}

function stillPlanned(row: PushEntity): PushEntity {
  if (row.state === 'planned') return row;
  throw wrongState({
    en: 'this push is no proposal any more: it has begun, or it was withdrawn',
    zh: '该推送已不是提案：它已开始或已撤回',
  });
}

/** A draft is its owner's and goes on being edited: what is proposed is what it was at that moment. */
function settled(changes: readonly PushChange[], { wanted }: Prepared): PushChange[] {
  return wanted.map(({ namespace, base, sealed }): PushChange => {
    const asked = changes.find((change) => change.namespace === namespace.name)!;
    if (!('draft' in asked)) return asked;
    return { namespace: namespace.name, base, content: sealed.content as Content } as PushChange;
  });
}

const edited = {
  en: 'this proposal was edited meanwhile; look at it again',
  zh: '该提案期间已被修改；请重新查看',
};
const own = {
  en: 'you have proposed or edited it yourself; somebody else has to approve it',
  zh: '该提案由你提出或修改；须由其他人审批',
};

const said = (action: string, row: PushEntity, more: Record<string, unknown> = {}): AuditRecord => ({
  action,
  environment: row.environment,
  app: row.app,
  target: row.id,
  detail: {
    mode: row.mode,
    to: row.target,
    namespaces: row.proposal.changes.map((change) => change.namespace),
    plan: row.planHash,
    message: row.message,
    ...more,
  },
});
