import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type BodyInputOf, type Contracts, contracts, type PushPlanBody } from '@sluice/protocol';
import { isLong } from '../guard/long-tests.ts';
import { type BootedApp, bootApp } from '../support/boot-app.ts';
import { drawing } from '../support/drawing.ts';
import { LeanClient } from '../support/lean-client.ts';
import { begin, ids, type PushDesk } from '../support/planned-app.ts';
import { until } from '../support/until.ts';

type StartBody = BodyInputOf<Contracts['startPush']>;

const pushes = isLong ? 200 : 25;
const instanceIds = Array.from({ length: 60 }, (_, index) => `i${`${index}`.padStart(2, '0')}`);
const selectors = ['zone=a', 'zone in (b,c)', 'version!=1', '!spot', 'zone=a, version=2'];
const keys = ['timeout', 'retries', 'size'];
const names = ['order', 'notes'];
const app = { env: 'prod', app: 'orders' };
const over: ReadonlySet<string> = new Set(['promoting', 'promoted', 'abandoned']);

/** Sixty connected instances with labels by lot: what a plan says against whose memory changes. */
describe('what a preview says', () => {
  let server: BootedApp;
  let desk: PushDesk;
  const clients = new Map<string, LeanClient>();
  /** Whose digests were seen to change since the last look. */
  const touched = new Set<string>();
  const memory = new Map<string, string>();
  const draw = drawing(20_260_701);
  const one = <T>(all: readonly T[]): T => all[draw(all.length)]!;
  const counted: Record<string, number> = {};
  const count = (what: string): void => {
    counted[what] = (counted[what] ?? 0) + 1;
  };

  const heldBy = (client: LeanClient): string => names.map((name) => client.holds.get(name)).join(' ');
  const look = (client: LeanClient): void => {
    const held = heldBy(client);
    if (memory.get(client.instanceId) !== held) touched.add(client.instanceId);
    memory.set(client.instanceId, held);
  };

  /** Everybody's memory is what the layers in force come to for him. */
  const settled = (): Promise<boolean> =>
    until('everybody holds what he must', async () => {
      const [order, notes] = [await desk.composed('order'), await desk.composed('notes')];
      return instanceIds.every((id) => memory.get(id) === `${order[id]} ${notes[id]}`);
    });

  /** The ids whose memory changes by this. */
  const changedBy = async <T>(work: () => Promise<T>): Promise<[result: T, changed: string[]]> => {
    touched.clear();
    const result = await work();
    await settled();
    return [result, [...touched].sort()];
  };

  beforeAll(async () => {
    server = await bootApp();
    desk = await begin(server);
    await desk.desk.create('notes', { kind: 'document', format: 'text' });
    await desk.desk.release('notes', { kind: 'document', format: 'text', text: 'first' });
    for (const [index, selector] of selectors.entries()) await desk.createGroup(`group-${index}`, selector);
    const body = { kind: 'client', name: 'orders', environment: 'prod', app: 'orders' } as const;
    const { secret } = await server.admin.call(contracts.createToken, { body });
    for (const id of instanceIds) {
      const labels = {
        zone: one(['a', 'b', 'c']),
        version: `${1 + draw(2)}`,
        ...(draw(3) === 0 && { spot: 'yes' }),
      };
      const client = new LeanClient(server.url, secret, id, { labels });
      clients.set(id, client);
      client.on('applied', () => look(client));
      await client.connect();
    }
    await until('all are known', async () => Object.keys(await desk.composed('order')).length === 60);
    await settled();
  }, 60_000);

  afterAll(async () => {
    for (const client of clients.values()) client.close();
    await server?.close();
  });

  const target = (): StartBody['target'] => {
    const gate = { bakeMs: 0, health: false };
    switch (draw(9)) {
      case 0:
      case 1:
        return { mode: 'global', grays: one(['keep', 'keep', 'supersede'] as const) };
      case 2:
        return { mode: 'single', instanceId: one(instanceIds) };
      case 3:
        return { mode: 'group', group: `group-${draw(selectors.length)}` };
      case 4: {
        const steps = [5 + draw(30), 40 + draw(60)];
        return { mode: 'gray', gate, audience: { by: 'percent', steps } };
      }
      case 5:
      case 6:
        return { mode: 'gray', gate, audience: { by: 'count', count: 1 + draw(5), among: one(selectors) } };
      case 7:
        return {
          mode: 'gray',
          gate,
          audience: { by: 'instances', ids: [one(instanceIds), one(instanceIds)] },
        };
      default:
        return { mode: 'gray', gate, audience: { by: 'labels', selector: one(selectors) } };
    }
  };

  const changes = async (): Promise<StartBody['changes']> => {
    const some = keys.filter(() => draw(2) === 0);
    const all = [one(keys), ...some].map((key) => [key, { type: 'number' as const, value: draw(5) }]);
    const order = await desk.change('order', { set: Object.fromEntries(all), remove: [] });
    if (draw(4) > 0) return [order];
    const { revision } = await desk.desk.get('notes');
    const content = { kind: 'document' as const, format: 'text' as const, text: one(['x', 'y', 'z']) };
    return [order, { namespace: 'notes', base: revision, content }];
  };

  /** Moves a push whose layers stand, or undoes the newest for everyone; what it did, undefined when it was refused. */
  const moveOn = async (): Promise<string | undefined> => {
    const { items } = await server.admin.call(contracts.listPushes, { params: app, query: { limit: '100' } });
    const standing = items.filter((push) => push.mode !== 'global' && !over.has(push.state));
    const released = items.find((push) => push.mode === 'global');
    const isUndone = released !== undefined && draw(4) === 0;
    if (standing.length === 0 && !isUndone) return undefined;
    const push = isUndone ? released : one(standing);
    const ofGray = ['abandon', 'promote', 'advance', 'advance'] as const;
    const does = isUndone ? 'rollback' : push.mode === 'gray' ? one(ofGray) : 'abandon';
    const body = {
      abandon: {},
      rollback: {},
      promote: {
        groupsWin: true,
        choices: { order: Object.fromEntries(keys.map((key) => [key, 'gray' as const])) },
      },
      advance: { step: push.step?.index ?? 0 },
    }[does];
    const act = {
      abandon: contracts.abandonPush,
      promote: contracts.promotePush,
      advance: contracts.advancePush,
      rollback: contracts.rollbackPush,
    };
    const preview = await server.admin.attempt(contracts.previewPushAct, {
      params: { ...app, push: push.id },
      body: { act: does, ...body } as BodyInputOf<Contracts['previewPushAct']>,
    });
    const plan = preview.body as PushPlanBody;
    const confirmed = preview.status === 200 ? { ...body, plan: plan.hash } : body;
    const [answer, changed] = await changedBy(async () => {
      const done = await desk.try(act[does], push.id, confirmed);
      if (does === 'advance' && done.status === 200)
        // The click is kept until the step is proven.
        await until('the step is over', async () => {
          const now = await desk.get(push.id);
          return now.state !== 'running' || now.step?.index !== push.step?.index;
        });
      return done;
    });
    expect([does, answer.status]).toEqual([does, preview.status]);
    expect([does, changed]).toEqual([does, preview.status === 200 ? ids(plan) : []]);
    return preview.status === 200 ? does : undefined;
  };

  it(`is what happens, instance by instance, ${pushes} times in a row`, async () => {
    let begun = 0;
    for (let turn = 0; begun < pushes; turn++) {
      expect(turn).toBeLessThan(pushes * 6);
      if (draw(5) < 2) {
        const what = await moveOn();
        if (what) count(what);
        continue;
      }
      const asked: StartBody = { target: target(), changes: await changes() };
      const preview = await server.admin.attempt(contracts.previewPush, { params: app, body: asked });
      if (preview.status !== 200) {
        const [answer, changed] = await changedBy(() => desk.tryStart(asked));
        expect([answer.status, changed]).toEqual([preview.status, []]);
        count('refused');
        continue;
      }
      const plan = preview.body as PushPlanBody;
      const [push, changed] = await changedBy(() => desk.start({ ...asked, plan: plan.hash }));
      expect(changed).toEqual(ids(plan));
      begun++;
      count(push.mode);
      if (asked.changes.length > 1) count('change set');
    }
    console.info(`previews that came true: ${JSON.stringify(counted)}`);
    expect(Object.keys(counted)).toEqual(
      expect.arrayContaining(['global', 'single', 'group', 'gray', 'change set']),
    );
    expect(Object.keys(counted)).toEqual(
      expect.arrayContaining(['promote', 'abandon', 'advance', 'rollback']),
    );
    // What the server says of everybody agrees.
    await until('all are in sync', async () => {
      const query = { online: 'true' as const };
      const listed = await server.admin.call(contracts.listInstances, {
        params: app,
        query,
      });
      return listed.items.length === 60 && listed.items.every((instance) => instance.inSync);
    });
  }, 600_000);
});
