import { Inject, Injectable } from '@nestjs/common';
import type { Contracts, ResponseOf } from '@sluice/protocol';
import { In, IsNull, MoreThan, Not } from 'typeorm';
import { Database } from '../database/database.ts';
import { NamespaceEntity } from '../releases/namespace.entity.ts';
import { PushEntity } from '../releases/push.entity.ts';

type FirstSteps = ResponseOf<Contracts['overview']>['firstSteps'];

/** What was ever done in an environment, so that the steps of a newcomer tick themselves. */
@Injectable()
export class FirstStepsRead {
  readonly #database: Database;

  constructor(@Inject(Database) database: Database) {
    this.#database = database;
  }

  async of(
    environment: string,
    apps: readonly {
      readonly name: string;
      readonly instancesOnline: number;
      readonly instancesOffline: number;
    }[],
  ): Promise<FirstSteps> {
    const where = { environment, app: In(apps.map(({ name }) => name)) };
    const pushes = (more: object): Promise<boolean> =>
      this.#database.read.existsBy(PushEntity, { ...where, ...more });
    const hasInstance = apps.some((app) => app.instancesOnline + app.instancesOffline > 0);
    const [value, gray, rule] = await Promise.all([
      pushes({ lastAppliedMs: Not(IsNull()) }),
      pushes({ mode: Not('global'), began: MoreThan(0) }),
      this.#database.read.existsBy(NamespaceEntity, {
        ...where,
        kind: 'rules',
        liveReleaseId: Not(IsNull()),
        itemCount: MoreThan(0),
        deletedAt: IsNull(),
      }),
    ]);
    return { app: apps.length > 0, instance: hasInstance || value, value, gray, rule };
  }
}
