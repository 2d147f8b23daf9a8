import { describe, expect, it } from '@jest/globals';
import { reportedText, text } from './text.ts';

describe('text', () => {
  it('takes any words up to its length', () => {
    for (const words of ['', 'größer 应用 😀', 'a\nb\t']) expect(text(20).parse(words)).toBe(words);
    expect(text(3).safeParse('abcd').success).toBe(false);
  });

  it.each(['a\0b', '\ud800', 'x\udc00'])('refuses %j, which no database of ours can store', (words) => {
    expect(text(20).safeParse(words).success).toBe(false);
  });
});

describe('reportedText', () => {
  it('repairs what a program reports, so that no report is lost over it', () => {
    expect(reportedText(20).parse('a\0b\ud800')).toBe('a\uFFFDb\uFFFD');
    expect(reportedText(3).parse('abcdef')).toBe('abc');
    // The cut goes through a pair of surrogates.
    expect(reportedText(2).parse('a😀')).toBe('a\uFFFD');
    expect(reportedText(3).safeParse(5).success).toBe(false);
  });
});
