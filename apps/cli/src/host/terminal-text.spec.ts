import { describe, expect, it } from '@jest/globals';
import { displayWidth, harmless, harmlessLine } from './terminal-text.ts';

const esc = String.fromCharCode(27);

describe('text from elsewhere', () => {
  it('cannot command a terminal', () => {
    expect(harmless(`a${esc}[2Jb`)).toBe('a\\u001b[2Jb');
    expect(harmless('\u009b31m\u007f\r')).toBe('\\u009b31m\\u007f\\u000d');
    expect(harmless('user\u202etxt.exe')).toBe('user\\u202etxt.exe');
  });

  it('keeps its lines, tabs and letters', () => {
    expect(harmless('a\n\tb 配置 é 🚦')).toBe('a\n\tb 配置 é 🚦');
    expect(harmlessLine('a\n\tb')).toBe('a\\n\\tb');
  });

  it('stays the same data inside JSON', () => {
    const value = { a: `\u007f\u009b${esc}]0;x`, b: '\u202e' };
    expect(JSON.parse(harmless(JSON.stringify(value)))).toEqual(value);
  });
});

describe('the width of a text', () => {
  it('counts Chinese characters as two and colours as none', () => {
    expect(displayWidth('abc')).toBe(3);
    expect(displayWidth('命名空间')).toBe(8);
    expect(displayWidth(`${esc}[31mabc${esc}[39m`)).toBe(3);
  });
});
