import { describe, expect, it } from '@jest/globals';
import { languageOf } from './language.ts';

describe('the language of an environment', () => {
  it('is the one that is asked for, else the one of the system, else English', () => {
    expect(languageOf({ SLUICE_LANG: 'zh', LANG: 'en_US.UTF-8' })).toBe('zh');
    expect(languageOf({ SLUICE_LANG: 'en', LANG: 'zh_CN.UTF-8' })).toBe('en');
    expect(languageOf({ LC_ALL: 'C', LANG: 'zh_CN.UTF-8' })).toBe('en');
    expect(languageOf({ LC_MESSAGES: 'zh_TW.UTF-8', LANG: 'C' })).toBe('zh');
    expect(languageOf({ SLUICE_LANG: '', LANG: 'zh_CN.UTF-8' })).toBe('zh');
    expect(languageOf({})).toBe('en');
  });
});
