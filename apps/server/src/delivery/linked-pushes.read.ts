import { Inject, Injectable } from '@nestjs/common';
import type { Push } from '@sluice/protocol';
import { In } from 'typeorm';
import { Database } from '../database/database.ts';
import { type Caller, may } from '../http/caller.ts';
import { NamespaceEntity } from '../releases/namespace.entity.ts';
import { PushEntity } from '../releases/push.entity.ts';
import { namespacesOf } from '../releases/pushes.store.ts';
import { PushesRead } from './pushes.read.ts';

const moving: readonly Push['state'][] = ['running', 'verifying', 'promoting'];
const arrived: readonly Push['state'][] = ['converged', 'promoted'];

/** How the pushes that one went on to are doing, by their states alone. */
function countsOf(states: readonly Push['state'][]): {
  [of in 'apps' | 'open' | 'converged' | 'diverged']: number;
} {
  const open = states.filter((state) => moving.includes(state)).length;
  const converged = states.filter((state) => arrived.includes(state)).length;
  return { apps: states.length, open, converged, diverged: states.length - open - converged };
}

/** What a release of public namespaces is to other apps: from where a push came to an app, and where one went on to. */
@Injectable()
export class LinkedPushesRead {
  readonly #database: Database;
  readonly #pushes: PushesRead;

  constructor(@Inject(Database) database: Database, @Inject(PushesRead) pushes: PushesRead) {
    this.#database = database;
    this.#pushes = pushes;
  }

  /** Pushes that came by a link say from where. */
  async cameFrom(pushes: readonly Push[]): Promise<Push[]> {
    const { read } = this.#database;
    const rows = await read.find(PushEntity, {
      where: { id: In(pushes.map((push) => push.id)) },
      select: { id: true, through: true },
    });
    const homes = rows.flatMap(({ through }) => through ?? []);
    if (homes.length === 0) return [...pushes];
    const origins = new Map(
      (await read.find(PushEntity, { where: { id: In(homes) }, select: { id: true, app: true } })).map(
        ({ id, app }) => [id, app],
      ),
    );
    const released = await namespacesOf(read, homes);
    const all = [...released.values()].flat();
    const open = await read.findBy(NamespaceEntity, {
      id: In(all.map((each) => each.namespaceId)),
      isPublic: true,
    });
    const isPublic = new Set(open.map(({ id }) => id));
    const throughOf = new Map(rows.map(({ id, through }) => [id, through]));
    return pushes.map((push) => {
      const home = throughOf.get(push.id) ?? '';
      const app = origins.get(home);
      if (app === undefined) return push;
      const names = (released.get(home) ?? [])
        .filter(({ namespaceId }) => isPublic.has(namespaceId))
        .map(({ namespace }) => namespace);
      return { ...push, through: { push: home, app, namespaces: names } };
    });
  }

  /** Pushes as they stand in a list: from where they came, and how many of those that link them have it. */
  async listed(pushes: readonly Push[]): Promise<Push[]> {
    const went = await this.#database.read.find(PushEntity, {
      where: { through: In(pushes.map((push) => push.id)) },
      select: { id: true, through: true, state: true },
    });
    const statesOf = Map.groupBy(went, ({ through }) => through);
    return (await this.cameFrom(pushes)).map((push) => {
      const states = statesOf.get(push.id)?.map(({ state }) => state);
      return states ? { ...push, linked: countsOf(states) } : push;
    });
  }

  /** One push with all that it is to others: by number, and by name where the caller may see them. */
  async whole(push: Push, caller: Caller): Promise<Push> {
    const [told] = await this.cameFrom([push]);
    const rows = await this.#database.read.find(PushEntity, {
      where: { through: push.id, environment: push.environment },
      select: { id: true },
    });
    if (rows.length === 0) return told!;
    const linked = await this.#pushes.byIds(rows.map(({ id }) => id));
    const seen = linked
      .filter(({ environment, app }) => may(caller, 'config:read', { environment, app }))
      .sort((a, b) => (a.app < b.app ? -1 : 1));
    const sum = (of: 'holding' | 'targets'): number =>
      linked.reduce((all, each) => all + each.verdict[of], 0);
    return {
      ...told!,
      linked: {
        ...countsOf(linked.map(({ state }) => state)),
        holding: sum('holding'),
        targets: sum('targets'),
        pushes: seen.map(({ id, app, namespaces, state, verdict }) => ({
          push: id,
          app,
          namespaces: namespaces.map(({ name }) => name),
          state,
          verdict,
        })),
      },
    };
  }
}
