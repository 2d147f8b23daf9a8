import { describe, expect, it } from '@jest/globals';
import { errorTable } from '@sluice/core';
import type { z } from 'zod';
import { allContracts, contracts } from './all.ts';
import type { Contract } from './contract.ts';
import { permissions } from './permissions.ts';

const each = allContracts.map((c) => [c.id, c] as const);
const takesNothing = (type: z.ZodType): boolean => type.safeParse(undefined).success;
const placeholdersOf = (c: Contract): string[] => [...c.path.matchAll(/:(\w+)/g)].map((m) => m[1]!);
const fieldsOf = (type: z.ZodType): string[] => Object.keys((type as z.ZodObject).shape);

describe('the contracts', () => {
  it('are listed under their own id, each id once', () => {
    expect(Object.entries(contracts).map(([key, c]) => [key, c.id])).toEqual(
      Object.keys(contracts).map((key) => [key, key]),
    );
    expect(new Set(allContracts.map((c) => c.id)).size).toBe(allContracts.length);
  });

  it('have an address of their own', () => {
    const addresses = allContracts.map((c) => `${c.method} ${c.path.replace(/:\w+/g, ':')}`);
    expect(addresses.filter((a, i) => addresses.indexOf(a) !== i)).toEqual([]);
  });

  it.each(each)('%s takes from its path what its path has', (_, c) => {
    expect(fieldsOf(c.params).sort()).toEqual(placeholdersOf(c).sort());
  });

  it.each(each)('%s keeps to the roots of the API and to paths that need no encoding', (_, c) => {
    expect(c.path).toMatch(/^\/(api\/v1|client\/v1|healthz|readyz|metrics)(\/(:\w+|[a-z]+))*$/);
  });

  it.each(each)('%s says who may call it', (_, c) => {
    expect(['public', 'signedIn', 'client', ...permissions]).toContain(c.access);
  });

  it.each(each)('%s has a body only where HTTP has one', (_, c) => {
    if (c.method === 'GET' || c.method === 'DELETE') expect(takesNothing(c.body)).toBe(true);
    if (c.status === 204) expect(takesNothing(c.response)).toBe(true);
    else expect(takesNothing(c.response)).toBe(false);
    if (c.method === 'GET') expect(c.status).toBe(200);
  });

  it.each(each)('%s refuses fields that it does not know, in the query and in the body', (_, c) => {
    expect(c.query.safeParse({ surely_unknown: '1' }).success).toBe(false);
    expect(c.body.safeParse({ surely_unknown: '1' }).success).toBe(false);
  });

  it.each(each)('%s names only errors of the table, and 412 wherever it asks for a base', (_, c) => {
    for (const code of c.errors ?? []) expect(errorTable).toHaveProperty(code);
    if (c.ifMatch === 'required') expect(c.method).not.toBe('GET');
    // A push over several namespaces, or an import of them, names the base of each in its body.
    if (c.ifMatch === 'required' || c.method === 'GET' || /\/(pushes|import)/.test(c.path)) return;
    expect(c.errors ?? []).not.toContain('base_moved');
  });

  it('ask for no permission in a place that the path does not name, but for what spans places', () => {
    const unplaced = allContracts
      .filter((c) => (permissions as readonly string[]).includes(c.access))
      .filter((c) => !c.path.includes('/:env') && !c.path.includes('/:app'))
      .map((c) => c.access);
    expect([...new Set(unplaced)].sort()).toEqual([
      'app:manage',
      'audit:read',
      // Of the place in the query, which whoever asks has to see.
      'config:read',
      'environment:manage',
      'server:read',
      'user:manage',
    ]);
  });

  it('let anybody in only to set up, to sign in and to look after the process', () => {
    expect(
      allContracts
        .filter((c) => c.access === 'public')
        .map((c) => c.id)
        .sort(),
    ).toEqual(['health', 'metrics', 'readiness', 'setup', 'setupState', 'signIn']);
  });
});
