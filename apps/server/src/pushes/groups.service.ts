import { Inject, Injectable } from '@nestjs/common';
import { printSelector, SluiceError, selects } from '@sluice/core';
import type { Contracts, Group } from '@sluice/protocol';
import { type EntityManager, IsNull } from 'typeorm';
import { AuditLog } from '../audit/audit-log.ts';
import { CatalogRead } from '../catalog/catalog.read.ts';
import { Database } from '../database/database.ts';
import { isPostgres } from '../database/returning.ts';
import { isUniqueViolation } from '../database/unique-violation.ts';
import { Clock } from '../env/clock.ts';
import { InstancesRead } from '../fleet/instances.read.ts';
import type { Place } from '../fleet/place.ts';
import type { Input } from '../http/input.decorator.ts';
import { LayerEntity } from '../releases/layer.entity.ts';
import { LayersRead } from '../releases/layers.read.ts';
import { termsOf } from './aim.ts';
import { GroupEntity } from './group.entity.ts';
import { wrongState } from './refusals.ts';

/** Named label selectors of an app. */
@Injectable()
export class GroupsService {
  readonly #database: Database;
  readonly #audit: AuditLog;
  readonly #catalog: CatalogRead;
  readonly #clock: Clock;
  readonly #instances: InstancesRead;
  readonly #layers: LayersRead;

  constructor(
    @Inject(Database) database: Database,
    @Inject(AuditLog) audit: AuditLog,
    @Inject(CatalogRead) catalog: CatalogRead,
    @Inject(Clock) clock: Clock,
    @Inject(InstancesRead) instances: InstancesRead,
    @Inject(LayersRead) layers: LayersRead,
  ) {
    this.#database = database;
    this.#audit = audit;
    this.#catalog = catalog;
    this.#clock = clock;
    this.#instances = instances;
    this.#layers = layers;
  }

  async list({ params }: Input<Contracts['listGroups']>): Promise<{ items: Group[] }> {
    const place = { environment: params.env, app: params.app };
    await this.#catalog.requireApp(params.env, params.app);
    const rows = await this.#database.read.find(GroupEntity, { where: place, order: { name: 'ASC' } });
    return { items: await this.#described(place, rows) };
  }

  async create({ params, body, caller }: Input<Contracts['createGroup']>): Promise<Group> {
    const place = { environment: params.env, app: params.app };
    await this.#catalog.requireApp(params.env, params.app);
    const row: GroupEntity = {
      ...place,
      name: body.name,
      selector: printSelector(termsOf(body.selector, 'selector')),
      description: body.description,
      ordering: body.order,
      createdBy: caller.principal.name,
      createdAt: this.#clock.now(),
    };
    try {
      await this.#database.write(async (tx) => {
        await tx.insert(GroupEntity, row);
        await this.#audit.append(tx, caller, {
          action: 'group.create',
          ...place,
          target: row.name,
          detail: { selector: row.selector, order: row.ordering },
        });
      });
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      throw new SluiceError('already_exists', { what: { en: 'Group', zh: '分组' }, name: row.name });
    }
    return this.#one(place, row);
  }

  async change({ params, body, caller }: Input<Contracts['changeGroup']>): Promise<Group> {
    const place = { environment: params.env, app: params.app };
    await this.#catalog.requireApp(params.env, params.app);
    const selector =
      body.selector === undefined ? undefined : printSelector(termsOf(body.selector, 'selector'));
    const changed = await this.#database.write(async (tx) => {
      const row = await this.#lock(tx, place, params.group);
      const next = {
        ...row,
        ...(selector !== undefined && { selector }),
        ...(body.description !== undefined && { description: body.description }),
        ...(body.order !== undefined && { ordering: body.order }),
      };
      if (next.selector !== row.selector || next.ordering !== row.ordering) await refuseInUse(tx, row);
      const { description, ordering } = next;
      await tx.update(GroupEntity, keyOf(row), { selector: next.selector, description, ordering });
      await this.#audit.append(tx, caller, {
        action: 'group.change',
        ...place,
        target: row.name,
        detail: {
          before: { selector: row.selector, description: row.description, order: row.ordering },
          after: { selector: next.selector, description, order: ordering },
        },
      });
      return next;
    });
    return this.#one(place, changed);
  }

  async delete({ params, caller }: Input<Contracts['deleteGroup']>): Promise<void> {
    const place = { environment: params.env, app: params.app };
    await this.#catalog.requireApp(params.env, params.app);
    await this.#database.write(async (tx) => {
      const row = await this.#lock(tx, place, params.group);
      await refuseInUse(tx, row);
      await tx.delete(GroupEntity, keyOf(row));
      await this.#audit.append(tx, caller, {
        action: 'group.delete',
        ...place,
        target: row.name,
        detail: { selector: row.selector },
      });
    });
  }

  async #lock(tx: EntityManager, place: Place, name: string): Promise<GroupEntity> {
    const lock = isPostgres(tx) ? { lock: { mode: 'pessimistic_write' as const } } : {};
    const row = await tx.findOne(GroupEntity, { where: { ...place, name }, ...lock });
    if (!row) throw new SluiceError('not_found', { what: { en: 'group', zh: '分组' } });
    return row;
  }

  async #one(place: Place, row: GroupEntity): Promise<Group> {
    return (await this.#described(place, [row]))[0]!;
  }

  async #described(place: Place, rows: readonly GroupEntity[]): Promise<Group[]> {
    const online = (await this.#instances.of(place)).filter((instance) => instance.online);
    const { namespaces } = await this.#layers.inForce(place);
    return rows.map((row) => {
      const all = termsOf(row.selector, 'selector');
      return {
        name: row.name,
        selector: row.selector,
        description: row.description,
        order: row.ordering,
        online: online.filter((instance) => selects({ who: 'labels', all }, instance)).length,
        namespaces: namespaces
          .filter(({ layers }) => layers.some((layer) => layer.group === row.name))
          .map((namespace) => namespace.name),
        createdBy: row.createdBy,
        createdAt: new Date(row.createdAt).toISOString(),
      };
    });
  }
}

const keyOf = ({ environment, app, name }: GroupEntity) => ({ environment, app, name });

/** A layer that is in force was laid for those whom the group picked then. */
async function refuseInUse(tx: EntityManager, row: GroupEntity): Promise<void> {
  const { environment, app, name } = row;
  const layer = await tx.findOneBy(LayerEntity, {
    environment,
    app,
    groupName: name,
    endedRevision: IsNull(),
  });
  if (!layer) return;
  throw wrongState(
    {
      en: `push ${layer.pushId} is in force for group "${name}"; abandon it first`,
      zh: `推送 ${layer.pushId} 正在分组“${name}”上生效；请先放弃它`,
    },
    { push: layer.pushId },
  );
}
