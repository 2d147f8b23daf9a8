import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { coverage, inEveryRequest } from './bad-input/coverage.ts';

const root = join(import.meta.dirname, '../..');
const rows = Array.from({ length: 84 }, (_, index) => `B${index + 1}`);

it('names for every row of the table of bad inputs where it is tried, or says why it is not', () => {
  expect(Object.keys(coverage)).toEqual(rows);
  const unfit = Object.values(coverage).filter((where) => typeof where === 'object' && 'none' in where);
  console.info(
    `${rows.length} rows, ${inEveryRequest.length} of them on every route that they fit, ${unfit.length} without a case`,
  );
});

it.each(Object.entries(coverage).filter(([, where]) => typeof where === 'object' && 'in' in where))(
  '%s is tried where it is said to be',
  (_, where) => {
    const { in: file, words } = where as { in: string; words: string };
    expect(readFileSync(join(root, file), 'utf8')).toContain(words);
  },
);
