import { describe, expect, it } from '@jest/globals';
import { ReasonedError, reason, reasonOf, reasons } from './reasons.ts';

describe('reasons', () => {
  it('say the same in both languages', () => {
    const holes = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort();
    for (const [code, { en, zh }] of Object.entries(reasons)) {
      expect([code, holes(zh)]).toEqual([code, holes(en)]);
      expect([code, /[\u4e00-\u9fff]/.test(zh.replace(/\{\w+\}/g, ''))]).toEqual([code, true]);
      expect([code, /[\u4e00-\u9fff]/.test(en)]).toEqual([code, false]);
    }
  });

  it('carry each other in the language that is asked for', () => {
    const inner = reason('wrong_kind', { got: 'document', wanted: 'map' });
    expect(reason('same_push', { namespace: 'order', reason: inner })).toEqual({
      en: 'order of the same push was refused: it is a document, and the code reads it as a map',
      zh: '同一推送中的 order 被拒绝：它是 document，而代码按 map 读取',
    });
  });

  it('of an error are its own, or its message', () => {
    expect(reasonOf(new ReasonedError(reason('listener_busy')))).toEqual(reason('listener_busy'));
    expect(reasonOf(new Error('pool closed'))).toEqual({ en: 'pool closed', zh: 'pool closed' });
    expect(reasonOf('no error at all').zh).toBe('no error at all');
  });
});
