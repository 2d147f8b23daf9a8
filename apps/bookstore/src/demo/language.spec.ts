import { describe, expect, it } from '@jest/globals';
import { languageOf } from './language.ts';

describe('languageOf', () => {
  it('follows SLUICE_LANG before the terminal', () => {
    expect(languageOf({ SLUICE_LANG: 'zh', LANG: 'en_US.UTF-8' })).toBe('zh');
    expect(languageOf({ SLUICE_LANG: 'en', LANG: 'zh_CN.UTF-8' })).toBe('en');
    expect(languageOf({ LANG: 'zh_CN.UTF-8' })).toBe('zh');
    expect(languageOf({ LC_ALL: 'zh_TW', LANG: 'C' })).toBe('zh');
    expect(languageOf({ LANG: 'C.UTF-8' })).toBe('en');
    expect(languageOf({})).toBe('en');
  });
});
