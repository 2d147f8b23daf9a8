import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { contracts } from '@sluice/protocol';
import { PushScheduler } from '../../apps/server/src/delivery/push-scheduler.ts';
import { PushTransitions } from '../../apps/server/src/pushes/push-transitions.ts';
import { type BootedApp, bootApp } from '../support/boot-app.ts';
import { type Postgres, startPostgres } from '../support/databases.ts';
import { begin, type PushDesk, percent, set, single } from '../support/planned-app.ts';
import { readRows, writeRows } from '../support/rows.ts';
import { until } from '../support/until.ts';

let postgres: Postgres;
let nodes: [BootedApp, BootedApp];
let desk: PushDesk;

beforeAll(async () => {
  postgres = await startPostgres();
  const databaseUrl = await postgres.createDatabase();
  const first = await bootApp({ databaseUrl });
  nodes = [first, await bootApp({ databaseUrl })];
  desk = await begin(first);
  await desk.instances(Array.from({ length: 10 }, (_, index) => `i${index}`));
});
afterAll(async () => {
  for (const node of nodes ?? []) await node.close();
  await postgres?.stop();
});

/** Asks both nodes at once, twice each. */
const atOnce = <T>(work: (transitions: PushTransitions) => Promise<T>): Promise<T[]> =>
  Promise.all([...nodes, ...nodes].map((node) => work(node.app.get(PushTransitions, { strict: false }))));
const changesOf = (push: string, kind: string): Promise<{ revision: string }[]> =>
  readRows(nodes[0], `SELECT revision FROM change WHERE push_id = '${push}' AND kind = '${kind}'`);
const auditOf = (push: string, action: string): Promise<unknown[]> =>
  readRows(nodes[0], `SELECT sequence FROM audit WHERE target = '${push}' AND action = '${action}'`);
/** Who must have this number of retries. */
const withRetries = async (retries: number): Promise<string[]> => {
  const held = await desk.held('order');
  return Object.keys(held).filter((id) => held[id]?.retries === retries);
};
const facts = { reachable: 1, applied: 1, health: 'healthy' } as const;

it('take a step once, however many nodes find it due', async () => {
  const push = await desk.start({
    changes: [await desk.change('order', set({ timeout: 5 }))],
    target: { ...percent([10, 50, 100]), gate: { bakeMs: 60_000, click: false } } as ReturnType<
      typeof percent
    >,
  });
  expect(await atOnce((transitions) => transitions.advanceIfDue(push.id, facts))).not.toContain(true);
  for (const node of nodes) node.advance(60_001);
  const done = await atOnce((transitions) => transitions.advanceIfDue(push.id, facts));
  // The nodes' own clockwork may have been quicker.
  expect(done.filter(Boolean).length).toBeLessThanOrEqual(1);
  expect((await desk.get(push.id)).step?.index).toBe(1);
  expect(await desk.withValue('order', 5)).toHaveLength(5);
  expect([await changesOf(push.id, 'step'), await auditOf(push.id, 'push.advance')]).toMatchObject([
    [{}],
    [{}],
  ]);
  const halted = await atOnce((transitions) =>
    transitions.halt(push.id, { en: 'too many errors', zh: '错误过多' }),
  );
  expect(halted.filter(Boolean)).toHaveLength(1);
  const abandoned = await atOnce((transitions) => transitions.abandon(push.id, 'guardrail'));
  expect(abandoned.filter(Boolean)).toHaveLength(1);
  expect(await desk.get(push.id)).toMatchObject({ state: 'abandoned', ended: { reason: 'guardrail' } });
  expect(await changesOf(push.id, 'abandon')).toHaveLength(1);
  expect(await desk.withValue('order', 5)).toEqual([]);
});

it('end a push once when its time is over', async () => {
  const push = await desk.start({
    changes: [await desk.change('order', set({ timeout: 6 }))],
    target: single('i1'),
    expiresInMs: 60_000,
  });
  for (const node of nodes) node.advance(60_001);
  const done = await atOnce((transitions) => transitions.expired(push.id));
  expect(done.filter(Boolean).length).toBeLessThanOrEqual(1);
  expect(await desk.get(push.id)).toMatchObject({ state: 'abandoned', ended: { reason: 'expired' } });
  expect([await changesOf(push.id, 'expire'), await auditOf(push.id, 'push.expire')]).toMatchObject([
    [{}],
    [{}],
  ]);
});

it('start pushes from one base once, whichever node is asked', async () => {
  const body = {
    changes: [await desk.change('order', set({ timeout: 7 }))],
    target: { mode: 'global' } as const,
  };
  const params = { env: 'prod', app: 'orders' };
  const answers = await Promise.all(
    [...nodes, ...nodes].map((node) => node.admin.attempt(contracts.startPush, { params, body })),
  );
  expect(answers.map((answer) => answer.status).sort()).toEqual([201, 412, 412, 412]);
});

it('replace a member of a cohort once, however many nodes see that it is gone', async () => {
  const push = await desk.start({
    changes: [await desk.change('order', set({ retries: 3 }))],
    target: { mode: 'gray', audience: { by: 'count', count: 2 } },
  });
  const members = await withRetries(3);
  expect(members).toHaveLength(2);
  await writeRows(nodes[0], `UPDATE instance SET online = false WHERE instance_id = '${members[0]}'`);
  const look = () =>
    Promise.all([...nodes, ...nodes].map((node) => node.app.get(PushScheduler, { strict: false }).look()));
  for (const node of nodes) node.advance(30_000);
  await look();
  expect(await withRetries(3)).toEqual(members);
  for (const node of nodes) node.advance(60_001);
  await look();
  const now = await until('it is replaced', async () => {
    await look();
    const ids = await withRetries(3);
    return !ids.includes(members[0]!) && ids;
  });
  expect(now).toHaveLength(2);
  expect(now).toContain(members[1]);
  await look();
  expect(await changesOf(push.id, 'cohort')).toHaveLength(1);
  expect(await withRetries(3)).toEqual(now);
});
