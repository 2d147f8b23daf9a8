import { describe, expect, it } from '@jest/globals';
import type { ScriptRule } from '@sluice/core';
import { SwitchedOff } from './switched-off.ts';

const scriptOf = (more: Partial<ScriptRule> = {}) =>
  ({ kind: 'script', role: 'decide', source: 'for (;;);', timeoutMs: 10, ...more }) as ScriptRule;

describe('scripts that were switched off', () => {
  it('are known by their rule and what they say', () => {
    const off = new SwitchedOff();
    expect(off.has('r/a', scriptOf())).toBe(false);
    off.add('r/a', scriptOf({ mode: 'intercept' }));
    expect(off.has('r/a', scriptOf({ mode: 'monitor' }))).toBe(true);
    expect(off.has('r/b', scriptOf())).toBe(false);
    expect(off.has('r/a', scriptOf({ source: 'for (;;) ;' }))).toBe(false);
    expect(off.has('r/a', scriptOf({ timeoutMs: 20 }))).toBe(false);
  });

  it('are forgotten, the oldest first, where there are too many', () => {
    const off = new SwitchedOff();
    for (let n = 0; n < 1001; n++) off.add(`r/${n}`, scriptOf());
    expect([0, 1, 1000].map((n) => off.has(`r/${n}`, scriptOf()))).toEqual([false, true, true]);
  });
});
