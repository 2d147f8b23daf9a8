import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { globMatcher } from './glob.ts';

describe('globMatcher', () => {
  it.each([
    ['GET /books/*', 'GET /books/:id', true],
    ['GET /books/*', 'GET /books/:id/reviews', false],
    ['GET /books/**', 'GET /books/:id/reviews', true],
    ['GET /books/**', 'GET /books', false],
    ['**', '', true],
    ['*', 'a/b', false],
    ['v?', 'v1', true],
    ['v?', 'v/', false],
    ['rpc:accounts.*', 'rpc:accounts.debit', true],
    ['rpc:accounts.*', 'rpcxaccountsxdebit', false],
    ['a+(b)', 'a+(b)', true],
    ['*a*b', 'xaybzb', true],
    ['**/x', 'a/b/x', true],
    ['GET /books', 'GET /books', true],
    ['GET /books', 'GET /books/1', false],
    ['GET /books/1', 'GET /books', false],
    ['GET /books*', 'GET /books', true],
    ['GET /books?', 'GET /books', false],
  ])('%s and %s: %p', (glob, text, fits) => {
    expect(globMatcher(glob)(text)).toBe(fits);
  });

  it('is the regular expression that it stands for', () => {
    const part = fc.constantFrom('*', '**', '?', 'a', 'b', '/');
    fc.assert(
      fc.property(
        fc.array(part, { maxLength: 8 }),
        fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 10 }),
        (parts, text) => {
          const glob = parts.join('').replace(/\*{3,}/g, '**');
          const source = glob.replace(/\*\*|\*|\?/g, (t) => ({ '**': '.*', '*': '[^/]*' })[t] ?? '[^/]');
          expect(globMatcher(glob)(text)).toBe(new RegExp(`^${source}$`).test(text));
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('takes no longer than the product of the two, however many stars', () => {
    const started = performance.now();
    expect(globMatcher('**a'.repeat(80))(`${'a'.repeat(2000)}b`)).toBe(false);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
