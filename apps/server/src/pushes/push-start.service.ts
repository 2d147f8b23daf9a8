import { Inject, Injectable } from '@nestjs/common';
import type { Contracts, Push, PushPlanBody } from '@sluice/protocol';
import { Feed } from '../feed/feed.ts';
import type { Input } from '../http/input.decorator.ts';
import { Once } from '../releases/once.ts';
import { PublishFreeze } from '../releases/publish-freeze.ts';
import { Approvals } from './approvals.ts';
import { PlanMemory } from './plan-memory.ts';
import { planSeenBy } from './plan-seen.ts';
import { PushAnswer } from './push-answer.read.ts';
import { PushBegin, recordOf } from './push-begin.ts';
import type { PushRequest } from './push-planner.ts';

type Asked = Pick<Input<Contracts['previewPush']>, 'params' | 'body' | 'caller'>;

/** Previews pushes and starts them: one transaction, one revision, whoever it is for. */
@Injectable()
export class PushStartService {
  readonly #feed: Feed;
  readonly #once: Once;
  readonly #freeze: PublishFreeze;
  readonly #begin: PushBegin;
  readonly #approvals: Approvals;
  readonly #plans: PlanMemory;
  readonly #answer: PushAnswer;

  constructor(
    @Inject(Feed) feed: Feed,
    @Inject(Once) once: Once,
    @Inject(PublishFreeze) freeze: PublishFreeze,
    @Inject(PushBegin) begin: PushBegin,
    @Inject(Approvals) approvals: Approvals,
    @Inject(PlanMemory) plans: PlanMemory,
    @Inject(PushAnswer) answer: PushAnswer,
  ) {
    this.#feed = feed;
    this.#once = once;
    this.#freeze = freeze;
    this.#begin = begin;
    this.#approvals = approvals;
    this.#plans = plans;
    this.#answer = answer;
  }

  async preview(asked: Asked): Promise<PushPlanBody> {
    const { plan, body } = await this.#begin.prepared(await this.#request(asked, false));
    this.#plans.keep(plan);
    return planSeenBy(asked.caller, asked.params.env, body);
  }

  start({ params, body, caller, idempotencyKey }: Input<Contracts['startPush']>): Promise<Push> {
    const once = { caller, key: idempotencyKey, request: { operation: 'startPush', params, body } };
    return this.#once.run<Push>(once, async (commit) => {
      this.#freeze.requireOpen(params);
      const request = await this.#request({ params, body, caller }, true);
      const prepared = await this.#begin.prepared(request);
      this.#begin.confirm(prepared, body.plan);
      await this.#approvals.require(params.env, [], body.emergency, prepared.hasNewScripts);
      if (body.twoPhase) await this.#begin.ask(request.place, prepared);
      const push = await commit(async (tx) => {
        const { revision } = await this.#feed.take(tx, params.env);
        const ready = await this.#begin.ready(tx, revision, request, prepared);
        if (ready !== prepared) this.#begin.confirm(ready, body.plan);
        const row = await this.#begin.write(tx, revision, request, ready, body);
        return { answer: await this.#answer.of(row, tx), record: recordOf(row, ready) };
      });
      this.#feed.committed(params.env);
      return push;
    });
  }

  #request({ params, body, caller }: Asked, isStart: boolean): Promise<PushRequest> {
    const place = { environment: params.env, app: params.app };
    const { changes, target, expiresInMs } = body;
    return this.#begin.request({ place, changes, target, expiresInMs, caller, isStart });
  }
}
