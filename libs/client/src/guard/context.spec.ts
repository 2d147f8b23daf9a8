import { describe, expect, it } from '@jest/globals';
import { Context } from './context.ts';

describe('the context of a request', () => {
  it('is inherited across waits, and added to', async () => {
    const context = new Context(true);
    expect(context.current).toBeUndefined();
    await context.run({ origin: 'shop', tags: { zone: 'a' } }, async () => {
      await new Promise((resolve) => setImmediate(resolve));
      context.run({ user: 'u1', tags: { tier: 'gold' } }, () =>
        expect(context.current).toEqual({ origin: 'shop', user: 'u1', tags: { zone: 'a', tier: 'gold' } }),
      );
      expect(context.current).toEqual({ origin: 'shop', tags: { zone: 'a' } });
    });
    expect(context.current).toBeUndefined();
  });

  it('is not followed where it is switched off', () => {
    const context = new Context(false);
    expect(context.run({ origin: 'shop' }, () => context.current)).toBeUndefined();
  });
});
