import { Inject, Injectable } from '@nestjs/common';
import { type PlannedInstance, type PushEvent, type PushPlan, planPush } from '@sluice/core';
import type { Contracts, PushActPlan } from '@sluice/protocol';
import { Database } from '../database/database.ts';
import { Clock } from '../env/clock.ts';
import { sha256 } from '../env/sha256.ts';
import type { Place } from '../fleet/place.ts';
import type { Input } from '../http/input.decorator.ts';
import type { PushEntity } from '../releases/push.entity.ts';
import { FleetOf } from './fleet-of.ts';
import { type GrayAct, type GrayPlan, GrayPlans } from './gray-plans.ts';
import { Misfits } from './misfits.ts';
import { PlanMemory } from './plan-memory.ts';
import { type PlanFacts, planBodyOf } from './plan-model.ts';
import { planSeenBy } from './plan-seen.ts';
import { PushRollbackPlans, type RollbackPlan } from './push-rollback-plans.ts';
import { isForEveryone, moved, requirePush } from './push-rows.ts';
import { otherStep, wrongState } from './refusals.ts';
import { StepHealth } from './step-health.ts';

type Asked = Input<Contracts['previewPushAct']>['body'];

/** What people may do to a push that is on its way, before they do it: exactly who would change, and how. */
@Injectable()
export class PushActPreview {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #fleet: FleetOf;
  readonly #grays: GrayPlans;
  readonly #rollbacks: PushRollbackPlans;
  readonly #memory: PlanMemory;
  readonly #misfits: Misfits;
  readonly #health: StepHealth;

  constructor(
    @Inject(Database) database: Database,
    @Inject(Clock) clock: Clock,
    @Inject(FleetOf) fleet: FleetOf,
    @Inject(GrayPlans) grays: GrayPlans,
    @Inject(PushRollbackPlans) rollbacks: PushRollbackPlans,
    @Inject(PlanMemory) memory: PlanMemory,
    @Inject(Misfits) misfits: Misfits,
    @Inject(StepHealth) health: StepHealth,
  ) {
    this.#database = database;
    this.#clock = clock;
    this.#fleet = fleet;
    this.#grays = grays;
    this.#rollbacks = rollbacks;
    this.#memory = memory;
    this.#misfits = misfits;
    this.#health = health;
  }

  async preview({ params, body, caller }: Input<Contracts['previewPushAct']>): Promise<PushActPlan> {
    const place = { environment: params.env, app: params.app };
    const row = await requirePush(this.#database.read, place, params.push);
    const { instances } = await this.#fleet.read(place);
    const { plan, revision, linked = [], warnings = [] } = await this.#plan(row, instances, body);
    this.#memory.keep(plan);
    const whole = planBodyOf(plan, { revision, instances, linked, unknown: [], warnings });
    return { ...planSeenBy(caller, params.env, whole), ...this.#healthFor(body.act, row) };
  }

  /** Whoever lets more instances have it should know how those do that have it already. */
  #healthFor(act: Asked['act'], row: PushEntity): Pick<PushActPlan, 'health'> {
    const now = act === 'advance' || act === 'promote' ? this.#health.of(row) : undefined;
    if (!now) return {};
    const { health, isWorse, sinceMs, why } = now;
    const since = new Date(sinceMs).toISOString();
    return { health: { health, isWorse, since, ...(why && { why }) } };
  }

  /** The same of what no instance sees yet: the click for a step that is not over, say. */
  async confirm(row: PushEntity, asked: Asked, hash: string | undefined): Promise<void> {
    if (hash === undefined) return;
    const { instances } = await this.#fleet.read(placeOf(row));
    const { plan, revision } = await this.#plan(row, instances, asked);
    this.#memory.confirm(hash, plan, { revision, instances, unknown: [], warnings: [] });
  }

  async #plan(row: PushEntity, instances: readonly PlannedInstance[], body: Asked): Promise<Told> {
    switch (body.act) {
      case 'advance': {
        const step = nextStep(row, body.step);
        return step === undefined ? nobody(row) : this.#gray(row, instances, { act: 'step', step });
      }
      case 'promote': {
        this.#mayBe(row, { event: 'promote', now: this.#clock.now() });
        const { choices = {}, groupsWin } = body;
        return this.#gray(row, instances, { act: 'promote', choices, groupsWin } as GrayAct);
      }
      case 'abandon':
        return this.#abandon(row, instances);
      case 'rollback': {
        if (!isForEveryone(row)) return this.#abandon(row, instances);
        const { read } = this.#database;
        const undone = await this.#rollbacks.undone(read, row, { isLocked: false });
        const planned = await this.#rollbacks.of(read, placeOf(row), instances, undone);
        return this.#told(planned, instances);
      }
    }
  }

  async #abandon(row: PushEntity, instances: readonly PlannedInstance[]): Promise<Told> {
    this.#mayBe(row, { event: 'abandon', now: this.#clock.now(), reason: 'asked' });
    if (row.state === 'draft' || row.state === 'planned') return nobody(row);
    return this.#gray(row, instances, { act: 'abandon' });
  }

  async #gray(row: PushEntity, instances: readonly PlannedInstance[], act: GrayAct): Promise<Told> {
    return this.#told(await this.#grays.of(this.#database.read, row, instances, act), instances);
  }

  #told(planned: GrayPlan | RollbackPlan, instances: readonly PlannedInstance[]): Told {
    const { plan, standing, linked } = planned;
    const warnings = this.#misfits.of({ ...planned, instances });
    return { plan, revision: standing.inForce.revision, linked, warnings };
  }

  #mayBe(row: PushEntity, event: PushEvent): void {
    moved(row.course, row.stateData, event);
  }
}

const placeOf = ({ environment, app }: PushEntity): Place => ({ environment, app });

interface Told extends Partial<Pick<PlanFacts, 'linked' | 'warnings'>> {
  readonly plan: PushPlan;
  readonly revision: number;
}

/** The step after the one that it is in, whatever its gate waits for; undefined after the last. */
function nextStep({ course, stateData }: PushEntity, step: number): number | undefined {
  if (course.mode !== 'gray' || stateData.state !== 'running' || stateData.step !== step)
    throw wrongState(otherStep(step));
  return step + 1 < course.steps.length ? step + 1 : undefined;
}

/** Nothing that any instance sees. */
function nobody({ id: pushId, revision }: PushEntity): Told {
  const proposal = { act: 'push', mode: 'global', changes: [], grays: 'keep', pushId, revision } as const;
  const plan = planPush([], [], proposal, sha256);
  if (!plan.ok) throw new TypeError('a plan of nothing was refused');
  return { plan: plan.value, revision };
}
