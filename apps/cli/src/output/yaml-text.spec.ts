import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { yamlText } from './yaml-text.ts';

describe('YAML', () => {
  it.each([
    ['plain\ntext\n'],
    ['no end of line'],
    ['\ufeffwith a mark\n'],
    ['windows\r\nlines\r\n'],
    ['trailing spaces  \n\n\n'],
    ['  leading\n- list\n'],
    ['tab\there\n'],
    ['\u001b[31mred\u001b[0m \u0085 \u2028'],
    ['123'],
    ['true'],
    ['null'],
    ['~'],
    [''],
    ['a: b # c'],
    ['---\na: 1\n---\nb: 2\n'],
    ['x'.repeat(300)],
    ['配置：值\n'],
  ])('reads back exactly: %j', (text) => {
    expect(parse(yamlText({ content: { text } }))).toEqual({ content: { text } });
  });

  it('keeps a document readable as a block', () => {
    expect(yamlText({ text: 'server:\n  port: 80\n' })).toBe('text: |\n  server:\n    port: 80\n');
  });

  it('shows no control character as itself', () => {
    expect(yamlText({ a: '\u001b[2J', b: '\u009b' })).toBe('a: "\\e[2J"\nb: "\\u009b"\n');
  });

  it('writes equal parts twice instead of naming them', () => {
    const part = { a: 1 };
    expect(yamlText([part, part])).toBe('- a: 1\n- a: 1\n');
  });
});
