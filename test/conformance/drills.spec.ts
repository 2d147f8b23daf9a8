import { afterAll, expect, it } from '@jest/globals';
import { contracts } from '@sluice/protocol';
import { type BootedApp, bootApp } from '../support/boot-app.ts';
import { type Postgres, startPostgres } from '../support/databases.ts';
import { DrillDesk, designOf } from '../support/drill-desk.ts';
import { until } from '../support/until.ts';

/** They mostly wait: all of them at once, on both databases, each in an app of its own on one server. */
for (const dialect of ['sqlite', 'postgres'] as const) {
  const aDrill = (what: string, test: () => Promise<void>): void =>
    it.concurrent(`a drill on ${dialect} ${what}`, test);
  let postgres: Postgres | undefined;
  let booted: Promise<BootedApp> | undefined;
  const desks: DrillDesk[] = [];
  let apps = 0;
  const boot = async (): Promise<BootedApp> => {
    if (dialect === 'postgres') postgres = await startPostgres();
    const databaseUrl = await postgres?.createDatabase();
    return bootApp({ ...(databaseUrl && { databaseUrl }) });
  };
  afterAll(async () => {
    for (const desk of desks) desk.close();
    await (await booted)?.close();
    await postgres?.stop();
  });
  const begin = async (ids: readonly string[] = ['a', 'b', 'c']) => {
    booted ??= boot();
    const server = await booted;
    const desk = await DrillDesk.of(server, ids, `shop-${++apps}`);
    desks.push(desk);
    return { server, desk };
  };

  aDrill('is in its targets and nobody else, renewed each second, until its deadline', async () => {
    const { desk } = await begin();
    const design = designOf({
      targets: { by: 'instances', ids: ['a', 'b'] },
      deadlineMs: 3500,
      budget: { share: 0.3 },
      // As wide as a busy machine may let a report wait.
      steadyState: [{ metric: 'errorRatio', resource: 'pay', atMost: 0.1, windowS: 5 }],
      recoverWithinMs: 20_000,
    });
    const { drillId } = await desk.run(design);
    const [a, b, c] = ['a', 'b', 'c'].map((id) => desk.instances.get(id)!);
    const order = a!.order(drillId)!;
    expect(order).toMatchObject({ budgetPerMillion: 300_000 });
    expect(order.deadlineInMs).toBeLessThanOrEqual(3500);
    expect(order.faults.slow).toMatchObject({
      kind: 'fault',
      mode: 'intercept',
      perMillion: 500_000,
      seed: 7,
      drillId,
      fault: 'delay',
    });
    await until('beats come', async () => a!.frames.filter(({ drills }) => drills === undefined).length >= 2);
    expect(a!.frames.every(({ leaseMs }) => leaseMs === 3000)).toBe(true);
    a!.broke(drillId, 100, 52, { ok: 95, degraded: 5 });
    b!.broke(drillId, 50, 24, { ok: 40, error: 10 });
    expect(c!.frames).toEqual([]);
    const over = await desk.over(drillId);
    expect(over).toMatchObject({ state: 'held', targets: 2, clean: 2, active: 0, injected: 76 });
    expect(over.instances.map(({ cleanBy }) => cleanBy)).toEqual(['told', 'told']);
    expect(a!.record(drillId)!.state).toBe('ended');
  });

  aDrill('begins and ends in all of them at once, and waits for no beat', async () => {
    const { desk } = await begin(['a', 'b', 'c']);
    const at = { params: { ...desk.place, drill: (await desk.create(designOf())).drillId } };
    await desk.admin.call(contracts.startDrill, at);
    await desk.admin.call(contracts.abortDrill, { ...at, body: {} });
    const over = await desk.over(at.params.drill);
    expect(over.instances.map(({ cleanBy }) => cleanBy)).toEqual(['told', 'told', 'told']);
    for (const { cleanAfterMs } of over.instances) expect(cleanAfterMs).toBeLessThan(1000);
  });

  aDrill('is reported as its instances counted, each process once', async () => {
    const { desk } = await begin(['a', 'b']);
    await until('there is a time before', async () => {
      const { items } = await desk.admin.call(contracts.listResources, { params: desk.place });
      return Date.now() - Date.parse(items[0]!.firstSeenAt) > 2000;
    });
    const { drillId } = await desk.run(designOf());
    const [a, b] = ['a', 'b'].map((id) => desk.instances.get(id)!);
    a!.broke(drillId, 300, 149, { ok: 200, degraded: 60, error: 30, blocked: 10 });
    b!.broke(drillId, 100, 55, { ok: 90, abandoned: 10 });
    a!.breakerTurns('closed', 'open');
    await until('they are told', async () => (await desk.get(drillId)).injected === 204);
    await until('calls of its time are known', async () => {
      const { phases } = await desk.report(drillId);
      return phases.some(({ phase, calls }) => phase === 'during' && calls > 0);
    });
    // Its process is replaced while the drill runs: the new one counts anew.
    b!.close();
    const reborn = await desk.add('b', desk.url, 'b-again');
    await until('it begins again', async () => reborn.active.length === 1);
    reborn.broke(drillId, 10, 4, { ok: 10 });
    a!.breakerTurns('open', 'closed');
    await until('they are told again', async () => (await desk.get(drillId)).injected === 208);
    await desk.abort(drillId);
    await desk.over(drillId);
    const report = await desk.report(drillId);
    expect(report).toMatchObject({ verdict: 'aborted', allClean: true });
    expect(report.faults).toEqual([
      expect.objectContaining({
        fault: 'slow',
        kind: 'delay',
        share: 0.5,
        eligible: 410,
        injected: 208,
        expected: 205,
        asExpected: true,
      }),
    ]);
    expect(report.callers).toEqual({ ok: 300, degraded: 60, error: 30, blocked: 10, abandoned: 10 });
    expect(report.fallbackShare).toBeCloseTo(0.6);
    expect(report.breakers.map(({ instanceId, from, to }) => [instanceId, from, to])).toEqual([
      ['a', 'closed', 'open'],
      ['a', 'open', 'closed'],
    ]);
    expect(report.timeToOpenMs).toBeGreaterThanOrEqual(0);
    expect(report.phases.map(({ phase, resource }) => [phase, resource])).toEqual([
      ['before', 'pay'],
      ['during', 'pay'],
      ['after', 'pay'],
    ]);
    const params = { ...desk.place, drill: drillId };
    for (const [language, word] of [
      ['en', 'aborted'],
      ['zh', '已中止'],
    ] as const) {
      const { markdown } = await desk.admin.call(contracts.getDrillMarkdown, { params, query: { language } });
      expect(markdown).toContain(word);
      expect(markdown).toContain('| slow | delay | 50 % | 410 | 208 |');
    }
  });

  aDrill('is clean in all targets two seconds after it is stopped, by their own word', async () => {
    const { desk } = await begin();
    const { drillId } = await desk.run(designOf());
    const stoppedAt = Date.now();
    await desk.abort(drillId, 'the shop is full');
    await until('nothing is broken', async () =>
      [...desk.instances.values()].every(({ active }) => active.length === 0),
    );
    expect(Date.now() - stoppedAt).toBeLessThan(2000);
    const over = await desk.over(drillId);
    expect(over).toMatchObject({ state: 'aborted', clean: 3 });
    expect(over.because!.en).toBe('stopped by admin: the shop is full');
    for (const one of over.instances) {
      expect(one).toMatchObject({ cleanBy: 'told', endedBecause: 'ended' });
      expect(one.cleanAfterMs).toBeLessThan(2000);
    }
    expect((await desk.tryStart(drillId)).status).toBe(409);
    const again = await desk.admin.attempt(contracts.abortDrill, {
      params: { ...desk.place, drill: drillId },
      body: {},
    });
    expect([again.status, (again.body as { code: string }).code]).toEqual([409, 'wrong_state']);
    const { items } = await desk.admin.call(contracts.listAudit, { query: { app: desk.place.app } });
    expect(items.map(({ action }) => action).filter((action) => action.startsWith('drill.'))).toEqual([
      'drill.finish',
      'drill.end',
      'drill.start',
      'drill.create',
    ]);
  });

  aDrill('is aborted by a guard that is breached', async () => {
    const { desk } = await begin();
    const { drillId } = await desk.run(designOf());
    desk.second = { success: 2, errors: 40 };
    desk.pay();
    const breachedAt = Date.now();
    await until('nothing is broken', async () =>
      [...desk.instances.values()].every(({ active }) => active.length === 0),
    );
    expect(Date.now() - breachedAt).toBeLessThan(2000);
    desk.second = { success: 20, errors: 0 };
    const over = await desk.over(drillId);
    expect(over.state).toBe('aborted');
    expect(over.because!.en).toMatch(/a guard was breached: errors of pay at most 50 % over 2 s/);
    expect(over.because!.zh).toContain('护栏被突破');
  });

  aDrill('does not hold where what it says does not come true, or nothing was tried', async () => {
    const { desk } = await begin(['a']);
    const opens = { metric: 'breakerOpen', resource: 'pay', atLeast: 1, windowS: 1, withinS: 1 } as const;
    const { drillId } = await desk.run(designOf({ deadlineMs: 2500, expect: [opens] }));
    const over = await desk.over(drillId);
    expect(over.state).toBe('deviated');
    expect(over.because!.en).toContain('did not hold: open breakers of pay at least 1');
    expect(over.because!.en).toContain('not one call was broken');
    expect(over.measures.find(({ of }) => of === 'expect')).toMatchObject({ held: false });
    const compared = await desk.run(designOf({ deadlineMs: 2500 }));
    desk.instances.get('a')!.broke(compared.drillId, 10, 5, { ok: 10 });
    expect((await desk.over(compared.drillId)).state).toBe('held');
    const comparison = await desk.admin.call(contracts.compareDrills, {
      params: { ...desk.place, drill: compared.drillId },
    });
    expect(comparison.with.drillId).toBe(drillId);
    expect(comparison.changedFields).toEqual(['expect']);
    expect(comparison.figures.find(({ figure }) => figure === 'injected')).toMatchObject({
      before: 0,
      now: 5,
    });
  });

  aDrill('is interrupted by the kill switch, and hears the last word of one that was gone', async () => {
    const { desk } = await begin(['a', 'b']);
    const { drillId } = await desk.run(designOf());
    const b = desk.instances.get('b')!;
    b.broke(drillId, 20, 9, { ok: 20 });
    b.link.close();
    await until('it is gone', async () =>
      (await desk.get(drillId)).instances.some(({ state }) => state === 'offline'),
    );
    const body = { app: desk.place.app, endFaults: true, reason: 'page 3' };
    await desk.admin.call(contracts.setKill, { params: { env: 'prod' }, body });
    await until('nothing is broken', async () => desk.instances.get('a')!.active.length === 0);
    const over = await desk.over(drillId);
    expect(over.state).toBe('interrupted');
    expect(over.because!.en).toContain('page 3');
    expect(over.instances.map(({ instanceId, cleanBy }) => [instanceId, cleanBy])).toEqual([
      ['a', 'told'],
      ['b', 'silence'],
    ]);
    // It had counted more than it could tell.
    b.broke(drillId, 5, 3, { ok: 5 });
    await b.link.connect();
    b.tell();
    const late = await until('the last word is heard', async () => {
      const report = await desk.report(drillId);
      return report.faults[0]!.injected === 12 && report;
    });
    expect(late.instances[1]).toMatchObject({ cleanBy: 'told', endedBecause: 'silence', eligible: 25 });
    expect(late.drill.injected).toBe(12);
  });
}
