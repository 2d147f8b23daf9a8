import { describe, expect, it } from '@jest/globals';
import type { ErrorText } from '@sluice/core';
import type { Context } from '../context.ts';
import { threeWayLines } from './conflict.ts';

const speaking = (language: 'en' | 'zh'): Context =>
  ({ say: (text: ErrorText) => text[language] }) as Partial<Context> as Context;
const gateway = (port: number) =>
  ({ kind: 'document', format: 'yaml', text: `server:\n  port: ${port}\n` }) as const;
const three = { base: gateway(1), yours: gateway(2), theirs: gateway(3) };

describe('the three versions of a document', () => {
  it('are what each side made of the base, headed by whose it is', () => {
    expect(threeWayLines(speaking('en'), 'gateway', three)).toEqual([
      '--- gateway (BASE)',
      '+++ gateway (YOURS)',
      '@@ -1,2 +1,2 @@',
      ' server:',
      '-  port: 1',
      '+  port: 2',
      '--- gateway (BASE)',
      '+++ gateway (LIVE NOW)',
      '@@ -1,2 +1,2 @@',
      ' server:',
      '-  port: 1',
      '+  port: 3',
    ]);
  });

  it('are headed in Chinese too', () => {
    const heads = threeWayLines(speaking('zh'), '网关', three).filter((line) => /^(---|\+\+\+)/.test(line));
    expect(heads).toEqual(['--- 网关 (基线)', '+++ 网关 (你的)', '--- 网关 (基线)', '+++ 网关 (当前生效)']);
  });
});
