import { contracts, type Push, type PushInstance } from '@sluice/protocol';
import { Crowd } from './crowd.ts';
import type { CrowdState } from './crowd-program.ts';
import { ServerProcess } from './server-process.ts';
import { until } from './until.ts';

const app = { env: 'prod', app: 'shop' };

/** What a server process says of itself in its metrics. */
export interface Vitals {
  readonly rssBytes: number;
  readonly cpuSec: number;
  /** Since they were last asked for. */
  readonly lagP99Ms: number;
  readonly lagMaxMs: number;
  readonly online: number;
  /** Calls that instances told of. */
  readonly callsPassed: number;
  /** Times that what an app's instances must hold was read from the database. */
  readonly targetLoads: number;
  /** Statements that the database was given. */
  readonly reads: number;
  readonly writes: number;
}

/** A server process with thousands of lean instances of one app around it, in processes of their own. */
export class CrowdedServer {
  readonly server: ServerProcess;
  readonly #crowds = new Set<Crowd>();
  readonly #token: string;
  #etag = '"0"';
  #round = 0;

  private constructor(server: ServerProcess, token: string) {
    this.server = server;
    this.#token = token;
  }

  static async start(settings: Readonly<Record<string, string>> = {}): Promise<CrowdedServer> {
    const server = await ServerProcess.start(settings);
    await server.setUp();
    const token = await server.clientToken(app.app);
    const body = { name: 'page', kind: 'document', format: 'text' } as const;
    await server.admin.call(contracts.createNamespace, { params: app, body });
    return new CrowdedServer(server, token);
  }

  /** Another `count` instances in one process; resolves when they are connected. */
  async add(name: string, count: number): Promise<Crowd> {
    const crowd = await Crowd.start({ server: this.server.url, token: this.#token, name, count });
    this.#crowds.add(crowd);
    return crowd;
  }

  async dismiss(crowd: Crowd): Promise<void> {
    this.#crowds.delete(crowd);
    await crowd.kill();
  }

  /** Publishes a new text of so many characters; nobody has it yet. */
  async publish(characters: number): Promise<Push> {
    const content = {
      kind: 'document',
      format: 'text',
      text: `${++this.#round} `.padEnd(characters, 'x'),
    } as const;
    const { etag, push } = await this.server.admin.call(contracts.publish, {
      params: { ...app, ns: 'page' },
      ifMatch: this.#etag,
      body: { content, message: '' },
    });
    this.#etag = etag;
    return push;
  }

  get(push: Push): Promise<Push> {
    return this.server.admin.call(contracts.getPush, { params: { ...app, push: push.id } });
  }

  async instances(push: Push): Promise<readonly PushInstance[]> {
    const params = { ...app, push: push.id };
    return (await this.server.admin.call(contracts.listPushInstances, { params })).items;
  }

  /** The push when so many hold it. */
  held(push: Push, by: number, withinMs = 60_000): Promise<Push> {
    const what = `${by} hold release ${push.namespaces[0]?.release}`;
    return until(
      what,
      async () => {
        const now = await this.get(push);
        return now.verdict.holding >= by && now;
      },
      withinMs,
    );
  }

  /** By instance, how long after the publish its `applied` came in. */
  async appliedMs(push: Push, whose = ''): Promise<number[]> {
    return (await this.instances(push))
      .filter(({ instanceId, state }) => state === 'applied' && instanceId.startsWith(whose))
      .map(({ at }) => Date.parse(at) - Date.parse(push.createdAt));
  }

  async vitals(): Promise<Vitals> {
    const text = String((await this.server.admin.attempt(contracts.metrics)).body);
    const of = (name: string): number =>
      Number(
        text
          .split('\n')
          .find((line) => line.startsWith(`${name} `))
          ?.slice(name.length + 1) ?? 0,
      );
    return {
      rssBytes: of('process_resident_memory_bytes'),
      cpuSec: of('process_cpu_seconds_total'),
      lagP99Ms: of('nodejs_eventloop_lag_p99_seconds') * 1000,
      lagMaxMs: of('nodejs_eventloop_lag_max_seconds') * 1000,
      online: of('sluice_instances_online{environment="prod",app="shop"}'),
      callsPassed: of('sluice_calls_total{environment="prod",app="shop",verdict="passed"}'),
      targetLoads: of('sluice_target_loads_total'),
      reads: of('sluice_database_statements_total{kind="read"}'),
      writes: of('sluice_database_statements_total{kind="write"}'),
    };
  }

  /** Each instance tells of three resources so often; 0 ends it. */
  async report(everyMs: number): Promise<void> {
    await Promise.all([...this.#crowds].map((crowd) => crowd.report(everyMs)));
  }

  /** All crowds together. */
  async state(): Promise<CrowdState> {
    const states = await Promise.all([...this.#crowds].map((crowd) => crowd.state()));
    return {
      connected: sum(states.map((state) => state.connected)),
      verified: sum(states.map((state) => state.verified)),
      lastVerifiedAt: Math.max(...states.map((state) => state.lastVerifiedAt)),
      failures: sum(states.map((state) => state.failures)),
    };
  }

  async end(): Promise<void> {
    for (const crowd of this.#crowds) await crowd.kill();
    await this.server.remove();
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

/** The value below which this share of them lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
