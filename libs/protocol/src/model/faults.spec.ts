import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { contracts } from '../http/all.ts';
import { faultsOf, firstFault } from './faults.ts';

function faults(type: z.ZodType, value: unknown, options: { reportInput?: boolean } = { reportInput: true }) {
  const parsed = type.safeParse(value, options);
  return parsed.success ? [] : faultsOf(parsed.error);
}
const lines = (type: z.ZodType, value: unknown): string[] =>
  faults(type, value).map((f) => `${f.path}|${f.problem}|${f.message}|${f.zh}`);

describe('faultsOf', () => {
  it.each<[string, z.ZodType, unknown, string]>([
    ['an absent field', z.object({ a: z.number() }), {}, 'a|required|is required|必填'],
    [
      'a wrong type',
      z.object({ a: z.int() }),
      { a: 'x' },
      'a|type|must be a number, got string|应为 number，实际是 string',
    ],
    [
      'null',
      z.object({ a: z.string() }),
      { a: null },
      'a|type|must be a string, got null|应为 string，实际是 null',
    ],
    ['a number with a fraction', z.int(), 1.5, '|type|must be a whole number|应为整数'],
    ['an unknown field', z.strictObject({}), { b: 1 }, 'b|unknown|is not a field here|不是这里的字段'],
    [
      'a list that is too long',
      z.array(z.any()).max(1),
      [1, 2],
      '|range|must have at most 1 entry|最多 1 项',
    ],
    ['a text that is empty', z.string().min(1), '', '|range|must not be empty|不能为空'],
    ['a list that is empty', z.array(z.any()).min(1), [], '|range|must not be empty|不能为空'],
    [
      'a text that is too short',
      z.string().min(2),
      'x',
      '|range|must have at least 2 characters|至少 2 个字符',
    ],
    ['a number on an open edge', z.number().positive(), 0, '|range|must be above 0|必须大于 0'],
    ['a number that is too large', z.number().max(1), 2, '|range|must be at most 1|不能大于 1'],
    ['a fixed word', z.literal('x'), 'y', '|value|must be "x"|必须是 "x"'],
    ['one of several', z.enum(['a', 'b']), 'c', '|value|must be one of "a", "b"|必须是以下之一："a"、"b"'],
    [
      'a moment',
      z.iso.datetime(),
      'soon',
      '|value|must be a moment in UTC such as 2026-01-31T12:00:00Z|必须是 UTC 时间，例如 2026-01-31T12:00:00Z',
    ],
    [
      'a list entry',
      z.array(z.string()),
      ['a', 1],
      '1|type|must be a string, got number|应为 string，实际是 number',
    ],
  ])('names %s', (_, type, value, line) => {
    expect(lines(type, value)).toEqual([line]);
  });

  it('says the same without the input, but for a fixed value that is absent', () => {
    expect(faults(z.object({ a: z.number() }), {}, {})).toMatchObject([{ problem: 'required' }]);
    expect(faults(z.object({ a: z.literal(true) }), {}, {})).toMatchObject([
      { problem: 'value', message: 'must be true' },
    ]);
    expect(faults(z.object({ a: z.literal(true) }), {})).toMatchObject([{ problem: 'required' }]);
  });

  it('lists at most 100', () => {
    const value = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`k${i}`, i]));
    expect(faults(z.strictObject({}), value)).toHaveLength(100);
  });

  describe('where an input may take several forms', () => {
    it('speaks of the form that was meant', () => {
      const wrongItem = { content: { kind: 'map', items: { a: { type: 'number', value: 'x' } } } };
      expect(lines(contracts.publish.body, wrongItem)).toEqual([
        'content.items.a.value|type|must be a number, got string|应为 number，实际是 string',
      ]);
      expect(lines(contracts.publish.body, { draft: true, mesage: 'x' })).toEqual([
        'mesage|unknown|is not a field here|不是这里的字段',
      ]);
    });

    it('speaks of the form that was meant, however much is missing inside it', () => {
      const emptyRule = { content: { kind: 'rules', items: { gate: {}, other: {} } } };
      const places = faults(contracts.publish.body, emptyRule).map(({ path }) => path);
      expect(places.length).toBeGreaterThan(1);
      for (const path of places) expect(path).toMatch(/^content\.items\./);
    });

    it('asks for one of them when there is none', () => {
      expect(lines(contracts.publish.body, {})).toEqual([
        '|required|needs one of draft, content, changes|需要以下之一：draft、content、changes',
      ]);
    });

    it('asks for the field when every form misses the same one', () => {
      const token = { kind: 'api', name: 'ci', app: '*', role: 'viewer' };
      expect(lines(contracts.createToken.body, token)).toEqual(['environment|required|is required|必填']);
    });

    it('names the forms when none was chosen', () => {
      for (const body of [{ name: 'ci' }, { kind: 'x' }])
        expect(lines(contracts.createToken.body, body)).toEqual([
          'kind|value|must be one of "client", "api"|必须是以下之一："client"、"api"',
        ]);
    });
  });

  it('gives every fault of every contract words in both languages', () => {
    for (const c of Object.values(contracts))
      for (const type of [c.params, c.query, c.body] as z.ZodType[])
        for (const value of [
          null,
          1,
          'x',
          [],
          {},
          { env: '..', app: 1, ns: '', content: {}, kind: 'rules', name: '\0' },
        ])
          for (const fault of faults(type, value)) {
            expect(fault.message).not.toMatch(/Invalid|Too (big|small)|received/);
            expect(fault.zh).toMatch(/[\u4e00-\u9fff]/);
          }
  });
});

describe('firstFault', () => {
  it('is the place and what is wrong with it, in both languages', () => {
    expect(firstFault(faults(z.object({ a: z.number() }), {}))).toEqual({
      en: 'a is required',
      zh: 'a 必填',
    });
    expect(firstFault(faults(z.object({}), 1)).en).toBe('must be an object, got number');
  });
});
