import { describe, expect, it } from '@jest/globals';
import { ClosedAddressError, publicLookup } from './open-address.ts';
import { send } from './send.ts';

describe('publicLookup', () => {
  it('refuses a name that leads to a private address', async () => {
    const error = await new Promise((resolve) => publicLookup('localhost', { all: true }, resolve));
    expect(error).toBeInstanceOf(ClosedAddressError);
  });
});

describe('send', () => {
  const options = { allowed: new Set<string>(), isRefusal: () => false, now: () => 0 };

  it.each(['http://127.0.0.1:9/', 'http://[::ffff:7f00:1]:9/', 'https://localhost:9/'])(
    'goes nowhere for %s',
    async (url) => {
      const outcome = await send({ url, headers: {}, body: '{}' }, options);
      expect(outcome).toMatchObject({ ok: false, reply: expect.stringContaining('not a public address') });
    },
  );
});
