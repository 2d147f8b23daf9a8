import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';

/** E1 to E24 of the table of escapes and abuse; what each is about stands where it is tried. */
const rows = Array.from({ length: 24 }, (_, index) => `E${index + 1}`);

it('every row of the table of escapes is tried, by its number', () => {
  const titles = readdirSync(import.meta.dirname)
    .filter((name) => /\.ts$/.test(name) && name !== 'table.spec.ts')
    .flatMap((name) => [
      ...readFileSync(join(import.meta.dirname, name), 'utf8').matchAll(/['`](E\d[^'`]*)/g),
    ])
    .flatMap(([, title]) => title!.match(/\bE\d+\b/g)!);
  expect(rows.filter((row) => !titles.includes(row))).toEqual([]);
});
