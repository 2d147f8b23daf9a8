import { createHash } from 'node:crypto';
import { type AimedLayer, compose, contentDigest, layersFor, parseLayer } from '@sluice/core';
import {
  type BodyInputOf,
  type Contract,
  type Contracts,
  contracts,
  type Group,
  type Push,
  type PushPlanBody,
  type QueryInputOf,
} from '@sluice/protocol';
import { LayersRead } from '../../apps/server/src/releases/layers.read.ts';
import type { BootedApp } from './boot-app.ts';
import { ConfigDesk, map } from './config-desk.ts';
import type { Answer, HttpCaller } from './http-caller.ts';
import { readRows, writeRows } from './rows.ts';

type StartBody = BodyInputOf<Contracts['startPush']>;
type Change = StartBody['changes'][number];
type Patch = Extract<Change, { changes: unknown }>['changes'];
type Action =
  | 'advancePush'
  | 'pausePush'
  | 'resumePush'
  | 'promotePush'
  | 'abandonPush'
  | 'rollbackPush'
  | 'repushPush';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** An app with one namespace in production whose instances are rows of a node elsewhere: nobody has to connect. */
export class PushDesk {
  readonly server: BootedApp;
  readonly desk: ConfigDesk;
  readonly #params = { env: 'prod', app: 'orders' };

  constructor(server: BootedApp) {
    this.server = server;
    this.desk = new ConfigDesk(server.admin, 'prod', 'orders');
  }

  get admin(): HttpCaller {
    return this.server.admin;
  }

  /** Instances that are online, with these labels. */
  async instances(
    ids: readonly string[],
    labelsOf: (id: string, index: number) => Record<string, string> = () => ({}),
  ): Promise<void> {
    const rows = ids.map(
      (id, index) =>
        `('prod', 'orders', '${id}', 'boot', 'elsewhere', true, false, '${JSON.stringify(labelsOf(id, index))}', 'test/1', '', 'live', 'off', 0, '', '{}', ${Date.now()}, ${Date.now()})`,
    );
    await writeRows(
      this.server,
      `INSERT INTO instance (environment, app, instance_id, boot_id, node_id, online, conflict, labels, sdk,
        remote_address, ready, cache, revision, root_digest, holds, started_at, last_seen_at)
        VALUES ${rows.join(', ')}`,
    );
  }

  /** A change by key on what is live now. */
  async change(
    namespace: string,
    changes: Patch,
  ): Promise<{ namespace: string; base: number; changes: Patch }> {
    return { namespace, base: (await this.desk.get(namespace)).revision, changes };
  }

  preview(body: BodyInputOf<Contracts['previewPush']>): Promise<PushPlanBody> {
    return this.admin.call(contracts.previewPush, { params: this.#params, body });
  }

  start(body: StartBody): Promise<Push> {
    return this.admin.call(contracts.startPush, { params: this.#params, body });
  }

  tryStart(body: StartBody, by: HttpCaller = this.admin): Promise<Answer> {
    return by.attempt(contracts.startPush, { params: this.#params, body });
  }

  get(push: string): Promise<Push> {
    return this.admin.call(contracts.getPush, { params: { ...this.#params, push } });
  }

  async list(query: QueryInputOf<Contracts['listPushes']>): Promise<readonly Push[]> {
    return (await this.admin.call(contracts.listPushes, { params: this.#params, query })).items;
  }

  confirmed(push: string): Promise<PushPlanBody> {
    return this.admin.call(contracts.getPushPlan, { params: { ...this.#params, push } });
  }

  previewAct(push: string, body: BodyInputOf<Contracts['previewPushAct']>): Promise<PushPlanBody> {
    return this.admin.call(contracts.previewPushAct, { params: { ...this.#params, push }, body });
  }

  tryPreviewAct(push: string, body: BodyInputOf<Contracts['previewPushAct']>): Promise<Answer> {
    return this.admin.attempt(contracts.previewPushAct, { params: { ...this.#params, push }, body });
  }

  act(contract: Contracts[Action], push: string, body: object = {}): Promise<Push> {
    const input = { params: { ...this.#params, push }, body };
    return this.admin.call(contract as Contract, input) as Promise<Push>;
  }

  try(contract: Contracts[Action], push: string, body: object = {}): Promise<Answer> {
    return this.admin.attempt(contract as Contract, { params: { ...this.#params, push }, body });
  }

  /** All targets so far have said that they hold it. */
  async applied(push: string): Promise<void> {
    await writeRows(this.server, `UPDATE push_target SET state = 'applied' WHERE push_id = '${push}'`);
  }

  createGroup(name: string, selector: string): Promise<Group> {
    return this.admin.call(contracts.createGroup, { params: this.#params, body: { name, selector } });
  }

  tryChangeGroup(group: string, body: BodyInputOf<Contracts['changeGroup']>): Promise<Answer> {
    return this.admin.attempt(contracts.changeGroup, { params: { ...this.#params, group }, body });
  }

  deleteGroup(group: string): Promise<Answer> {
    return this.admin.attempt(contracts.deleteGroup, { params: { ...this.#params, group } });
  }

  changes() {
    return this.admin.call(contracts.listChanges, { params: { env: 'prod' } });
  }

  async live(namespace: string): Promise<Record<string, unknown>> {
    return valuesOf((await this.desk.get(namespace)).target)!;
  }

  /** The digest of what each instance must hold of a namespace, composed from the layers in the database. */
  async composed(namespace: string): Promise<Record<string, string | undefined>> {
    const all = await this.#compose(namespace);
    return Object.fromEntries(
      [...all].map(([id, content]) => [id, content && contentDigest(content, sha256)]),
    );
  }

  /** The values that each instance must hold. */
  async held(namespace: string): Promise<Record<string, Record<string, unknown> | undefined>> {
    const all = await this.#compose(namespace);
    return Object.fromEntries([...all].map(([id, content]) => [id, valuesOf(content)]));
  }

  /** The ids of those whose `timeout` must be this. */
  async withValue(namespace: string, timeout: number): Promise<string[]> {
    const held = await this.held(namespace);
    return Object.keys(held).filter((id) => held[id]?.timeout === timeout);
  }

  async #compose(name: string) {
    const place = { environment: 'prod', app: 'orders' };
    const { namespaces } = await this.server.app.get(LayersRead, { strict: false }).inForce(place);
    const { kind, layers } = namespaces.find((each) => each.name === name)!;
    const layersOf = layersFor(
      layers.map(
        (layer): AimedLayer => ({
          ...parseLayer(layer),
          audience: layer.audience,
          pushId: layer.pushId ?? '',
        }),
      ),
      sha256,
    );
    const rows = await readRows<{ instance_id: string; labels: string }>(
      this.server,
      "SELECT instance_id, labels FROM instance WHERE environment = 'prod' AND app = 'orders' ORDER BY instance_id",
    );
    return new Map(
      rows.map(({ instance_id: instanceId, labels }) => [
        instanceId,
        compose(kind, layersOf({ instanceId, labels: JSON.parse(labels) as Record<string, string> }))
          ?.content,
      ]),
    );
  }
}

type Composed = NonNullable<ReturnType<typeof compose>>['content'];

function valuesOf(content: Composed | undefined): Record<string, unknown> | undefined {
  if (!content) return undefined;
  if (content.kind !== 'map') throw new TypeError('only maps have values');
  return Object.fromEntries(Object.entries(content.items).map(([key, item]) => [key, item.value]));
}

/** The app with `order` released: `timeout` is 1. */
export async function begin(server: BootedApp): Promise<PushDesk> {
  await server.admin.call(contracts.createApp, { body: { name: 'orders' } });
  const desk = new PushDesk(server);
  await writeRows(
    server,
    "INSERT INTO node (id, started_at, lease_until, instances) VALUES ('elsewhere', 0, 4102444800000, 0)",
  );
  await desk.desk.create('order');
  await desk.desk.release('order', map({ timeout: 1 }));
  return desk;
}

/** A number as an item of a map. */
export const item = (value: number) => ({ type: 'number' as const, value });

/** A patch that sets numbers. */
export const set = (values: Record<string, number>): Patch => ({
  set: Object.fromEntries(Object.entries(values).map(([key, value]) => [key, item(value)])),
  remove: [],
});

/** A gray by share, of instances that make no calls: nobody waits to know their health. */
export const percent = (steps: number[]): StartBody['target'] => ({
  mode: 'gray',
  audience: { by: 'percent', steps },
  gate: { health: false },
});

export const single = (instanceId: string) => ({ mode: 'single', instanceId }) as const;

/** The ids that a plan changes. */
export const ids = (plan: { readonly targets: readonly { readonly instanceId: string }[] }): string[] =>
  plan.targets.map((target) => target.instanceId);
