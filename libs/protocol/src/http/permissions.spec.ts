import { describe, expect, it } from '@jest/globals';
import { allows, type Grant, permissions, permissionsOf, roles } from './permissions.ts';

const grant = (role: Grant['role'], environment = '*', app = '*'): Grant => ({ role, environment, app });
const prodOrders = { environment: 'prod', app: 'orders' };

describe('allows', () => {
  it('denies everything to nobody', () => {
    for (const permission of permissions) expect(allows([], permission)).toBe(false);
  });

  it.each(roles)('gives a %s what the role says, everywhere, and nothing more', (role) => {
    for (const permission of permissions)
      expect(allows([grant(role)], permission, prodOrders)).toBe(permissionsOf[role].includes(permission));
  });

  it('keeps a grant to its environment and its app', () => {
    const grants = [grant('publisher', 'prod', 'orders')];
    expect(allows(grants, 'config:publish', prodOrders)).toBe(true);
    expect(allows(grants, 'config:publish', { environment: 'staging', app: 'orders' })).toBe(false);
    expect(allows(grants, 'config:publish', { environment: 'prod', app: 'stock' })).toBe(false);
    // For a list the place is open: what comes back is filtered by what is visible.
    expect(allows(grants, 'config:read', { environment: 'prod' })).toBe(true);
    expect(allows(grants, 'config:read')).toBe(true);
  });

  it('keeps a grant to the permissions that it is cut to, and never adds one', () => {
    const grants: Grant[] = [{ ...grant('editor'), only: ['config:read', 'config:publish'] }];
    expect(allows(grants, 'config:read', prodOrders)).toBe(true);
    expect(allows(grants, 'config:edit', prodOrders)).toBe(false);
    expect(allows(grants, 'config:publish', prodOrders)).toBe(false);
  });

  it('does not add up halves of two grants', () => {
    const grants = [grant('viewer', 'prod', 'orders'), grant('publisher', 'staging', 'orders')];
    expect(allows(grants, 'config:publish', prodOrders)).toBe(false);
  });

  it('gives the whole server only to a grant on the whole server', () => {
    for (const permission of ['environment:manage', 'user:manage', 'server:read'] as const) {
      expect(allows([grant('admin')], permission)).toBe(true);
      expect(allows([grant('admin', 'prod')], permission)).toBe(false);
      expect(allows([grant('admin', '*', 'orders')], permission)).toBe(false);
    }
  });

  it('knows each permission by at least one role, and lets no reader write', () => {
    for (const permission of permissions)
      expect(roles.some((role) => permissionsOf[role].includes(permission))).toBe(true);
    for (const role of ['viewer', 'auditor'] as const)
      expect(permissionsOf[role].filter((p) => !p.endsWith(':read'))).toEqual([]);
  });
});
