import { describe, expect, it } from '@jest/globals';
import { mintToken, readToken } from './token-text.ts';

describe('a token as text', () => {
  it.each(['client', 'api'] as const)('reads back what it minted (%s)', (kind) => {
    const { id, text, secretHash } = mintToken(kind);
    expect(readToken(text)).toEqual({ kind, id, secretHash });
    expect(secretHash).toMatch(/^[0-9a-f]{64}$/);
    expect(text).not.toContain(secretHash);
  });

  it('never mints the same twice', () => {
    expect(new Set(Array.from({ length: 1000 }, () => mintToken('client').text)).size).toBe(1000);
  });

  it.each([
    '',
    'slc_',
    'slx_0123456789abcdef_',
    `slc_0123456789ABCDEF_${'a'.repeat(43)}`,
    `slc_0123456789abcdef_${'a'.repeat(44)}`,
    ` slc_0123456789abcdef_${'a'.repeat(43)}`,
    `slc_0123456789abcdef_${'a'.repeat(43)}\n`,
  ])('is not %j', (text) => {
    expect(readToken(text)).toBeUndefined();
  });
});
