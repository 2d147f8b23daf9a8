import { Inject, Injectable } from '@nestjs/common';
import type { Contracts, ResponseOf } from '@sluice/protocol';
import { IsNull } from 'typeorm';
import type { AppEntity } from '../catalog/app.entity.ts';
import { CatalogRead } from '../catalog/catalog.read.ts';
import { Database } from '../database/database.ts';
import { Clock } from '../env/clock.ts';
import { NodeEntity } from '../fleet/fleet.entities.ts';
import { InstancesRead } from '../fleet/instances.read.ts';
import { NodeLease } from '../fleet/node-lease.ts';
import { type Caller, may } from '../http/caller.ts';
import { NamespaceEntity } from '../releases/namespace.entity.ts';
import { FirstStepsRead } from './first-steps.read.ts';
import { PushesRead } from './pushes.read.ts';

/** An environment at a glance, over the apps that the caller may see. */
@Injectable()
export class OverviewRead {
  readonly #database: Database;
  readonly #catalog: CatalogRead;
  readonly #instances: InstancesRead;
  readonly #pushes: PushesRead;
  readonly #node: NodeLease;
  readonly #firstSteps: FirstStepsRead;
  readonly #clock: Clock;

  constructor(
    @Inject(Database) database: Database,
    @Inject(CatalogRead) catalog: CatalogRead,
    @Inject(InstancesRead) instances: InstancesRead,
    @Inject(PushesRead) pushes: PushesRead,
    @Inject(NodeLease) node: NodeLease,
    @Inject(FirstStepsRead) firstSteps: FirstStepsRead,
    @Inject(Clock) clock: Clock,
  ) {
    this.#database = database;
    this.#catalog = catalog;
    this.#instances = instances;
    this.#pushes = pushes;
    this.#node = node;
    this.#firstSteps = firstSteps;
    this.#clock = clock;
  }

  async apps(environment: string, caller: Caller): Promise<ResponseOf<Contracts['listAppsOf']>> {
    await this.#catalog.requireEnvironment(environment);
    const namespaces = await this.#namespacesByApp(environment);
    const items = await Promise.all(
      (await this.#visible(environment, caller)).map(async (app) => {
        const counts = await this.#instances.counts({ environment, app: app.name });
        return {
          name: app.name,
          title: app.title,
          owner: app.owner,
          createdAt: new Date(app.createdAt).toISOString(),
          namespaceCount: namespaces.get(app.name) ?? 0,
          instancesOnline: counts.online,
          instancesOffline: counts.offline,
          instancesDiffering: counts.differing,
        };
      }),
    );
    return { items };
  }

  async overview(environment: string, caller: Caller): Promise<ResponseOf<Contracts['overview']>> {
    const { revision } = await this.#catalog.requireEnvironment(environment);
    const { items } = await this.apps(environment, caller);
    const sum = (of: (app: (typeof items)[number]) => number): number =>
      items.reduce((total, app) => total + of(app), 0);
    const visible = new Set(items.map((app) => app.name));
    const active = (await this.#pushes.active(environment)).filter((push) => visible.has(push.app));
    const nodes = await this.#database.read.find(NodeEntity, { order: { startedAt: 'ASC' } });
    return {
      apps: items.length,
      namespaces: sum((app) => app.namespaceCount),
      instancesOnline: sum((app) => app.instancesOnline),
      instancesOffline: sum((app) => app.instancesOffline),
      instancesDiffering: sum((app) => app.instancesDiffering),
      activePushes: active.map((push) => ({
        id: push.id,
        app: push.app,
        namespace: push.namespaces[0]!.name,
        mode: push.mode,
        state: push.state,
        holding: push.verdict.holding,
        targets: push.verdict.targets,
        createdBy: push.createdBy,
        createdAt: push.createdAt,
        message: push.message,
        ...(push.expiresAt !== undefined && { expiresAt: push.expiresAt }),
      })),
      firstSteps: await this.#firstSteps.of(environment, items),
      revision,
      nodes: nodes.map((node) => ({
        id: node.id,
        startedAt: new Date(node.startedAt).toISOString(),
        instances: node.instances,
        isThis: node.id === this.#node.id,
      })),
      at: new Date(this.#clock.now()).toISOString(),
    };
  }

  async #visible(environment: string, caller: Caller): Promise<AppEntity[]> {
    return (await this.#catalog.apps()).filter((app) =>
      may(caller, 'config:read', { environment, app: app.name }),
    );
  }

  async #namespacesByApp(environment: string): Promise<Map<string, number>> {
    const rows = await this.#database.read.find(NamespaceEntity, {
      where: { environment, deletedAt: IsNull() },
      select: { id: true, app: true },
    });
    return new Map([...Map.groupBy(rows, (row) => row.app)].map(([app, some]) => [app, some.length]));
  }
}
