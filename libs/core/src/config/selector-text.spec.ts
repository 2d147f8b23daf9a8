import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isName } from '../model/limits.ts';
import type { LabelTerm } from './select.ts';
import { parseSelector, printSelector, type SelectorProblem, selectorLimits } from './selector-text.ts';

function read(text: string): readonly LabelTerm[] {
  const answer = parseSelector(text);
  if (!answer.ok) throw new Error(`${text}: ${answer.refusal.en}`);
  return answer.value;
}

function problemOf(text: string): SelectorProblem {
  const answer = parseSelector(text);
  if (answer.ok) throw new Error(`${text} was read`);
  return answer.refusal;
}

const label = fc
  .oneof(
    fc.constantFrom('in', 'notin', 'not', 'IN', 'a', 'zone', 'k8s.io-x', '10'),
    fc.stringMatching(/^[A-Za-z0-9._-]{1,10}$/),
  )
  .filter(isName);
const value = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    'a,b',
    '"',
    "'",
    '\\',
    '\\"',
    '(x)',
    'a=b',
    '!a',
    '上海',
    '（a，b）',
    'in',
    '\n',
    '🚀',
  ),
  fc.string({ maxLength: 12, unit: 'binary' }),
);
const term = fc.oneof(
  fc.record({
    label,
    op: fc.constantFrom('in' as const, 'notIn' as const),
    values: fc.array(value, { minLength: 1, maxLength: 4 }),
  }),
  fc.record({ label, op: fc.constantFrom('exists' as const, 'absent' as const) }),
);
const terms: fc.Arbitrary<LabelTerm[]> = fc.array(term, { minLength: 1, maxLength: 6 });

describe('parseSelector', () => {
  it('reads what people write', () => {
    expect(read('zone in (a,b), version=2.3, tier!=spot, rack notin (7, 8), gpu, !old')).toEqual([
      { label: 'zone', op: 'in', values: ['a', 'b'] },
      { label: 'version', op: 'in', values: ['2.3'] },
      { label: 'tier', op: 'notIn', values: ['spot'] },
      { label: 'rack', op: 'notIn', values: ['7', '8'] },
      { label: 'gpu', op: 'exists' },
      { label: 'old', op: 'absent' },
    ]);
  });

  it.each<[string, LabelTerm[]]>([
    ['zone==a', [{ label: 'zone', op: 'in', values: ['a'] }]],
    ['zone = a', [{ label: 'zone', op: 'in', values: ['a'] }]],
    ['zone NOT IN (a)', [{ label: 'zone', op: 'notIn', values: ['a'] }]],
    ['\tzone\n in(a)', [{ label: 'zone', op: 'in', values: ['a'] }]],
    ['! gpu', [{ label: 'gpu', op: 'absent' }]],
    ['in in (in)', [{ label: 'in', op: 'in', values: ['in'] }]],
    ['not', [{ label: 'not', op: 'exists' }]],
    [
      `a="x y, (z)", b='it''`.replace("''", "\\'s'"),
      [
        { label: 'a', op: 'in', values: ['x y, (z)'] },
        { label: 'b', op: 'in', values: ["it's"] },
      ],
    ],
    ['a=""', [{ label: 'a', op: 'in', values: [''] }]],
    ['a="\\\\\\""', [{ label: 'a', op: 'in', values: ['\\"'] }]],
    [
      'zone in （上海，北京），！gpu，tier！＝a',
      [
        { label: 'zone', op: 'in', values: ['上海', '北京'] },
        { label: 'gpu', op: 'absent' },
        { label: 'tier', op: 'notIn', values: ['a'] },
      ],
    ],
    ['url=http://a/b:80', [{ label: 'url', op: 'in', values: ['http://a/b:80'] }]],
  ])('reads %p', (text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it.each<[string, SelectorProblem['code'], number, number]>([
    ['', 'empty', 0, 0],
    ['  ', 'empty', 2, 0],
    ['zone in (a,b', 'list_end_expected', 12, 0],
    ['zone in (a b)', 'list_end_expected', 11, 1],
    ['zone in a', 'list_expected', 8, 1],
    ['zone in ()', 'value_expected', 9, 1],
    ['zone in (a,)', 'value_expected', 11, 1],
    ['zone=', 'value_expected', 5, 0],
    ['zone=,gpu', 'value_expected', 5, 1],
    ['zone>2', 'operator_expected', 4, 1],
    ['zone not a', 'operator_expected', 5, 3],
    ['zone a', 'operator_expected', 5, 1],
    ['zone=a gpu', 'comma_expected', 7, 3],
    ['zone=a && gpu', 'comma_expected', 7, 1],
    ['zone=a,', 'label_expected', 7, 0],
    [',zone', 'label_expected', 0, 1],
    ['!', 'label_expected', 1, 0],
    ['"zone"=a', 'label_expected', 0, 6],
    ['上海=a', 'bad_label', 0, 2],
    ['a, __proto__=b', 'bad_label', 3, 9],
    ['zone="a', 'open_quote', 5, 2],
    ["zone in (a,'b)", 'open_quote', 11, 3],
    ['zone=a\\b', 'comma_expected', 6, 1],
  ])('refuses %p: %s at %i', (text, code, at, length) => {
    expect(problemOf(text)).toMatchObject({ code, at, length });
  });

  it('says in both languages where it stopped, and at what', () => {
    const { en, zh } = problemOf('zone=a gpu');
    expect(en).toBe('column 8: conditions are joined by commas, all must hold; found "gpu"');
    expect(zh).toBe('第 8 列：条件之间用逗号分隔，且须全部成立；实际为 "gpu"');
    expect(problemOf('zone=').zh).toContain('结尾');
  });

  it('has bounds', () => {
    const { terms: most, valueLength, textLength } = selectorLimits;
    const many = (count: number): string => Array.from({ length: count }, (_, i) => `l${i}`).join();
    expect(read(many(most))).toHaveLength(most);
    expect(problemOf(many(most + 1)).code).toBe('too_long');
    expect(read(`a=${'v'.repeat(valueLength)}`)).toHaveLength(1);
    expect(problemOf(`a=${'v'.repeat(valueLength + 1)}`)).toMatchObject({ code: 'too_long', at: 2 });
    expect(problemOf('a'.repeat(textLength + 1)).code).toBe('too_long');
  });

  it('answers to any text, and points into it', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[ab "'\\(),=!]*$/)), (text) => {
        const answer = parseSelector(text);
        if (answer.ok) return;
        const { at, length, en, zh } = answer.refusal;
        expect(at >= 0 && at + length <= text.length).toBe(true);
        expect(`${en}${zh}`).not.toMatch(/\{(column|found|terms|textLength|valueLength)\}/);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('printSelector', () => {
  it('writes what reads the same again', () => {
    fc.assert(
      fc.property(terms, (all) => {
        expect(read(printSelector(all))).toEqual(all);
      }),
      { numRuns: 500 },
    );
  });

  it('has one text for what was written in several ways', () => {
    const plain = 'zone in (a,b), v=2.3, !gpu, x="a b"';
    for (const text of [
      plain,
      "zone  in ( a , b ),v==2.3,! gpu,x='a b'",
      'zone in ("a","b"),v="2.3",!gpu,x="a b"',
    ])
      expect(printSelector(read(text))).toBe(plain);
  });
});
