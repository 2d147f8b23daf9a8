import { Inject, Injectable } from '@nestjs/common';
import type { AimedNamespace } from '@sluice/core';
import type { Contracts, ResponseOf } from '@sluice/protocol';
import { Database } from '../database/database.ts';
import type { Input } from '../http/input.decorator.ts';
import { ContentCheck } from '../releases/content/content-check.ts';
import { LinksService } from '../releases/links.service.ts';
import type { NamespaceEntity } from '../releases/namespace.entity.ts';
import { NamespaceFinder } from '../releases/namespace-finder.ts';
import { contentOf } from '../releases/releases.store.ts';
import { RollbackTargets } from '../releases/rollback-targets.ts';
import { FleetOf } from './fleet-of.ts';
import { Misfits } from './misfits.ts';
import { planBodyOf } from './plan-model.ts';
import { planSeenBy } from './plan-seen.ts';
import { PushRollbackPlans } from './push-rollback-plans.ts';

/** Going back to an older release of one namespace, before it is done: exactly who would change, layers and all. */
@Injectable()
export class RollbackPreview {
  readonly #database: Database;
  readonly #finder: NamespaceFinder;
  readonly #targets: RollbackTargets;
  readonly #check: ContentCheck;
  readonly #fleet: FleetOf;
  readonly #plans: PushRollbackPlans;
  readonly #misfits: Misfits;
  readonly #links: LinksService;

  constructor(
    @Inject(Database) database: Database,
    @Inject(NamespaceFinder) finder: NamespaceFinder,
    @Inject(RollbackTargets) targets: RollbackTargets,
    @Inject(ContentCheck) check: ContentCheck,
    @Inject(FleetOf) fleet: FleetOf,
    @Inject(PushRollbackPlans) plans: PushRollbackPlans,
    @Inject(Misfits) misfits: Misfits,
    @Inject(LinksService) links: LinksService,
  ) {
    this.#database = database;
    this.#finder = finder;
    this.#targets = targets;
    this.#check = check;
    this.#fleet = fleet;
    this.#plans = plans;
    this.#misfits = misfits;
    this.#links = links;
  }

  async preview({
    params,
    body,
    caller,
  }: Input<Contracts['previewRollback']>): Promise<ResponseOf<Contracts['previewRollback']>> {
    const place = { environment: params.env, app: params.app };
    const namespace = await this.#finder.everExisted(params);
    const { target } = await this.#targets.of(namespace, body.to);
    const content = contentOf(target);
    const shape = await this.#links.shapeOf(this.#database.read, namespace);
    this.#check.check(content, shape, { path: `release ${target.number}` });
    const { instances } = await this.#fleet.read(place);
    const planned = await this.#plans.of(
      this.#database.read,
      place,
      instances,
      [{ namespace: namespace.name, content }],
      undefined,
      namespace.deletedAt === null ? undefined : emptyOf(namespace),
    );
    const { plan, linked, standing } = planned;
    const warnings = this.#misfits.of({ ...planned, instances });
    const { revision } = standing.inForce;
    const whole = planBodyOf(plan, { revision, instances, linked, unknown: [], warnings });
    return { to: target.number, plan: planSeenBy(caller, params.env, whole) };
  }
}

/** A namespace that is deleted: nobody holds anything of it. */
const emptyOf = ({ id, name, kind }: NamespaceEntity): AimedNamespace => ({
  name,
  kind,
  globalId: id,
  layers: [],
});
