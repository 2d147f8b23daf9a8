import { describe, expect, it } from '@jest/globals';
import type { DrillRecord } from '@sluice/protocol/client';
import type { DrillTargetEntity } from './drill.entities.ts';
import { inOne } from './drill-records.ts';

const record = (activeMs: number, endedAgoMs?: number): DrillRecord => ({
  drillId: 'd1',
  state: endedAgoMs === undefined ? 'active' : 'ended',
  activeMs,
  ...(endedAgoMs !== undefined && { endedAgoMs }),
  seed: 1,
  faults: [],
  callers: { ok: activeMs, error: 0, degraded: 0, blocked: 0, abandoned: 0 },
});
const target = (nodeId: string, more: Partial<DrillTargetEntity>): DrillTargetEntity => ({
  drillId: 'd1',
  instanceId: 'a',
  nodeId,
  bootId: 'first',
  connected: true,
  records: {},
  cleanBy: null,
  cleanAt: null,
  heardAt: null,
  ...more,
});

describe('one target that two nodes know', () => {
  it('is connected where it is, also when the node that it left says so last', () => {
    const left = target('n1', { connected: false });
    const joined = target('n2', { bootId: 'second' });
    expect(inOne(left, joined)).toMatchObject({ nodeId: 'n2', connected: true, bootId: 'second' });
    expect(inOne(joined, left)).toMatchObject({ nodeId: 'n2', connected: true, bootId: 'second' });
    const gone = target('n2', { connected: false });
    expect(inOne(gone, joined)).toMatchObject({ nodeId: 'n2', connected: false });
  });

  it('stays clean when a node that stood still meanwhile writes what it had known', () => {
    const frozen = target('n1', { connected: true });
    const clean = target('n1', { connected: false, cleanBy: 'silence', cleanAt: 5000 });
    expect(inOne(frozen, clean)).toMatchObject({ connected: true, cleanBy: 'silence', cleanAt: 5000 });
    const told = target('n1', { cleanBy: 'told', cleanAt: 4000 });
    expect(inOne(told, clean)).toMatchObject({ cleanBy: 'told', cleanAt: 4000 });
    expect(inOne(clean, told)).toMatchObject({ cleanBy: 'told', cleanAt: 4000 });
    // A new process of it is broken again while the drill runs.
    expect(inOne(target('n1', { bootId: 'second' }), told)).toMatchObject({ cleanBy: null });
  });

  it('keeps the newest word of each of its processes', () => {
    const here = target('n1', { records: { first: record(3000), second: record(500) } });
    const there = target('n2', { records: { first: record(2000, 1500), third: record(100) } });
    const records = { first: record(2000, 1500), second: record(500), third: record(100) };
    expect(inOne(here, there).records).toEqual(records);
    expect(inOne(there, here).records).toEqual(records);
  });
});
