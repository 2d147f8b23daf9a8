import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { keepForChorus, saidAlone, saidInChorus } from './chorus.ts';

describe('what many say in the same words', () => {
  it('is read once, and everybody gets that', () => {
    const said = saidAlone('ack', { ms: 1 });
    keepForChorus('["ack",{"ms":1}]', said);
    expect(saidInChorus('["ack",{"ms":1}]')).toBe(said);
    expect(said.isShared).toBe(true);
    expect(saidInChorus('["ack",{"ms":2}]')).toBeUndefined();
  });

  it('is not kept where it is long', () => {
    const said = saidAlone('report', {});
    keepForChorus('x'.repeat(5000), said);
    expect(saidInChorus('x'.repeat(5000))).toBeUndefined();
    expect(said.isShared).toBe(false);
  });

  it('is never taken for other words, however much is said', () => {
    const texts = fc.array(fc.string({ maxLength: 3 }), { minLength: 100, maxLength: 400 });
    fc.assert(
      fc.property(texts, (said) => {
        for (const text of said) {
          const before = saidInChorus(text);
          expect(before === undefined || before.frame === text).toBe(true);
          if (!before) keepForChorus(text, saidAlone('ack', text));
        }
      }),
    );
  });
});
