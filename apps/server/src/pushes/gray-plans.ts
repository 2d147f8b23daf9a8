import { Inject, Injectable } from '@nestjs/common';
import {
  type AimedNamespace,
  type Audience,
  applyProposal,
  type Cohort,
  type Content,
  type GrayProposal,
  type MergeChoice,
  type PlannedInstance,
  type PushPlan,
  planPush,
} from '@sluice/core';
import { type EntityManager, In } from 'typeorm';
import { sha256 } from '../env/sha256.ts';
import { ContentCheck } from '../releases/content/content-check.ts';
import type { PushEntity } from '../releases/push.entity.ts';
import { ReleaseEntity } from '../releases/release.entity.ts';
import { contentOf } from '../releases/releases.store.ts';
import { aimOf } from './aim.ts';
import { type LinkedPart, LinkedPlans } from './linked-plans.ts';
import { CohortEntity } from './push-parts.entity.ts';
import { PushPlanner } from './push-planner.ts';
import { refusalError } from './refusals.ts';
import type { Standing } from './standing.ts';
import { shapeOf } from './wanted-changes.ts';

/** What may become of the layers of a push. */
export type GrayAct =
  | { readonly act: 'step'; readonly step: number }
  | { readonly act: 'reaim'; readonly audience: Audience; readonly cohort?: Cohort | undefined }
  /** `isOver`: its time has run out; its layers are still there to be taken away. */
  | { readonly act: 'abandon'; readonly isOver?: boolean }
  | {
      readonly act: 'promote';
      readonly choices: Readonly<Record<string, Readonly<Record<string, MergeChoice>>>>;
      readonly groupsWin: boolean;
    };

/** What an act comes to: the layers before and after, and whose effective values change. */
export interface GrayPlan {
  readonly standing: Standing;
  readonly after: readonly AimedNamespace[];
  /** With those whom it reaches by links. */
  readonly plan: PushPlan;
  readonly linked: readonly LinkedPart[];
  /** Where its instances are chosen once and kept. */
  readonly cohort?: Cohort | undefined;
}

/** Works out what becomes of a push, for those who look at it and for those who carry it out. Nothing is written. */
@Injectable()
export class GrayPlans {
  readonly #planner: PushPlanner;
  readonly #check: ContentCheck;
  readonly #linked: LinkedPlans;

  constructor(
    @Inject(PushPlanner) planner: PushPlanner,
    @Inject(ContentCheck) check: ContentCheck,
    @Inject(LinkedPlans) linked: LinkedPlans,
  ) {
    this.#linked = linked;
    this.#planner = planner;
    this.#check = check;
  }

  /** `revision`: the one that it takes; absent while it is only looked at. */
  async of(
    manager: EntityManager,
    row: PushEntity,
    instances: readonly PlannedInstance[],
    act: GrayAct,
    revision?: number,
  ): Promise<GrayPlan> {
    const place = { environment: row.environment, app: row.app };
    const isOver = act.act === 'abandon' && act.isOver === true;
    const standing = await this.#planner.standing(manager, place, isOver ? row.id : undefined);
    const head = { pushId: row.id, revision: revision ?? standing.inForce.revision + 1 };
    const { proposal, cohort } = await this.#proposal(manager, row, instances, head, act);
    const names = standing.namespaces.map((each) => each.name);
    const applied = applyProposal(standing.namespaces, proposal, sha256);
    if (!applied.ok) throw refusalError(applied.refusal, names);
    const planned = planPush(instances, standing.namespaces, proposal, sha256);
    if (!planned.ok) throw refusalError(planned.refusal, names);
    if (act.act === 'promote') this.#checkMerged(standing, applied.value);
    const own = { standing, after: applied.value, plan: planned.value };
    const { plan, linked } = await this.#linked.widen(manager, place, own);
    return { ...own, plan, linked, cohort };
  }

  async cohortOf(manager: EntityManager, pushId: string): Promise<Cohort | undefined> {
    return (await manager.findOneBy(CohortEntity, { pushId }))?.data;
  }

  async #proposal(
    manager: EntityManager,
    row: PushEntity,
    instances: readonly PlannedInstance[],
    head: Pick<GrayProposal, 'pushId' | 'revision'>,
    act: GrayAct,
  ): Promise<{ readonly proposal: GrayProposal; readonly cohort?: Cohort | undefined }> {
    switch (act.act) {
      case 'step': {
        if (row.target.mode !== 'gray') throw new TypeError('only a gray has steps');
        const before = await this.cohortOf(manager, row.id);
        const draw = { seed: row.proposal.seed ?? row.id, index: act.step, ...(before && { before }) };
        const { audience, cohort } = aimOf(row.target, draw, instances);
        return { proposal: { ...head, act: 'step', audience }, cohort };
      }
      case 'reaim':
        return { proposal: { ...head, act: 'step', audience: act.audience }, cohort: act.cohort };
      case 'abandon':
        return { proposal: { ...head, act: 'abandon' } };
      case 'promote':
        return { proposal: { ...head, ...act, started: await this.#started(manager, row) } };
    }
  }

  /** Two changes that are sound alone may not be sound together. */
  #checkMerged(standing: Standing, after: readonly AimedNamespace[]): void {
    for (const [index, { layers }] of after.entries()) {
      const global = layers.find((layer) => layer.id === standing.namespaces[index]!.globalId);
      if (!global || standing.namespaces[index]!.layers.includes(global)) continue;
      const namespace = standing.inForce.namespaces[index]!;
      this.#check.check(global.value as Content, shapeOf(namespace), {
        path: namespace.name,
        namespace: namespace.name,
      });
    }
  }

  /** What was global of each namespace when it began. */
  async #started(
    manager: EntityManager,
    { proposal }: PushEntity,
  ): Promise<Record<string, Content | undefined>> {
    const ids = proposal.changes.flatMap((change) => change.startedFrom ?? []);
    const rows = new Map(
      (await manager.findBy(ReleaseEntity, { id: In(ids) })).map((row) => [row.id, row] as const),
    );
    return Object.fromEntries(
      proposal.changes.map(({ namespace, startedFrom }) => {
        const release = rows.get(startedFrom ?? '');
        return [namespace, release && contentOf(release)];
      }),
    );
  }
}
