import { describe, expect, it } from '@jest/globals';
import type { Token } from '@sluice/protocol';
import { isSought, lifeOf } from './token-life.ts';

const now = Date.parse('2026-01-10T00:00:00Z');
const token: Token = {
  id: '0123456789abcdef',
  prefix: 'sla_0123456789abcdef',
  name: 'Deploys',
  kind: 'api',
  environment: '*',
  app: '*',
  isOwn: false,
  owner: { name: 'li', disabled: false },
  createdBy: 'li',
  createdAt: '2026-01-01T00:00:00Z',
};

describe('the life of a token', () => {
  it('is over when it was revoked or has ended, and rests while its owner is disabled', () => {
    expect(lifeOf({ ...token, revokedAt: '2026-01-02T00:00:00Z' }, now).is).toBe('revoked');
    expect(lifeOf({ ...token, expiresAt: '2026-01-10T00:00:00Z' }, now).is).toBe('expired');
    const owner = { name: 'li', disabled: true };
    expect(lifeOf({ ...token, owner }, now).is).toBe('rests');
    expect(lifeOf({ ...token, owner, kind: 'client' }, now)).toEqual({ is: 'inForce', until: undefined });
  });

  it('counts the days that are left when they are few', () => {
    expect(lifeOf({ ...token, expiresAt: '2026-01-12T12:00:00Z' }, now)).toMatchObject({ daysLeft: 2 });
    expect(lifeOf({ ...token, expiresAt: '2026-03-01T00:00:00Z' }, now)).not.toHaveProperty('daysLeft');
  });
});

it('is found by its name, its owner, and the secret that somebody pastes', () => {
  for (const text of ['', ' deplo', 'LI', '0123456789', 'sla_0123', `sla_0123456789abcdef_${'x'.repeat(43)}`])
    expect([text, isSought(token, text)]).toEqual([text, true]);
  for (const text of ['slc_0123', 'sla_1', 'nobody'])
    expect([text, isSought(token, text)]).toEqual([text, false]);
});
