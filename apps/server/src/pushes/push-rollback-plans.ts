import { Inject, Injectable } from '@nestjs/common';
import {
  type AimedNamespace,
  applyProposal,
  type Content,
  diffContent,
  type ErrorText,
  type PlannedInstance,
  type PushPlan,
  planPush,
} from '@sluice/core';
import type { EntityManager } from 'typeorm';
import { sha256 } from '../env/sha256.ts';
import type { Place } from '../fleet/place.ts';
import { baseMoved } from '../releases/base-moved.ts';
import { ContentCheck } from '../releases/content/content-check.ts';
import { LinksService } from '../releases/links.service.ts';
import { NamespaceEntity } from '../releases/namespace.entity.ts';
import { namespacesStore } from '../releases/namespaces.store.ts';
import type { PushEntity } from '../releases/push.entity.ts';
import { namespacesOf } from '../releases/pushes.store.ts';
import { keysOf } from '../releases/release-writer.ts';
import { contentOf, releasesStore } from '../releases/releases.store.ts';
import { type LinkedPart, LinkedPlans } from './linked-plans.ts';
import { PushPlanner } from './push-planner.ts';
import { refusalError, wrongState } from './refusals.ts';
import type { Standing } from './standing.ts';

/** One namespace of a push with the content that was live before it. */
export interface Undone {
  readonly namespace: string;
  readonly namespaceId: string;
  readonly content: Content;
  readonly restored: number;
  readonly keys: readonly string[];
}

/** An old content for everyone again: what is there before and after, and whose effective values change. */
export interface RollbackPlan {
  readonly standing: Standing;
  readonly after: readonly AimedNamespace[];
  /** With those whom it reaches by links. */
  readonly plan: PushPlan;
  readonly linked: readonly LinkedPart[];
}

/** What came by a link isn't undone where it came to. */
const atHome: ErrorText = {
  en: 'it brought what was released of a public namespace; roll that back where it is at home',
  zh: '它带来的是公共命名空间的发布内容；请在其所属应用中回滚',
};

/** Works out what a rollback would do, for those who look at it and for those who carry it out. Nothing is written. */
@Injectable()
export class PushRollbackPlans {
  readonly #check: ContentCheck;
  readonly #planner: PushPlanner;
  readonly #linked: LinkedPlans;
  readonly #links: LinksService;

  constructor(
    @Inject(ContentCheck) check: ContentCheck,
    @Inject(PushPlanner) planner: PushPlanner,
    @Inject(LinkedPlans) linked: LinkedPlans,
    @Inject(LinksService) links: LinksService,
  ) {
    this.#linked = linked;
    this.#links = links;
    this.#check = check;
    this.#planner = planner;
  }

  /** `head`: what it takes; absent while it is only looked at. `revived`: was deleted, and would be there again. */
  async of(
    manager: EntityManager,
    place: Place,
    instances: readonly PlannedInstance[],
    contents: readonly { readonly namespace: string; readonly content: Content }[],
    head?: { readonly pushId: string; readonly revision: number },
    revived?: AimedNamespace,
  ): Promise<RollbackPlan> {
    const known = await this.#planner.standing(manager, place);
    const standing = revived ? { ...known, namespaces: [...known.namespaces, revived] } : known;
    const changes = contents.map(({ namespace, content }) => ({ namespace, content }));
    const { pushId, revision } = head ?? { pushId: 'preview', revision: standing.inForce.revision + 1 };
    const proposal = { act: 'rollback', mode: 'global', grays: 'keep', pushId, revision, changes } as const;
    const names = changes.map((change) => change.namespace);
    const after = applyProposal(standing.namespaces, proposal, sha256);
    if (!after.ok) throw refusalError(after.refusal, names);
    const plan = planPush(instances, standing.namespaces, proposal, sha256);
    if (!plan.ok) throw refusalError(plan.refusal, names);
    const own = { standing, after: after.value, plan: plan.value };
    return { ...own, ...(await this.#linked.widen(manager, place, own)) };
  }

  /** What its releases took the place of. Somebody else's later release is not undone in passing. */
  async undone(
    manager: EntityManager,
    of: PushEntity,
    { isLocked }: { readonly isLocked: boolean },
  ): Promise<readonly Undone[]> {
    if (of.through) throw wrongState(atHome);
    const rows = (await namespacesOf(manager, [of.id])).get(of.id) ?? [];
    const undone: Undone[] = [];
    for (const { namespaceId, namespace, release } of rows) {
      if (release === null) continue;
      const live = isLocked
        ? await namespacesStore.lock(manager, namespaceId)
        : await manager.findOneByOrFail(NamespaceEntity, { id: namespaceId });
      const made = await releasesStore.byNumber(manager, namespaceId, release);
      if (!made || live.liveReleaseId !== made.id)
        throw await baseMoved(manager, live, { base: made?.revision ?? 0 });
      const before = await releasesStore.byNumber(manager, namespaceId, release - 1);
      if (!before || before.kind === 'delete' || contentOf(before).kind !== live.kind)
        throw wrongState({
          en: `before this push nothing was live of "${namespace}"; delete it, or release another content`,
          zh: `该推送之前“${namespace}”没有线上内容；请删除它，或发布其他内容`,
        });
      const content = contentOf(before);
      const shape = await this.#links.shapeOf(manager, live);
      this.#check.check(content, shape, { path: `release ${before.number}`, namespace });
      const keys = keysOf(diffContent(contentOf(made), content));
      undone.push({ namespace, namespaceId, content, restored: before.number, keys });
    }
    return undone;
  }
}
