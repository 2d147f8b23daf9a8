import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { contracts } from '@sluice/protocol';
import { mostDrills } from '@sluice/protocol/client';
import { DrillStore } from '../../apps/server/src/drills/drill.store.ts';
import { LateRecords } from '../../apps/server/src/drills/late-records.ts';
import { PreCheck } from '../../apps/server/src/drills/pre-check.ts';
import { Clock } from '../../apps/server/src/env/clock.ts';
import { LOGGER } from '../../apps/server/src/env/tokens.ts';
import type { Connection } from '../../apps/server/src/fleet/connection.ts';
import { type BootedApp, bootApp } from '../support/boot-app.ts';
import { DrillDesk, designOf } from '../support/drill-desk.ts';
import { readRows, writeRows } from '../support/rows.ts';
import { until } from '../support/until.ts';

describe('drills at their bounds', () => {
  let server: BootedApp;
  const desks: DrillDesk[] = [];
  const begin = async (app: string): Promise<DrillDesk> => {
    const desk = await DrillDesk.of(server, ['a', 'b'], app);
    desks.push(desk);
    return desk;
  };
  beforeAll(async () => {
    server = await bootApp({ environments: ['prod'] });
  }, 60_000);
  afterAll(async () => {
    for (const desk of desks) desk.close();
    await server?.close();
  });

  it('are told of with as many calls as instances can say', async () => {
    const desk = await begin('told');
    const { drillId } = await desk.run(designOf());
    desk.second = { success: 1e9, errors: 0 };
    const most = 1e11;
    for (const instance of desk.instances.values())
      instance.broke(drillId, most, most, { ok: most, error: most, degraded: most, blocked: most });
    await until('it is told', async () => (await desk.get(drillId)).injected === 2 * most);
    const report = await desk.report(drillId);
    expect(report.callers).toMatchObject({ ok: 2 * most, blocked: 2 * most });
    expect(report.faults[0]).toMatchObject({ eligible: 2 * most, asExpected: false });
    const params = { ...desk.place, drill: drillId };
    await desk.admin.call(contracts.getDrillMarkdown, { params, query: { language: 'en' } });
    await desk.admin.call(contracts.listDrills, { params: desk.place });
    await desk.abort(drillId);
  });

  it('are readable though an earlier version took their titles', async () => {
    const desk = await begin('titled');
    const { drillId, definition } = await desk.create(designOf());
    const old = JSON.stringify({ ...definition, title: 'a\nb' });
    await writeRows(server, `UPDATE drill SET title = 'a\nb', definition = '${old}' WHERE id = '${drillId}'`);
    expect(await desk.get(drillId)).toMatchObject({ title: 'a\nb', definition: { title: 'a\nb' } });
  });

  it('measure other apps for those alone who may read them', async () => {
    const desk = await begin('seen');
    await desk.admin.call(contracts.createApp, { body: { name: 'unseen' } });
    const elsewhere = { ...designOf().steadyState[0]!, app: 'unseen' };
    const { drillId } = await desk.create(designOf({ steadyState: [elsewhere] }));
    const body = { kind: 'api', name: 'd', environment: 'prod', app: 'seen', role: 'drillOperator' } as const;
    const operator = server.bearer((await server.admin.call(contracts.createToken, { body })).secret);
    const input = { params: { ...desk.place, drill: drillId } };
    for (const contract of [contracts.checkDrill, contracts.startDrill])
      expect((await operator.attempt(contract, input)).status).toBe(404);
    expect((await server.admin.attempt(contracts.checkDrill, input)).status).toBe(200);
  });

  it('are started as they were looked at, or not at all', async () => {
    const desk = await begin('moved');
    const { drillId } = await desk.create(designOf());
    const input = { params: { ...desk.place, drill: drillId } };
    const preCheck = server.app.get(PreCheck, { strict: false });
    const look = preCheck.look.bind(preCheck);
    let version = 0;
    preCheck.look = async (...asked) => {
      const seen = await look(...asked);
      // Somebody stores another design while the answer is on its way.
      const definition = designOf({ title: `Version ${++version}`, deadlineMs: 2000 });
      await desk.admin.call(contracts.changeDrill, { ...input, body: { definition } });
      return seen;
    };
    for (const contract of [contracts.checkDrill, contracts.startDrill]) {
      const { status, body } = await desk.admin.attempt(contract, input);
      expect([status, body]).toEqual([409, expect.objectContaining({ code: 'wrong_state' })]);
      expect(await desk.get(drillId)).toMatchObject({ state: 'draft', title: `Version ${version}` });
    }
    preCheck.look = look;
    expect((await desk.admin.call(contracts.startDrill, input)).title).toBe('Version 2');
    await desk.abort(drillId);
  });

  it('tell of another app what their checks look at, and nothing else', async () => {
    const [desk, other] = [await begin('till'), await begin('vault')];
    const elsewhere = { ...designOf().steadyState[0]!, app: 'vault' };
    const { drillId } = await desk.run(designOf({ expect: [elsewhere] }));
    const instance = other.instances.get('a')!;
    const turn = { type: 'rpc', from: 'closed', to: 'open', reason: 'threshold', agoMs: 0 } as const;
    instance.link.report({ breakers: [{ ...turn, rule: 'guard/hidden', resource: 'withdraw' }] });
    instance.breakerTurns('closed', 'open');
    const turns = await until('the breaker that the check is about has turned', async () => {
      const { events } = await desk.get(drillId);
      const told = events.filter(({ kind }) => kind === 'breaker').map(({ text }) => text.en);
      return told.length > 0 && told;
    });
    expect(turns).toEqual([expect.stringContaining('guard/pay of pay went from closed to open')]);
    await desk.abort(drillId);
  });

  it('are written of again only where an instance has news, when all say again what they know', async () => {
    const desk = await begin('restarted');
    const { drillId } = await desk.run(designOf());
    await desk.abort(drillId);
    await desk.over(drillId);
    const targets = (): Promise<
      { instance_id: string; boot_id: string; heard_at: unknown; records: string }[]
    > => readRows(server, `SELECT * FROM drill_target WHERE drill_id = '${drillId}' ORDER BY instance_id`);
    const [a, b] = await targets();
    // A server that has just started has heard nothing yet.
    const { app } = server;
    const strict = { strict: false };
    const late = new LateRecords(
      app.get(DrillStore, strict),
      app.get(Clock, strict),
      app.get(LOGGER, strict),
    );
    const says = (instanceId: string, bootId: string, more: object): void => {
      const place = { environment: 'prod', app: 'restarted' };
      const record = { ...desk.instances.get(instanceId)!.record(drillId)!, activeMs: 7, ...more };
      late.heard({ place, instanceId } as Connection, bootId, record);
    };
    server.advance(1000);
    says('a', a!.boot_id, { endedAgoMs: 99_000 });
    const { callers } = desk.instances.get('b')!.record(drillId)!;
    says('b', b!.boot_id, { callers: { ...callers, ok: 12_345 } });
    const after = await until('the news of b is written', async () => {
      const rows = await targets();
      return rows[1]!.records.includes('12345') && rows;
    });
    expect(after[0]!.heard_at).toBe(a!.heard_at);
  });

  it('are as many in an app as its instances take', async () => {
    const desk = await begin('many');
    const of = (number: number) => {
      const slow = {
        ...designOf().faults.slow!,
        resource: { match: 'exact' as const, value: `pay ${number}` },
      };
      return designOf({ title: `Drill ${number}`, faults: { slow } });
    };
    const started: string[] = [];
    for (let number = 0; number < mostDrills; number++) started.push((await desk.run(of(number))).drillId);
    const plan = await desk.plan(of(mostDrills));
    expect(plan.findings.filter(({ severity }) => severity === 'refused')).toEqual([
      expect.objectContaining({
        code: 'otherDrill',
        text: expect.objectContaining({ en: expect.stringContaining('no more can') }),
      }),
    ]);
    const { drillId } = await desk.create(of(mostDrills));
    expect((await desk.tryStart(drillId)).status).toBe(409);
    expect(desk.instances.get('a')!.active).toHaveLength(mostDrills);
    for (const each of started) await desk.abort(each);
    for (const each of started) await desk.over(each);
    expect((await desk.plan(of(mostDrills))).ready).toBe(true);
  });
});
