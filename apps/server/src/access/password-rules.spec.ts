import { describe, expect, it } from '@jest/globals';
import { requireGoodPassword } from './password-rules.ts';

describe('requireGoodPassword', () => {
  it.each([
    'correct horse battery',
    'Xk3!vv9_pqLm',
    '我的密码是一首很长的诗歌啊',
    'rosebud in the snow',
    'al-and-a-password',
  ])('takes %s', (password) => {
    expect(() => requireGoodPassword(password, 'al', 'password')).not.toThrow();
  });

  it.each([
    'aaaaaaaaaaaa',
    '121212121212',
    'Administrator',
    'Passw0rd!!!!',
    'password-1234',
    'abcdefghijkl',
    '123456789012',
    'QwertyUiop[]',
    'alice-alice1',
  ])('refuses %s', (password) => {
    expect(() => requireGoodPassword(password, 'alice', 'next')).toThrow(
      expect.objectContaining({
        code: 'invalid',
        details: { faults: [expect.objectContaining({ path: 'next', zh: expect.any(String) })] },
      }),
    );
  });
});
