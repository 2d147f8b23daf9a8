import { Injectable } from '@nestjs/common';
import {
  type ErrorText,
  type PlanDifference,
  type PushPlan,
  planDifference,
  SluiceError,
} from '@sluice/core';
import type { PushPlanBody } from '@sluice/protocol';
import { type PlanFacts, planBodyOf } from './plan-model.ts';
import { ownPart } from './plan-seen.ts';

const mostPlans = 100;
/** Over all of them: instances that they name. */
const mostTargets = 200_000;

const some: ErrorText = { en: 'some', zh: '若干' };

/** Of other apps, named with a tab, the number speaks: who confirms may not be allowed to see them. */
function ownOf({ joined, left, changed }: PlanDifference): PlanDifference {
  const own = (ids: readonly string[]) => ids.filter((id) => !id.includes('\t'));
  return { joined: own(joined), left: own(left), changed: own(changed) };
}

/** Plans that somebody looked at lately on this node, so that a confirmation that comes late is told who moved. */
@Injectable()
export class PlanMemory {
  /** Oldest first. */
  readonly #plans = new Map<string, PushPlan>();
  #targets = 0;

  keep(plan: PushPlan): void {
    this.#forget(plan.hash);
    this.#plans.set(plan.hash, plan);
    this.#targets += plan.targets.length;
    for (const hash of this.#plans.keys()) {
      if (this.#plans.size <= mostPlans && this.#targets <= mostTargets) break;
      this.#forget(hash);
    }
  }

  /** Nobody is moved but those who were looked at; `hash` is absent where nobody looked. */
  confirm(hash: string | undefined, now: PushPlan, facts: PlanFacts): void {
    if (hash !== undefined && hash !== now.hash) throw this.moved(hash, now, planBodyOf(now, facts));
  }

  /** The 412 of a plan that moved since it was looked at: who, where that is still known, and the plan as it is. */
  moved(hash: string, now: PushPlan, body: PushPlanBody): SluiceError {
    const before = this.#plans.get(hash);
    const all = before && planDifference(before, now);
    const difference = all && ownOf(all);
    const count = (ids: readonly string[] | undefined) => ids?.length ?? some;
    return new SluiceError(
      'plan_moved',
      {
        joined: count(all?.joined),
        left: count(all?.left),
        changed: count(all?.changed),
      },
      { details: { ...difference, plan: ownPart(body) } },
    );
  }

  #forget(hash: string): void {
    const plan = this.#plans.get(hash);
    if (!plan) return;
    this.#targets -= plan.targets.length;
    this.#plans.delete(hash);
  }
}
