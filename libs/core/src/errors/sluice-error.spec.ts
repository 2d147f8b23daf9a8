import { describe, expect, it } from '@jest/globals';
import { SluiceError } from './sluice-error.ts';

describe('SluiceError', () => {
  it('has the status of its code and a text in both languages', () => {
    const error = new SluiceError('base_moved', { revision: 58, base: 57 });
    expect(error.status).toBe(412);
    expect(error.message).toContain('revision 58 while you worked from 57');
    expect(error.text('en')).toBe(error.message);
    expect(error.text('zh')).toContain('你基于 57 编辑期间，他人已发布修订号 58');
  });

  it('fills a Chinese text with Chinese words', () => {
    const error = new SluiceError('not_found', { what: { en: 'namespace', zh: '命名空间' } });
    expect(error.message).toMatch(/^There is no namespace here/);
    expect(error.text('zh')).toMatch(/^这里没有命名空间/);
  });

  it('keeps the cause and the details, and has neither when there is none', () => {
    const cause = new Error('disk');
    const faults = [{ path: 'a', problem: 'type', message: 'must be a number' }];
    const error = new SluiceError('invalid', { first: 'a' }, { cause, details: { faults } });
    expect(error.cause).toBe(cause);
    expect(error.details?.faults).toEqual(faults);
    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe('SluiceError');
    const bare = new SluiceError('not_json');
    expect('cause' in bare).toBe(false);
    expect(bare.details).toBeUndefined();
  });
});
