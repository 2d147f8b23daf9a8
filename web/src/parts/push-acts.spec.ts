import { describe, expect, it } from '@jest/globals';
import { applyStates } from '@sluice/core';
import type { Push, PushCounts } from '@sluice/protocol';
import { actsOf, isInForce } from './push-acts.ts';

const counts = Object.fromEntries(applyStates.map((state) => [state, 0])) as PushCounts;
const moment = '2026-01-01T00:00:00.000Z';

const push = (more: Partial<Push>): Push => ({
  id: 'p',
  environment: 'prod',
  app: 'shop',
  mode: 'gray',
  state: 'running',
  namespaces: [{ name: 'order', keys: ['timeoutMs'] }],
  target: { mode: 'global' },
  revision: 1,
  twoPhase: false,
  createdBy: 'ada',
  createdAt: moment,
  message: '',
  verdict: { holding: 2, targets: 2, counts, at: moment },
  step: { index: 0, of: 3, since: moment, waits: [] },
  ...more,
});

describe('what can be done with a push', () => {
  it('leads a gray on, to everyone, or back', () => {
    expect(actsOf(push({}))).toEqual(['pause', 'advance', 'promote', 'abandon']);
    expect(actsOf(push({ state: 'paused' }))).toEqual(['resume', 'advance', 'promote', 'abandon']);
    expect(actsOf(push({ step: { index: 2, of: 3, since: moment, waits: [] } }))).toEqual([
      'pause',
      'promote',
      'abandon',
    ]);
    expect(actsOf(push({ state: 'converged' }))).toEqual(['promote', 'abandon']);
  });

  it('lets a halted one only be taken back, and an ended one rest', () => {
    expect(actsOf(push({ state: 'halted' }))).toEqual(['abandon']);
    expect(actsOf(push({ mode: 'global', state: 'planned' }))).toEqual(['abandon']);
    for (const state of ['promoting', 'promoted', 'abandoned', 'draft'] as const)
      expect(actsOf(push({ state }))).toEqual([]);
  });

  it('rolls a global one back, and takes one for some instances away', () => {
    expect(actsOf(push({ mode: 'global', state: 'converged' }))).toEqual(['rollback']);
    expect(actsOf(push({ mode: 'single', state: 'converged' }))).toEqual(['abandon']);
  });

  it('sends again only where somebody who can be reached does not hold it', () => {
    const verdict = { holding: 1, targets: 3, at: moment, counts: { ...counts, offline: 1, drifted: 1 } };
    expect(actsOf(push({ mode: 'group', state: 'diverged', verdict }))).toEqual(['repush', 'abandon']);
    const away = { ...verdict, holding: 2, counts: { ...counts, offline: 1 } };
    expect(actsOf(push({ mode: 'group', state: 'diverged', verdict: away }))).toEqual(['abandon']);
  });

  it('is in force until it ends or its time is over', () => {
    const now = Date.parse(moment);
    expect(isInForce(push({}), now)).toBe(true);
    expect(isInForce(push({ state: 'abandoned' }), now)).toBe(false);
    expect(isInForce(push({ mode: 'global' }), now)).toBe(false);
    expect(isInForce(push({ expiresAt: moment }), now)).toBe(false);
    expect(isInForce(push({ expiresAt: moment }), now - 1)).toBe(true);
  });
});
