import { Inject, Injectable } from '@nestjs/common';
import { Database } from '../../database/database.ts';
import { maxRepairs } from '../../delivery/dispatcher.ts';
import { Clock } from '../../env/clock.ts';
import type { Connection } from '../../fleet/connection.ts';
import { InstanceEntity } from '../../fleet/fleet.entities.ts';
import { Fleet } from '../../fleet/fleet.ts';
import { type Place, placeKey } from '../../fleet/place.ts';
import { type Finding, percent } from './finding.ts';

/** Online instances of so long ago count as those that should be there. */
const rememberedMs = 600_000;
/** Below so many, one that is restarted is a large share. */
const fewInstances = 2;

/** `atMs` on the steady clock. */
interface Sample {
  readonly atMs: number;
  readonly online: number;
}

/** What is wrong with instances: those of this node one by one, and of each app how many are left. */
@Injectable()
export class FleetFindings {
  readonly #database: Database;
  readonly #fleet: Fleet;
  readonly #clock: Clock;
  readonly #online = new Map<string, { readonly place: Place; samples: Sample[] }>();

  constructor(
    @Inject(Database) database: Database,
    @Inject(Fleet) fleet: Fleet,
    @Inject(Clock) clock: Clock,
  ) {
    this.#database = database;
    this.#fleet = fleet;
    this.#clock = clock;
  }

  async look(): Promise<Finding[]> {
    const own = [...this.#fleet.all()].flatMap(findingsOf);
    return [...own, ...(await this.#lost())];
  }

  /** Not instances by name, which change with every deployment: how many were online at a time, and how many are. */
  async #lost(): Promise<Finding[]> {
    const now = this.#clock.monotonic();
    const rows = await this.#database.read
      .createQueryBuilder(InstanceEntity, 'i')
      .select('i.environment', 'environment')
      .addSelect('i.app', 'app')
      .addSelect('COUNT(*)', 'online')
      .where('i.online = :online', { online: true })
      .groupBy('i.environment')
      .addGroupBy('i.app')
      .getRawMany<Place & { online: number | string }>();
    const counts = new Map(rows.map((row) => [placeKey(row), row]));
    for (const [key, row] of counts)
      if (!this.#online.has(key))
        this.#online.set(key, { place: { environment: row.environment, app: row.app }, samples: [] });
    return [...this.#online].flatMap(([key, known]) => {
      const online = Number(counts.get(key)?.online ?? 0);
      known.samples = [
        ...known.samples.filter(({ atMs }) => atMs > now - rememberedMs),
        { atMs: now, online },
      ];
      const most = Math.max(...known.samples.map((sample) => sample.online));
      if (most === 0) this.#online.delete(key);
      if (most < fewInstances || online >= most) return [];
      const share = 1 - online / most;
      const gone = most - online;
      return [
        {
          ...known.place,
          condition: 'instancesLost' as const,
          subject: known.place.app,
          link: { to: 'app' as const },
          share,
          text: {
            en: `${online} of ${most} instances are online; ${gone} (${percent(share)} %) went away in the last 10 minutes`,
            zh: `${most} 个实例中有 ${online} 个在线；最近 10 分钟内有 ${gone} 个（${percent(share)}%）离线`,
          },
        },
      ];
    });
  }
}

function findingsOf(connection: Connection): Finding[] {
  const { instanceId } = connection;
  const about = {
    ...connection.place,
    subject: instanceId,
    link: { to: 'instance' as const, instanceId },
  };
  const found: Finding[] = [];
  if (connection.repairs >= maxRepairs)
    found.push({
      ...about,
      condition: 'drifted',
      text: {
        en: `What ${instanceId} holds in memory is not what it should hold; it was sent again ${maxRepairs} times. Probe it, then restart it`,
        zh: `${instanceId} 内存中的内容与应有的不符，已重发 ${maxRepairs} 次。请探测它，然后重启`,
      },
    });
  if (connection.conflict)
    found.push({
      ...about,
      condition: 'idConflict',
      text: {
        en: `Two running processes call themselves ${instanceId}. Give each an instanceId of its own`,
        zh: `有两个运行中的进程都自称 ${instanceId}。请给它们各自的 instanceId`,
      },
    });
  if (connection.cache === 'unwritable')
    found.push({
      ...about,
      condition: 'unsafeCache',
      text: {
        en: `${instanceId} cannot write its disk cache: if it restarts while the server is gone, it has the defaults of its code`,
        zh: `${instanceId} 无法写入磁盘缓存：如果在服务器宕机时重启，只能使用代码中的默认值`,
      },
    });
  return found;
}
