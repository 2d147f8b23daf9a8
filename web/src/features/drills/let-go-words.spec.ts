import { expect, it } from '@jest/globals';
import * as en from '../../lib/i18n/drills/en.ts';
import * as zh from '../../lib/i18n/drills/zh.ts';
import { letGoWords } from './let-go-words.ts';

it('tells of the calls that were drawn and let go, and why', () => {
  expect(letGoWords({ overBudget: 0, notInjectable: 0 }, en)).toBe('');
  expect(letGoWords({ overBudget: 12, notInjectable: 3400 }, en)).toBe(
    "12 more over the budget · 3,400 more that can't be broken so",
  );
  expect(letGoWords({ overBudget: 0, notInjectable: 5 }, zh)).toBe('另有 5 次无法这样注入');
});
