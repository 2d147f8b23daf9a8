import { describe, expect, it } from '@jest/globals';
import { SecretBodies } from './secret-bodies.ts';

const digest = 'a'.repeat(64);
const secret = {
  digest,
  body: '{"items":{"password":{"secret":true,"type":"string","value":"hunter2"}},"kind":"map"}',
};

describe('bodies that go to disk', () => {
  it('are as they came where nothing in them is secret', () => {
    const bodies = new SecretBodies('token');
    const body = '{"items":{"host":{"type":"string","value":"db"}},"kind":"map"}';
    expect(bodies.seal({ body, digest })).toBe(body);
    expect(bodies.open({ body, digest })).toBe(body);
  });

  it('show nothing of a secret, each time in another way, and come back', () => {
    const bodies = new SecretBodies('token');
    const sealed = [bodies.seal(secret), bodies.seal(secret)];
    expect(sealed[0]).not.toBe(sealed[1]);
    for (const body of sealed) {
      expect(body).not.toContain('hunter2');
      expect(body).not.toContain('password');
      expect(new SecretBodies('token').open({ body, digest })).toBe(secret.body);
    }
  });

  it('open with no other token, in no other place, and not when a byte differs', () => {
    const bodies = new SecretBodies('token');
    const body = bodies.seal(secret);
    const other = body.slice(0, -6) + (body.at(-6) === 'A' ? 'B' : 'A') + body.slice(-5);
    expect(() => new SecretBodies('another').open({ body, digest })).toThrow('another token');
    expect(() => bodies.open({ body, digest: 'b'.repeat(64) })).toThrow();
    expect(() => bodies.open({ body: other, digest })).toThrow();
    expect(() => bodies.open({ body: 'sealed 1 ', digest })).toThrow();
  });
});
