import { describe, expect, it } from '@jest/globals';
import { accept, refuse } from './refusal.ts';
import { SluiceError } from './sluice-error.ts';

const texts = { taken: { en: '{name} is taken by {whom}', zh: '{name} 已被{whom}占用' } } as const;

describe('refuse', () => {
  it('fills the text of each language with the words of that language', () => {
    expect(refuse(texts, 'taken', { name: 'a', whom: { en: 'a gray', zh: '灰度' } })).toEqual({
      ok: false,
      refusal: { code: 'taken', en: 'a is taken by a gray', zh: 'a 已被灰度占用' },
    });
  });

  it('may stand as the reason of an error', () => {
    const { refusal } = refuse(texts, 'taken', { name: 'a', whom: 'b' });
    const error = new SluiceError('wrong_state', { reason: refusal });
    expect(error.message).toContain('a is taken by b');
    expect(error.text('zh')).toContain('a 已被b占用');
  });
});

describe('accept', () => {
  it('carries the value', () => {
    expect(accept(1)).toEqual({ ok: true, value: 1 });
  });
});
