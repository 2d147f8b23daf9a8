import { describe, expect, it } from '@jest/globals';
import { type ErrorText, errorTable, fillText } from './error-code.ts';

const table = Object.entries(errorTable) as [string, ErrorText & { status: number }][];
const placeholdersOf = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]!).sort();

describe('errorTable', () => {
  it.each(table)('%s says the same in both languages', (_, { en, zh }) => {
    expect(en.length).toBeGreaterThan(20);
    expect(zh).toMatch(/[\u4e00-\u9fff]/);
    expect(en).not.toMatch(/[\u4e00-\u9fff]/);
    expect(placeholdersOf(zh)).toEqual(placeholdersOf(en));
  });

  it.each(table)('%s has a status of the answers that are promised', (_, { status }) => {
    expect([400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 426, 428, 429, 500, 503]).toContain(status);
  });

  it.each(table)('%s is a whole sentence without gaps in its braces', (code, { en, zh }) => {
    expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
    expect(en).toMatch(/^[A-Z{].*\.$/s);
    expect(zh).toMatch(/。$/);
    expect(en.replace(/\{\w+\}/g, '')).not.toMatch(/[{}]/);
    expect(zh.replace(/\{\w+\}/g, '')).not.toMatch(/[{}]/);
  });
});

describe('fillText', () => {
  it('fills what it is given and leaves the rest visible', () => {
    expect(fillText('{a} of {b}, {a}', { a: 1 })).toBe('1 of {b}, 1');
  });

  it('gives words in the language that was asked for', () => {
    const params = { what: { en: 'namespace', zh: '命名空间' } };
    expect(fillText('no {what}', params)).toBe('no namespace');
    expect(fillText('没有{what}', params, 'zh')).toBe('没有命名空间');
  });

  it('does not fill what every object inherits', () => {
    expect(fillText('{constructor} {toString}', {})).toBe('{constructor} {toString}');
  });

  it('takes a value as it is, braces and dollars included', () => {
    expect(fillText('{a}', { a: "$& $1 $' {a}" })).toBe("$& $1 $' {a}");
  });
});
