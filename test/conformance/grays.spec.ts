import { expect, it } from '@jest/globals';
import { contracts } from '@sluice/protocol';
import { PushTransitions } from '../../apps/server/src/pushes/push-transitions.ts';
import { map } from '../support/config-desk.ts';
import { onEachDatabase } from '../support/each-database.ts';
import { begin, ids, item, percent, set } from '../support/planned-app.ts';

onEachDatabase('a gray', (boot) => {
  it('in gray grows step by step, keeps its members, and becomes what is global', async () => {
    const desk = await begin(await boot());
    const all = Array.from({ length: 20 }, (_, index) => `i${`${index}`.padStart(2, '0')}`);
    await desk.instances(all);
    const asked = {
      changes: [await desk.change('order', set({ timeout: 9 }))],
      target: percent([10, 50, 100]),
    };
    const plan = await desk.preview(asked);
    expect(plan.targets).toHaveLength(2);
    const push = await desk.start({ ...asked, plan: plan.hash });
    expect(push.step).toMatchObject({ index: 0, of: 3, percent: 10 });
    expect(await desk.withValue('order', 9)).toEqual(ids(plan));
    const waiting = await desk.act(contracts.advancePush, push.id, { step: 0 });
    expect(waiting.step).toMatchObject({ index: 0, waits: [{ en: expect.stringContaining('2 reachable') }] });
    await desk.applied(push.id);
    const second = await desk.act(contracts.advancePush, push.id, { step: 0 });
    expect(second.step).toMatchObject({ index: 1, percent: 50 });
    expect(second.revision).toBe(push.revision + 1);
    const half = await desk.withValue('order', 9);
    expect(half).toHaveLength(10);
    expect(half).toEqual(expect.arrayContaining(ids(plan)));
    // Two clicks are one.
    expect((await desk.act(contracts.advancePush, push.id, { step: 0 })).step?.index).toBe(1);
    const paused = await desk.act(contracts.pausePush, push.id);
    expect(paused).toMatchObject({ state: 'paused', revision: second.revision });
    expect((await desk.try(contracts.advancePush, push.id, { step: 1 })).status).toBe(409);
    await desk.act(contracts.resumePush, push.id);
    await desk.applied(push.id);
    await desk.act(contracts.advancePush, push.id, { step: 1 });
    expect(await desk.withValue('order', 9)).toEqual(all);
    await desk.instances(['newcomer']);
    expect(await desk.withValue('order', 9)).toContain('newcomer');
    await desk.applied(push.id);
    const verifying = await desk.act(contracts.advancePush, push.id, { step: 2 });
    expect(verifying.state).toBe('verifying');
    const before = await desk.composed('order');
    const promoted = await desk.act(contracts.promotePush, push.id);
    expect(promoted).toMatchObject({ state: 'promoting', namespaces: [{ release: 2 }] });
    expect(await desk.composed('order')).toEqual(before);
    expect(await desk.live('order')).toEqual({ timeout: 9 });
    expect((await desk.changes()).items[0]).toMatchObject({ kind: 'promote', release: 2 });
    const undone = await desk.act(contracts.rollbackPush, push.id);
    expect(undone).toMatchObject({ mode: 'global', of: push.id, namespaces: [{ release: 3 }] });
    expect(await desk.live('order')).toEqual({ timeout: 1 });
  });

  it('in gray by hash stays where it is when instances come', async () => {
    const desk = await begin(await boot());
    const all = Array.from({ length: 240 }, (_, index) => `i${`${index}`.padStart(3, '0')}`);
    await desk.instances(all);
    const push = await desk.start({
      changes: [await desk.change('order', set({ timeout: 9 }))],
      target: percent([5, 25]),
    });
    const few = await desk.withValue('order', 9);
    expect(few.length).toBeGreaterThan(1);
    expect(few.length).toBeLessThan(40);
    await desk.applied(push.id);
    expect((await desk.act(contracts.advancePush, push.id, { step: 0 })).step?.index).toBe(1);
    expect(await desk.withValue('order', 9)).toEqual(expect.arrayContaining(few));
  });

  it('replaces a member that is gone for a minute, in one revision', async () => {
    const server = await boot();
    const desk = await begin(server);
    const all = ['a', 'b', 'c', 'd', 'e', 'f'];
    await desk.instances(all);
    const push = await desk.start({
      changes: [await desk.change('order', set({ timeout: 9 }))],
      target: { mode: 'gray', audience: { by: 'count', count: 2 } },
    });
    const members = await desk.withValue('order', 9);
    expect(members).toHaveLength(2);
    const live = all.filter((id) => id !== members[0]);
    const transitions = server.app.get(PushTransitions, { strict: false });
    expect(await transitions.keepCohort(push.id, live)).toBe(true);
    expect(await desk.withValue('order', 9)).toEqual(members);
    server.advance(60_001);
    await transitions.keepCohort(push.id, live);
    const now = await desk.withValue('order', 9);
    expect(now).toHaveLength(2);
    expect(now).toContain(members[1]);
    expect(now).not.toContain(members[0]);
    expect((await desk.changes()).items[0]).toMatchObject({ kind: 'cohort' });
  });

  it('is moved as it was looked at, or says who joined and who left', async () => {
    const server = await boot();
    const desk = await begin(server);
    await desk.instances(['a', 'b', 'c', 'd'], (_, index) => ({ zone: index < 2 ? 'x' : 'y' }));
    const push = await desk.start({
      changes: [await desk.change('order', set({ timeout: 9 }))],
      target: percent([50, 100]),
    });
    const members = await desk.withValue('order', 9);
    const step = await desk.previewAct(push.id, { act: 'advance', step: 0 });
    expect([...members, ...ids(step)].sort()).toEqual(['a', 'b', 'c', 'd']);
    expect(step.variants[0]?.namespaces[0]?.changes).toMatchObject([
      { key: 'timeout', before: item(1), after: item(9) },
    ]);
    expect((await desk.get(push.id)).revision).toBe(push.revision);
    // A click for a step that is not over is one for what was looked at, too.
    await desk.instances(['e']);
    const moved = {
      status: 412,
      body: { code: 'plan_moved', details: { joined: ['e'], left: [], plan: { hash: expect.any(String) } } },
    };
    const click = { step: 0, plan: step.hash };
    expect(await desk.try(contracts.advancePush, push.id, click)).toMatchObject(moved);
    await desk.applied(push.id);
    expect(await desk.try(contracts.advancePush, push.id, click)).toMatchObject(moved);
    expect(await desk.withValue('order', 9)).toEqual(members);
    const abandon = await desk.previewAct(push.id, { act: 'abandon' });
    expect(ids(abandon)).toEqual(members);
    const promote = await desk.previewAct(push.id, { act: 'promote' });
    expect(ids(promote)).toEqual(['a', 'b', 'c', 'd', 'e'].filter((id) => !members.includes(id)));
    await desk.instances(['f']);
    const stale = await desk.try(contracts.promotePush, push.id, { plan: promote.hash });
    expect(stale).toMatchObject({ status: 412, body: { details: { joined: ['f'] } } });
    expect(await desk.live('order')).toEqual({ timeout: 1 });
    // Who joined doesn't have it, so nobody else is taken away.
    await desk.act(contracts.abandonPush, push.id, { plan: abandon.hash });
    expect(await desk.withValue('order', 9)).toEqual([]);
    const none = await desk.tryPreviewAct(push.id, { act: 'promote' });
    expect(none).toMatchObject({ status: 409, body: { code: 'wrong_state' } });
  });

  it('shows what undoing a push to everyone would change where layers stand above it', async () => {
    const desk = await begin(await boot());
    await desk.instances(['a', 'b', 'c']);
    const global = await desk.start({
      changes: [await desk.change('order', set({ timeout: 2 }))],
      target: { mode: 'global' },
    });
    await desk.start({
      changes: [await desk.change('order', set({ timeout: 7 }))],
      target: { mode: 'single', instanceId: 'b' },
    });
    const plan = await desk.previewAct(global.id, { act: 'rollback' });
    expect(ids(plan)).toEqual(['a', 'c']);
    await desk.instances(['d']);
    const stale = await desk.try(contracts.rollbackPush, global.id, { plan: plan.hash });
    expect(stale).toMatchObject({ status: 412, body: { code: 'plan_moved', details: { joined: ['d'] } } });
    const now = await desk.previewAct(global.id, { act: 'rollback' });
    await desk.act(contracts.rollbackPush, global.id, { plan: now.hash });
    expect(await desk.withValue('order', 1)).toEqual(['a', 'c', 'd']);
  });

  it('shows whom going back to an older release would change, layers and all', async () => {
    const server = await boot();
    const desk = await begin(server);
    await desk.instances(['a', 'b', 'c']);
    await desk.desk.release('order', map({ timeout: 2 }));
    await desk.start({
      changes: [await desk.change('order', set({ timeout: 7 }))],
      target: { mode: 'gray', gate: { health: false }, audience: { by: 'instances', ids: ['b', 'c'] } },
    });
    const params = desk.desk.at('order');
    const { to, plan } = await desk.admin.call(contracts.previewRollback, { params, body: {} });
    expect([to, ids(plan)]).toEqual([1, ['a']]);
    await desk.desk.rollback('order', (await desk.desk.get('order')).etag);
    expect(await desk.held('order')).toEqual({ a: { timeout: 1 }, b: { timeout: 7 }, c: { timeout: 7 } });
    const { etag } = await desk.desk.get('order');
    await desk.admin.call(contracts.deleteNamespace, { params, ifMatch: etag });
    const revived = await desk.admin.call(contracts.previewRollback, { params, body: { to: 2 } });
    expect([revived.to, ids(revived.plan)]).toEqual([2, ['a', 'b', 'c']]);
    const gone = await desk.admin.attempt(contracts.previewRollback, { params, body: { to: 9 } });
    expect(gone.status).toBe(404);
  });

  it('refuses a gray beside another on the same keys, and takes disjoint ones', async () => {
    const desk = await begin(await boot());
    await desk.instances(['a', 'b', 'c', 'd']);
    const first = await desk.start({
      changes: [await desk.change('order', set({ timeout: 5 }))],
      target: percent([50]),
    });
    const clash = await desk.tryStart({
      changes: [await desk.change('order', set({ timeout: 6 }))],
      target: percent([50]),
    });
    expect(clash).toMatchObject({
      status: 409,
      body: { code: 'gray_conflict', details: { clashes: [{ pushId: first.id, keys: ['timeout'] }] } },
    });
    const other = await desk.start({
      changes: [await desk.change('order', set({ retries: 3 }))],
      target: percent([50]),
    });
    expect(other.state).toBe('running');
    const global = { changes: [await desk.change('order', set({ timeout: 8 }))] };
    const asked = await desk.tryStart({ ...global, target: { mode: 'global' } });
    expect(asked).toMatchObject({ status: 409, body: { code: 'gray_conflict' } });
    await desk.start({ ...global, target: { mode: 'global', grays: 'supersede' } });
    expect(await desk.get(first.id)).toMatchObject({ state: 'abandoned', ended: { reason: 'superseded' } });
    expect((await desk.get(other.id)).state).toBe('running');
    expect(await desk.withValue('order', 8)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('promotes by a three-way merge: a key that global changed since needs a choice', async () => {
    const desk = await begin(await boot());
    await desk.instances(['a', 'b']);
    const push = await desk.start({
      changes: [await desk.change('order', set({ timeout: 5, retries: 2 }))],
      target: { mode: 'gray', audience: { by: 'instances', ids: ['a'] } },
    });
    await desk.start({
      changes: [await desk.change('order', set({ timeout: 8 }))],
      target: { mode: 'global', grays: 'keep' },
    });
    expect(await desk.held('order')).toEqual({ a: { timeout: 5, retries: 2 }, b: { timeout: 8 } });
    const refused = await desk.try(contracts.promotePush, push.id);
    expect(refused).toMatchObject({
      status: 409,
      body: {
        code: 'merge_conflict',
        details: { conflicts: [{ namespace: 'order', key: 'timeout', yours: item(5), theirs: item(8) }] },
      },
    });
    await desk.act(contracts.promotePush, push.id, { choices: { order: { timeout: 'global' } } });
    expect(await desk.live('order')).toEqual({ timeout: 8, retries: 2 });
    expect((await desk.held('order')).a).toEqual({ timeout: 8, retries: 2 });
  });
});
