import { randomUUID } from 'node:crypto';
import {
  type BodyInputOf,
  type BuiltRequest,
  buildRequest,
  type CallInput,
  type Contract,
  type Contracts,
  contracts,
} from '@sluice/protocol';
import { type BootedApp, bootApp } from '../../support/boot-app.ts';
import { ConfigDesk, map } from '../../support/config-desk.ts';
import { LeanClient } from '../../support/lean-client.ts';
import { RawCaller } from '../../support/raw-caller.ts';
import { readRows, writeRows } from '../../support/rows.ts';
import { everyRow } from './every-row.ts';
import type { KnownIds } from './known-ids.ts';
import { drillDesign } from './sound-drills.ts';
import { nobodyListens, soundRequests } from './sound-requests.ts';

/** What makes a resource and a refused call of the instance known. */
function beTalkative(instance: LeanClient): void {
  const nothing = { passed: 1, wouldBlock: 0, success: 1, errors: 0, degraded: 0, injected: 0, active: 0 };
  const pay = { resource: 'pay', type: 'rpc' as const };
  const second = { ...pay, ...nothing, blocked: {}, latency: [], rules: [] };
  instance.report({ seconds: [{ agoMs: 0, resources: [second] }] });
  const refused = { ...pay, code: 'limited', ruleId: 'guard/pay', kind: 'limit', revision: 1 };
  instance.refusals.set('orders-1-decision', refused);
}

/** The id of a drill that has run, as it is stored. */
async function finishedDrill(server: BootedApp): Promise<string> {
  const { drillId } = await server.admin.call(contracts.createDrill, {
    params: { env: 'prod', app: 'orders' },
    body: { definition: drillDesign },
  });
  const times = ['started_at', 'deadline_at', 'ended_at', 'finished_at'].map(
    (column) => `${column} = created_at`,
  );
  await writeRows(server, `UPDATE drill SET state = 'held', started_by = 'admin', ${times.join(', ')}`);
  return drillId;
}

/** An alert that goes on, because a node elsewhere sees it; a silence, and a webhook that nothing listens at. */
async function alerted(server: BootedApp): Promise<Pick<KnownIds, 'alert' | 'silence' | 'webhook'>> {
  const alert = randomUUID();
  await writeRows(
    server,
    `INSERT INTO alert (id, environment, app, condition, subject, severity, link, text, fired_at, note)
      VALUES ('${alert}', 'prod', 'orders', 'idConflict', 'orders-1', 'warning', '{"to":"app"}', '{"en":"two","zh":"two"}', 1, '')`,
  );
  await writeRows(
    server,
    `INSERT INTO alert_sighting (alert_id, node_id, at) VALUES ('${alert}', 'elsewhere', 4102444800000)`,
  );
  const params = { env: 'prod' };
  const silence = await server.admin.call(contracts.createAlertSilence, {
    params,
    body: { app: 'orders', condition: 'idConflict', minutes: 600, reason: 'known' },
  });
  const webhook = await server.admin.call(contracts.createWebhook, {
    params,
    body: { name: 'nobody', kind: 'generic', url: nobodyListens },
  });
  return { alert, silence: silence.id, webhook: webhook.id };
}

/** So many looks in a row have to find the same. */
const restLooks = 20;

/** A server with a little of everything, for requests that must leave it exactly as it is. */
export class World {
  readonly server: BootedApp;
  readonly raw: RawCaller;
  readonly adminToken: string;
  readonly clientToken: string;
  readonly known: KnownIds;
  readonly #instance: LeanClient;

  private constructor(
    server: BootedApp,
    tokens: { admin: string; client: string },
    known: KnownIds,
    instance: LeanClient,
  ) {
    this.server = server;
    this.raw = new RawCaller(server.url);
    this.adminToken = tokens.admin;
    this.clientToken = tokens.client;
    this.known = known;
    this.#instance = instance;
  }

  static async begin(databaseUrl?: string): Promise<World> {
    const server = await bootApp({
      environments: ['prod', 'staging'],
      settings: { SLUICE_WEBHOOK_HOSTS: new URL(nobodyListens).host },
      ...(databaseUrl && { databaseUrl }),
    });
    const { admin } = server;
    for (const name of ['orders', 'other']) await admin.call(contracts.createApp, { body: { name } });
    const desk = new ConfigDesk(admin, 'prod', 'orders');
    await desk.create('limits');
    const push = await admin.call(contracts.startPush, {
      params: { env: 'prod', app: 'orders' },
      body: {
        changes: [{ namespace: 'limits', base: 0, content: map({ timeout: 1 }) }],
        target: { mode: 'global' },
      } as BodyInputOf<Contracts['startPush']>,
    });
    const digest = push.namespaces[0]!.digest!;
    const api = { kind: 'api', environment: '*', app: '*', role: 'admin' } as const;
    const made = await admin.call(contracts.createToken, { body: { ...api, name: 'tests' } });
    const spare = await admin.call(contracts.createToken, { body: { ...api, name: 'spare' } });
    const client = await admin.call(contracts.createToken, {
      body: { kind: 'client', name: 'orders', environment: 'prod', app: 'orders' },
    });
    const grants = [{ role: 'viewer' as const, environment: '*', app: '*' }];
    const user = await admin.call(contracts.createUser, {
      body: { name: 'vera', password: 'a long enough secret', grants },
    });
    const instance = new LeanClient(server.url, client.secret, 'orders-1');
    await instance.connect();
    beTalkative(instance);
    const drill = await finishedDrill(server);
    const ids = { drill, push: push.id, token: spare.token.id, user: user.id, digest };
    const known = { ...ids, ...(await alerted(server)) };
    const world = new World(server, { admin: made.secret, client: client.secret }, known, instance);
    await world.#settled(push.id);
    return world;
  }

  /** The request that a well-meaning client would send: as the instance on the link's HTTP side, else as the admin. */
  sound(contract: Contract): BuiltRequest {
    const token = contract.access === 'client' ? this.clientToken : this.adminToken;
    const built = buildRequest(contract, this.soundInput(contract));
    const headers = { ...built.headers, authorization: `Bearer ${token}`, 'sec-fetch-site': 'same-origin' };
    return { ...built, headers };
  }

  soundInput(contract: Contract): CallInput<Contract> {
    return soundRequests(this.known)[contract.id as 'publish'] as CallInput<Contract>;
  }

  /** One text over every row there is, a line for each table. */
  everything(): Promise<string> {
    return everyRow(this.server);
  }

  async end(): Promise<void> {
    this.raw.close();
    this.#instance.close();
    await this.server.close();
  }

  /**
   * Waits until the push of the seed has its verdict, the instance its row, and what else the seed has set in motion
   * has come to rest: from then on nothing moves.
   */
  async #settled(push: string): Promise<void> {
    const params = { env: 'prod', app: 'orders', push };
    const isWritten = async (): Promise<boolean> =>
      (await readRows(this.server, 'SELECT instance_id FROM instance')).length === 1;
    while (
      (await this.server.admin.call(contracts.getPush, { params })).state === 'running' ||
      !(await isWritten())
    )
      await new Promise((resolve) => setTimeout(resolve, 50));
    for (let [seen, looks] = ['', 0]; looks < restLooks; looks++) {
      const now = await this.everything();
      if (now !== seen) [seen, looks] = [now, 0];
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
