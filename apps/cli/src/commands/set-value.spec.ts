import { describe, expect, it } from '@jest/globals';
import { CliError } from '../failure/cli-error.ts';
import { parseAssignment, parseValue } from './set-value.ts';

describe('an assignment', () => {
  it('splits at its first equals sign', () => {
    expect(parseAssignment('order.query=a=b')).toEqual({ target: 'order.query', text: 'a=b' });
    expect(parseAssignment('order.empty=')).toEqual({ target: 'order.empty', text: '' });
    expect(() => parseAssignment('order.timeoutMs')).toThrow(CliError);
    expect(() => parseAssignment('=5')).toThrow(CliError);
  });
});

describe('a value', () => {
  it.each([
    ['500', { type: 'number', value: 500 }],
    ['-1.5e3', { type: 'number', value: -1500 }],
    ['true', { type: 'boolean', value: true }],
    ['"500"', { type: 'string', value: '500' }],
    ['[1,2]', { type: 'json', value: [1, 2] }],
    ['null', { type: 'json', value: null }],
    ['hello world', { type: 'string', value: 'hello world' }],
    ['', { type: 'string', value: '' }],
    ['0x10', { type: 'string', value: '0x10' }],
    ['1e999', { type: 'string', value: '1e999' }],
    ['12345678901234567890', { type: 'string', value: '12345678901234567890' }],
  ])('%j has the type of its JSON form', (text, expected) => {
    expect(parseValue('a.b', text, undefined)).toEqual(expected);
  });

  it('keeps the type that is known', () => {
    expect(parseValue('a.b', '500', 'string')).toEqual({ type: 'string', value: '500' });
    expect(parseValue('a.b', '"x"', 'string')).toEqual({ type: 'string', value: '"x"' });
    expect(parseValue('a.b', '500', 'json')).toEqual({ type: 'json', value: 500 });
    expect(parseValue('a.b', '500', 'number')).toEqual({ type: 'number', value: 500 });
  });

  it.each([
    ['fast', 'number'],
    ['"5"', 'number'],
    ['1e999', 'number'],
    ['yes', 'boolean'],
    ['1', 'boolean'],
    ['{oops', 'json'],
  ] as const)('%s is no %s', (text, type) => {
    expect(() => parseValue('a.b', text, type)).toThrow(
      expect.objectContaining({ code: 'invalid_value', exit: 1 }),
    );
  });
});
