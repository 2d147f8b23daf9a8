import { describe, expect, it } from '@jest/globals';
import { Drill, type Entry, Guard } from '@sluice/core';
import { drillDefinition } from '@sluice/protocol';
import { ActiveDrill } from './active-drill.ts';
import type { DrillEntity, DrillPartEntity, DrillTargetEntity } from './drill.entities.ts';
import { faultsOfDrill } from './fault-orders.ts';
import { markdownOf } from './markdown.ts';
import { reportOf } from './report.ts';

const startedAt = Date.UTC(2026, 0, 1);
const endedAt = startedAt + 60_000;
const design = (more: object = {}) =>
  drillDefinition.parse({
    title: 'Stock fails',
    hypothesis: 'pages are shown',
    deadlineMs: 60_000,
    faults: {
      down: {
        resource: { match: 'exact', value: 'stock' },
        share: 0.3,
        fault: 'error',
        message: 'no',
        ...more,
      },
    },
    targets: { by: 'all' },
    steadyState: [{ metric: 'errorRatio', resource: 'stock', atMost: 0.1 }],
  });
type Definition = ReturnType<typeof design>;

const rowOf = (definition: Definition): DrillEntity => ({
  id: 'd1',
  environment: 'prod',
  app: 'shop',
  title: definition.title,
  state: 'held',
  definition,
  createdBy: 'ada',
  createdAt: startedAt,
  findings: [],
  checkedAt: null,
  startedBy: 'ada',
  startedAt,
  deadlineAt: endedAt,
  endedAt,
  finishedAt: endedAt,
  outcome: null,
  because: null,
  nodeId: 'n1',
  beat: 1,
  beatAt: endedAt,
  measures: [],
  recoveredAt: null,
  targets: 1,
  active: 0,
  clean: 0,
  injected: 0,
});

/** What a process tells after so many calls of the one resource that is broken. */
function targetAfter(
  calls: number,
  definition: Definition,
  instanceId: string,
  seed: number,
): DrillTargetEntity {
  const faults = faultsOfDrill('d1', definition, endedAt) as ConstructorParameters<typeof Drill>[0]['faults'];
  const drill = new Drill({ id: 'd1', budgetPerMillion: 1_000_000, faults, seed, wallOffsetMs: startedAt });
  drill.endsMs = 60_000;
  const guard = new Guard({ name: 'g', nowMs: 0, wallOffsetMs: startedAt, seed: 1 });
  guard.setDrills([drill], 0);
  const gate = guard.gate('stock', 'method');
  for (let i = 0; i < calls; i++) {
    const entry = guard.enter(gate, {}, 0) as Entry;
    guard.exit(entry, guard.harm(entry, {}, 0, { mayWait: true, mayAnswer: true }) ? 'error' : 'success', 0);
  }
  const record = {
    drillId: 'd1',
    state: 'ended' as const,
    activeMs: 60_000,
    seed: 1,
    faults: drill.faults.map(
      ({ name: fault, eligible, injected, overBudget, notInjectable, held, released }) => ({
        fault,
        eligible,
        injected,
        overBudget,
        notInjectable,
        held,
        released,
      }),
    ),
    callers: drill.callers,
  };
  return {
    drillId: 'd1',
    instanceId,
    nodeId: 'n1',
    bootId: instanceId,
    connected: true,
    records: { [instanceId]: record },
    cleanBy: 'told',
    cleanAt: endedAt,
    heardAt: endedAt,
  };
}

const report = (definition: Definition, targets: DrillTargetEntity[], parts: DrillPartEntity[] = []) =>
  reportOf({ row: rowOf(definition), targets, events: [] }, parts, endedAt);

describe('the faults of a report', () => {
  it.each([
    ['that all processes draw alike by a seed', (seed: number) => design({ seed })],
    ['that each process draws by itself', () => design()],
  ])('%s are as expected in nearly every run', (_, designOf) => {
    let unexpected = 0;
    for (let run = 0; run < 200; run++) {
      const definition = designOf(run);
      const targets = Array.from({ length: 20 }, (__, i) =>
        targetAfter(50, definition, `i${i}`, run * 20 + i),
      );
      const [fault] = report(definition, targets).faults;
      expect(fault).toMatchObject({ eligible: 1000, expected: 300 });
      if (!fault!.asExpected) unexpected += 1;
    }
    expect(unexpected).toBeLessThanOrEqual(2);
  });

  it('are not as expected where one process broke more than its share', () => {
    const definition = design();
    const target = targetAfter(1000, definition, 'a', 1);
    target.records.a!.faults[0]!.injected = 400;
    expect(report(definition, [target]).faults[0]).toMatchObject({ low: 253, high: 348, asExpected: false });
  });
});

describe('what happened in a drill', () => {
  const text = { en: 'said', zh: '说' };

  it('is known of its breakers and its end, however many instances it is in', () => {
    const row = rowOf(design());
    const drill = new ActiveDrill(row, startedAt, 0);
    for (let i = 0; i < 3000; i++)
      drill.log(startedAt + 1, { kind: 'targetActive', instanceId: `i${i}`, text });
    const turn = { app: 'shop', rule: 'guard/fuse', resource: 'stock', type: 'method', reason: '' } as const;
    for (let i = 0; i < 3000; i++)
      drill.log(startedAt + 2000 + i, {
        kind: 'breaker',
        instanceId: 'i0',
        text,
        turn: { ...turn, from: 'closed', to: 'open' },
      });
    drill.log(endedAt, { kind: 'ended', text });
    const events = drill.events.map((event) => ({ ...event, drillId: 'd1', nodeId: 'n1' }));
    expect(new Set(events.map(({ number }) => number)).size).toBe(events.length);
    const { timeToOpenMs, events: told } = reportOf({ row, targets: [], events }, [], endedAt);
    expect(timeToOpenMs).toBe(2000);
    expect(told.at(-1)).toMatchObject({ kind: 'ended' });
    expect(told.length).toBeLessThan(3000);
  });
});

describe('a report for people', () => {
  it('says in their language why each instance is clean, in a table that holds', () => {
    const definition = design();
    const target = targetAfter(10, definition, 'a\\|b', 1);
    target.records['a\\|b']!.endedBecause = 'silence';
    const of = report(definition, [target]);
    expect(markdownOf(of, 'en')).toContain('| a\\\\\\|b | by its own word | nothing renewed it | 0.0 s |');
    expect(markdownOf(of, 'zh')).toContain('| a\\\\\\|b | 实例自述 | 没有续期 | 0.0 s |');
  });

  it('says in their language why a breaker turned', () => {
    const turn = {
      at: new Date(startedAt).toISOString(),
      afterMs: 2000,
      instanceId: 'i0',
      app: 'shop',
      rule: 'guard/fuse',
      resource: 'stock',
    } as const;
    const turned = { ...turn, type: 'method', from: 'closed', to: 'open' } as const;
    const newer = 'a reason of a newer client';
    const reasons = ['threshold', newer].map((reason) => ({ ...turned, reason }));
    const of = { ...report(design(), []), breakers: reasons };
    expect(markdownOf(of, 'en')).toContain('| stock | closed → open | its threshold was reached |');
    expect(markdownOf(of, 'zh')).toContain('| stock | 关闭 → 打开 | 达到阈值 |');
    expect(markdownOf(of, 'en')).toContain(`| closed → open | ${newer} |`);
  });
});
