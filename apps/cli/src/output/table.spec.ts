import { describe, expect, it } from '@jest/globals';
import { tableText } from './table.ts';

describe('a table', () => {
  it('aligns its columns and leaves no spaces at the end', () => {
    expect(
      tableText(
        ['KEY', 'VALUE'],
        [
          ['timeoutMs', '800'],
          ['a', ''],
        ],
      ),
    ).toBe('KEY        VALUE\ntimeoutMs  800\na\n');
  });

  it('aligns Chinese by what a terminal shows', () => {
    expect(tableText(['配置项', '值'], [['a', '1']])).toBe('配置项  值\na       1\n');
  });

  it('keeps every cell on its line', () => {
    expect(tableText(['A', 'B'], [['x\ny', '\u001b[2J']])).toBe('A     B\nx\\ny  \\u001b[2J\n');
  });
});
