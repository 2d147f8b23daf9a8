import { describe, expect, it } from '@jest/globals';
import type { PushActPlan } from '@sluice/protocol';
import { waiverOf } from './waiver.ts';

const health = (is: 'healthy' | 'unknown' | 'breached', isWorse: boolean): PushActPlan['health'] => ({
  health: is,
  isWorse,
  since: '2026-01-01T00:00:00.000Z',
});
const waiting = (wait: 'health' | 'click') => ({
  step: { index: 0, of: 2, waits: [{ for: wait, en: 'waits', zh: '等待' }] } as never,
});

describe('an act in spite of health', () => {
  it('asks for the tick of whoever promotes what does worse, and of nobody else', () => {
    const promote = 'promote';
    expect(waiverOf({}, promote, health('unknown', true))).toBe('needed');
    expect(waiverOf({}, promote, health('breached', true))).toBe('needed');
    expect(waiverOf({}, promote, health('unknown', false))).toBe('none');
    expect(waiverOf({}, promote, health('healthy', false))).toBe('none');
    expect(waiverOf({}, promote, undefined)).toBe('none');
  });

  it('offers the tick for a step that waits for health, but not for one that is breached', () => {
    const advance = 'advance';
    expect(waiverOf(waiting('health'), advance, health('unknown', false))).toBe('optional');
    expect(waiverOf(waiting('health'), advance, health('unknown', true))).toBe('optional');
    expect(waiverOf(waiting('health'), advance, health('breached', true))).toBe('none');
    expect(waiverOf(waiting('click'), advance, health('healthy', false))).toBe('none');
  });

  it('is no matter of taking something back', () => {
    expect(waiverOf(waiting('health'), 'abandon', health('unknown', true))).toBe('none');
  });
});
