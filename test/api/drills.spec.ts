import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { contracts } from '@sluice/protocol';
import { DrillRetention } from '../../apps/server/src/drills/drill-retention.ts';
import { type BootedApp, bootApp } from '../support/boot-app.ts';
import { type Design, DrillDesk, designOf } from '../support/drill-desk.ts';
import type { Answer } from '../support/http-caller.ts';
import { readRows } from '../support/rows.ts';
import { until } from '../support/until.ts';

const params = { env: 'prod', app: 'shop' };
let server: BootedApp;
let desk: DrillDesk;
beforeAll(async () => {
  server = await bootApp({ environments: ['prod'] });
  desk = await DrillDesk.of(server, ['a', 'b']);
}, 60_000);
afterAll(async () => {
  desk?.close();
  await server?.close();
});

interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly details: {
    readonly faults?: { path: string; problem: string; message: string }[];
    readonly findings?: { code: string }[];
  };
}
const refusalOf = ({ status, body }: Answer) => ({ status, ...(body as Refusal) });
const codesOf = (answer: Answer): string[] => refusalOf(answer).details.findings!.map(({ code }) => code);
/** Everything that is stored of drills, but for one that is running: of that more is told each second. */
const stored = async (running?: string): Promise<string> => {
  const tables = ['drill', 'drill_target', 'drill_event', 'drill_part', 'audit'];
  const rows = await Promise.all(tables.map((table) => readRows(server, `SELECT * FROM ${table}`)));
  const isOther = (row: unknown): boolean => {
    const { id, drill_id } = row as Record<string, unknown>;
    return running === undefined || (id !== running && drill_id !== running);
  };
  return JSON.stringify(rows.map((each) => each.filter(isOther)));
};
const yamlOf = (design: object): string => JSON.stringify(design);

describe('the design of a drill', () => {
  const whole = designOf();
  const { deadlineMs: _, ...endless } = whole;
  const fault = whole.faults.slow!;
  const check = whole.steadyState[0]!;
  const bad: readonly [what: string, design: object, path: string, problem: string][] = [
    ['has no deadline', endless, 'deadlineMs', 'required'],
    ['lasts more than a day', { ...whole, deadlineMs: 86_400_001 }, 'deadlineMs', 'range'],
    [
      'breaks more than all calls',
      { ...whole, faults: { slow: { ...fault, share: 1.5 } } },
      'faults.slow.share',
      'range',
    ],
    ['breaks nothing', { ...whole, faults: {} }, 'faults', 'range'],
    [
      'names nobody',
      { ...whole, targets: { by: 'instances', ids: ['a', 'nobody'] } },
      'targets.ids.1',
      'value',
    ],
    [
      'can’t be aimed',
      { ...whole, targets: { by: 'labels', selector: 'zone in (' } },
      'targets.selector',
      'value',
    ],
    [
      'guards a metric that there isn’t',
      { ...whole, guards: [{ ...check, metric: 'happiness' }] },
      'guards.0.metric',
      'value',
    ],
    ['guards nothing', { ...whole, guards: [{ metric: 'p99Ms', resource: 'pay' }] }, 'guards.0', 'required'],
    [
      'takes a share for percent',
      { ...whole, steadyState: [{ ...check, atMost: 5 }] },
      'steadyState.0.atMost',
      'range',
    ],
    ['has no steady state', { ...whole, steadyState: [] }, 'steadyState', 'range'],
    ['is called nothing', { ...whole, title: ' \u00a0' }, 'title', 'value'],
    ['has a title of several lines', { ...whole, title: 'Slow\n[held] payment' }, 'title', 'value'],
    ['holds unknown fields', { ...whole, surprise: 1 }, 'surprise', 'unknown'],
    [
      'holds unknown fields inside',
      { ...whole, faults: { slow: { ...fault, mode: 'off' } } },
      'faults.slow.mode',
      'unknown',
    ],
  ];

  it.each(bad)(
    'that %s is refused at its place, as data and as YAML, and leaves nothing',
    async (_, design, path, problem) => {
      const before = await stored();
      for (const contract of [contracts.createDrill, contracts.planDrill]) {
        const asData = refusalOf(
          await desk.admin.attempt(contract, { params, body: { definition: design } as never }),
        );
        expect(asData).toMatchObject({ status: 422, code: 'invalid' });
        expect(asData.details.faults).toContainEqual(
          expect.objectContaining({ path: `definition.${path}`, problem }),
        );
        const asText = refusalOf(
          await desk.admin.attempt(contract, { params, body: { yaml: yamlOf(design) } }),
        );
        expect(asText).toMatchObject({ status: 422, code: 'invalid' });
        expect(asText.details.faults).toContainEqual(expect.objectContaining({ path, problem }));
        expect(asText.message).toContain('Nothing was changed');
      }
      expect(await stored()).toBe(before);
    },
  );

  it('that is no YAML is refused with line and column', async () => {
    const before = await stored();
    for (const yaml of ['title: [x\n', 'a: 1\na: 2\n', 'a: *nothing\n'])
      expect(refusalOf(await desk.tryCreate({ yaml }))).toMatchObject({
        status: 422,
        code: 'invalid_document',
      });
    expect(refusalOf(await desk.tryCreate({ yaml: '--- 1\n--- 2\n' })).status).toBe(422);
    expect(refusalOf(await desk.tryCreate({ yaml: 'x', definition: whole })).status).toBe(422);
    expect(await stored()).toBe(before);
  });

  it('is changed and thrown away until it was started, and never after', async () => {
    const { drillId } = await desk.create(whole);
    const at = { params: { ...params, drill: drillId } };
    const body = { yaml: yamlOf({ ...whole, title: 'Slower payment' }) };
    const changed = await desk.admin.call(contracts.changeDrill, { ...at, body });
    expect(changed).toMatchObject({ title: 'Slower payment', state: 'draft' });
    const checked = await desk.admin.call(contracts.checkDrill, at);
    expect(checked).toMatchObject({ state: 'preCheck', checkedAt: expect.any(String) });
    const early = await desk.admin.attempt(contracts.getDrillReport, at);
    expect(refusalOf(early)).toMatchObject({ status: 409, code: 'wrong_state' });
    await desk.start(drillId);
    const late = [
      await desk.admin.attempt(contracts.changeDrill, { ...at, body }),
      await desk.admin.attempt(contracts.deleteDrill, at),
      await desk.admin.attempt(contracts.checkDrill, at),
    ];
    expect(late.map(({ status }) => status)).toEqual([409, 409, 409]);
    await desk.abort(drillId);
    await desk.over(drillId);
    const other = await desk.create(whole);
    await desk.admin.call(contracts.deleteDrill, { params: { ...params, drill: other.drillId } });
    expect(
      (await desk.admin.attempt(contracts.getDrill, { params: { ...params, drill: other.drillId } })).status,
    ).toBe(404);
  });
});

describe('a drill refuses to start, and says why,', () => {
  const refused = async (design: Design, running?: string): Promise<string[]> => {
    const { drillId } = await desk.create(design);
    const before = await stored(running);
    const answer = await desk.tryStart(drillId);
    expect(refusalOf(answer)).toMatchObject({ status: 409, code: 'drill_refused' });
    expect(refusalOf(answer).message).toContain('Nothing was changed');
    expect(await stored(running)).toBe(before);
    for (const instance of desk.instances.values()) expect(instance.active).not.toContain(drillId);
    return codesOf(answer);
  };

  it('when its steady state is not met, or nothing is known of it', async () => {
    const strict = { metric: 'throughput', resource: 'pay', atLeast: 1e6, windowS: 2 } as const;
    expect(await refused(designOf({ steadyState: [strict] }))).toEqual(['steadyStateNotMet']);
    const unknown = { metric: 'errorRatio', resource: 'nothing', atMost: 1, windowS: 2 } as const;
    expect(await refused(designOf({ steadyState: [unknown] }))).toEqual(['steadyStateUnknown']);
  });

  it('when another drill is on the resource', async () => {
    const running = await desk.run(designOf({ title: 'First' }));
    expect(await refused(designOf(), running.drillId)).toEqual(['otherDrill']);
    const everything = { ...designOf().faults.slow!, resource: { match: 'glob' as const, value: '**' } };
    expect(await refused(designOf({ faults: { all: everything } }), running.drillId)).toEqual(['otherDrill']);
    await desk.abort(running.drillId);
    await desk.over(running.drillId);
  });

  it('when the kill switch is on', async () => {
    const turn = (endFaults: boolean) =>
      desk.admin.call(contracts.setKill, { params: { env: 'prod' }, body: { endFaults, reason: 'page 3' } });
    await turn(true);
    expect(await refused(designOf())).toEqual(['killSwitch']);
    await turn(false);
  });

  it('when a target can’t be reached, there is none, or there are too many', async () => {
    const gone = await desk.add('gone');
    gone.close();
    desk.instances.delete('gone');
    await until('it is gone', async () => {
      const { items } = await desk.admin.call(contracts.listInstances, { params });
      return items.some(({ instanceId, online }) => instanceId === 'gone' && !online);
    });
    expect(await refused(designOf({ targets: { by: 'instances', ids: ['a', 'gone'] } }))).toEqual([
      'targetUnreachable',
    ]);
    expect(await refused(designOf({ targets: { by: 'labels', selector: 'zone=far' } }))).toEqual([
      'noTarget',
    ]);
    expect(await refused(designOf({ budget: { instances: 1 } }))).toEqual(['tooManyTargets']);
  });

  it('twice at once: of two that start together one does', async () => {
    const drills = [await desk.create(designOf()), await desk.create(designOf())];
    const answers = await Promise.all(drills.map(({ drillId }) => desk.tryStart(drillId)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    const winner = drills[answers.findIndex(({ status }) => status === 200)]!;
    await desk.abort(winner.drillId);
    await desk.over(winner.drillId);
  });
});

describe('drills', () => {
  it('are designed and run by whom the role lets, and read by whoever reads the app', async () => {
    const holder = async (role: 'viewer' | 'drillOperator' | 'publisher') => {
      const body = { kind: 'api', name: role, environment: 'prod', app: 'shop', role } as const;
      return server.bearer((await server.admin.call(contracts.createToken, { body })).secret);
    };
    const body = { definition: designOf() };
    const statuses = async (role: 'viewer' | 'drillOperator' | 'publisher') => {
      const who = await holder(role);
      return [
        (await who.attempt(contracts.listDrills, { params })).status,
        (await who.attempt(contracts.createDrill, { params, body })).status,
      ];
    };
    expect(await statuses('viewer')).toEqual([200, 403]);
    expect(await statuses('publisher')).toEqual([200, 403]);
    expect(await statuses('drillOperator')).toEqual([200, 201]);
    // A check may look at another app only for whoever may read that.
    const elsewhere = { ...designOf().steadyState[0]!, app: 'bank' };
    const operator = await holder('drillOperator');
    const peeking = await operator.attempt(contracts.createDrill, {
      params,
      body: { definition: designOf({ steadyState: [elsewhere] }) },
    });
    expect([peeking.status, (peeking.body as { message: string }).message]).toEqual([
      404,
      expect.stringContaining('no app "bank" (a check of the drill looks at it) here'),
    ]);
    // A name that is only mistyped would have been found out by a drill that never starts.
    expect((await desk.tryCreate({ definition: designOf({ guards: [elsewhere] }) })).status).toBe(404);
  });

  it('stand on the charts of the app, and are listed page by page', async () => {
    const { drillId } = await desk.run(
      designOf({ title: 'On the chart', targets: { by: 'instances', ids: ['a'] } }),
    );
    await desk.abort(drillId);
    await desk.over(drillId);
    const { markers } = await desk.admin.call(contracts.getTraffic, {
      params: { ...params, resource: 'pay' },
    });
    const own = markers.flatMap((marker) =>
      marker.kind === 'drill' && marker.drillId === drillId ? [marker.what] : [],
    );
    expect(own).toEqual(['started', 'aborted']);
    const { events } = await desk.admin.call(contracts.getDrill, { params: { ...params, drill: drillId } });
    expect(events.find(({ kind }) => kind === 'started')?.text.en).toMatch(/ started it in 1 instance$/);
    const first = await desk.admin.call(contracts.listDrills, { params, query: { limit: '2' } });
    expect(first.items[0]!.title).toBe('On the chart');
    expect(first.items).toHaveLength(2);
    const next = await desk.admin.call(contracts.listDrills, {
      params,
      query: { before: String(first.next) },
    });
    expect(next.items.length).toBeGreaterThan(0);
    expect(next.items.map((drill) => drill.drillId)).not.toContain(first.items[1]!.drillId);
    const open = await desk.admin.call(contracts.listDrills, { params, query: { state: 'aborted' } });
    expect(open.items.every(({ state }) => state === 'aborted')).toBe(true);
  });

  it('come with templates about the resources that the app has', async () => {
    const { items } = await desk.admin.call(contracts.listDrillTemplates, { params });
    expect(items.map(({ template }) => template)).toEqual([
      'slowPayment',
      'stockErrors',
      'accountsHang',
      'eventLoopBlocked',
      'cacheCold',
    ]);
    for (const { definition, template } of items) {
      const answer = await desk.admin.attempt(contracts.planDrill, { params, body: { definition } });
      expect([template, answer.status]).toEqual([template, 200]);
    }
    expect(items[0]!.definition.faults.slow).toMatchObject({ resource: { value: 'pay', type: 'rpc' } });
    expect(items[0]!.fits).toBe(true);
  });

  it('are forgotten after the retention, but for those that run', async () => {
    const { drillId } = await desk.create(designOf({ title: 'Old' }));
    const running = await desk.run(designOf({ title: 'Running' }));
    server.advance(40 * 86_400_000);
    await server.app.get(DrillRetention, { strict: false }).sweep();
    const left = await readRows<{ id: string }>(server, 'SELECT id FROM drill');
    expect(left.map(({ id }) => id)).toEqual([running.drillId]);
    expect(left.map(({ id }) => id)).not.toContain(drillId);
    const rows = await readRows<{ drill_id: string }>(server, 'SELECT drill_id FROM drill_target');
    expect(new Set(rows.map((row) => row.drill_id))).toEqual(new Set([running.drillId]));
  });
});
