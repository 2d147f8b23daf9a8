import { Inject, Injectable } from '@nestjs/common';
import { In, MoreThan } from 'typeorm';
import { Database } from '../../database/database.ts';
import { Clock } from '../../env/clock.ts';
import { PushEntity, PushNamespaceEntity } from '../../releases/push.entity.ts';
import type { Finding } from './finding.ts';

/** A push that has been so for longer is nobody's news any more. */
const newsMs = 7 * 86_400_000;
/** One that was taken back by itself asks for nobody; so long it is told of. */
const takenBackMs = 15 * 60_000;

/** Pushes that came to no good end, as long as no newer one of the same namespace makes them past. */
@Injectable()
export class PushFindings {
  readonly #database: Database;
  readonly #clock: Clock;

  constructor(@Inject(Database) database: Database, @Inject(Clock) clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  async look(): Promise<Finding[]> {
    const rows = [...(await this.#takenBack()), ...(await this.#standing())];
    if (rows.length === 0) return [];
    const names = await this.#database.read.findBy(PushNamespaceEntity, {
      pushId: In(rows.map(({ id }) => id)),
    });
    const namespacesOf = new Map(
      [...Map.groupBy(names, ({ pushId }) => pushId)].map(([id, of]) => [
        id,
        of.map((each) => each.namespace),
      ]),
    );
    const past = await this.#overtaken(rows, names);
    return rows
      .filter(({ id }) => !past.has(id))
      .map((row) => findingOf(row, (namespacesOf.get(row.id) ?? []).join(', ')));
  }

  #standing(): Promise<PushEntity[]> {
    return this.#database.read.find(PushEntity, {
      where: { state: In(['diverged', 'halted']), createdAt: MoreThan(this.#clock.now() - newsMs) },
      order: { began: 'DESC' },
      take: 200,
    });
  }

  /** Grays that a guardrail has just taken back. */
  async #takenBack(): Promise<PushEntity[]> {
    const now = this.#clock.now();
    const rows = await this.#database.read.find(PushEntity, {
      where: { state: 'abandoned', mode: 'gray', createdAt: MoreThan(now - newsMs) },
      order: { began: 'DESC' },
      take: 50,
    });
    return rows.filter(
      ({ stateData }) =>
        stateData.state === 'abandoned' &&
        stateData.reason === 'guardrail' &&
        stateData.at > now - takenBackMs,
    );
  }

  /** Global pushes whose namespaces were all pushed to everybody again since. */
  async #overtaken(rows: readonly PushEntity[], names: readonly PushNamespaceEntity[]): Promise<Set<string>> {
    const ids = [...new Set(names.map(({ namespaceId }) => namespaceId))];
    const newest = await this.#database.read
      .createQueryBuilder(PushNamespaceEntity, 'n')
      .innerJoin(PushEntity, 'p', 'p.id = n.pushId')
      .select('n.namespaceId', 'namespaceId')
      .addSelect('MAX(p.revision)', 'revision')
      .where({ namespaceId: In(ids) })
      .andWhere("p.mode = 'global'")
      .groupBy('n.namespaceId')
      .getRawMany<{ namespaceId: string; revision: string | number }>();
    const newestOf = new Map(newest.map((each) => [each.namespaceId, Number(each.revision)]));
    const past = rows.filter(
      (row) =>
        row.mode === 'global' &&
        names
          .filter(({ pushId }) => pushId === row.id)
          .every(({ namespaceId }) => (newestOf.get(namespaceId) ?? 0) > row.revision),
    );
    return new Set(past.map(({ id }) => id));
  }
}

function findingOf(row: PushEntity, namespaces: string): Finding {
  const about = {
    environment: row.environment,
    app: row.app,
    subject: row.id,
    link: { to: 'push' as const, pushId: row.id },
  };
  const who = row.createdBy;
  if (row.state === 'abandoned') {
    const because = row.ended?.because ?? { en: '', zh: '' };
    return {
      ...about,
      condition: 'pushHalted',
      text: {
        en: `The gray push of ${namespaces} by ${who} was halted and taken back by its guardrail: ${because.en}. Its members hold what they had before`,
        zh: `${who} 对 ${namespaces} 的灰度推送被护栏叫停并收回：${because.zh}。成员已恢复之前的值`,
      },
    };
  }
  if (row.state === 'halted') {
    const because = row.stateData.state === 'halted' ? row.stateData.because : { en: '', zh: '' };
    return {
      ...about,
      condition: 'pushHalted',
      text: {
        en: `The gray push of ${namespaces} by ${who} was halted: ${because.en}. Nobody new gets it; abandon it to take it back`,
        zh: `${who} 对 ${namespaces} 的灰度推送被叫停：${because.zh}。不会再扩大范围；放弃它即可收回`,
      },
    };
  }
  return {
    ...about,
    condition: 'pushDiverged',
    text: {
      en: `The push of ${namespaces} by ${who} did not reach everybody. Its page says who and why`,
      zh: `${who} 对 ${namespaces} 的推送没有到达所有目标。推送页面写明是谁、为什么`,
    },
  };
}
