import { describe, expect, it } from '@jest/globals';
import { contracts } from './all.ts';
import { buildRequest } from './call.ts';

const place = { env: 'prod', app: 'orders', ns: 'limits' };

describe('buildRequest', () => {
  it('fills the path and the query, and sends no body with a read', () => {
    const request = buildRequest(contracts.listHistory, {
      params: place,
      query: { limit: '10', before: undefined },
    });
    expect(request).toEqual({
      method: 'GET',
      path: '/api/v1/environments/prod/apps/orders/namespaces/limits/history?limit=10',
      headers: { accept: 'application/json' },
    });
  });

  it('encodes what could be mistaken for a part of the address', () => {
    const { path } = buildRequest(contracts.explainInstance, {
      params: { env: 'prod', app: 'orders', instance: 'pod/7?x#y %2e é' },
      query: { namespace: 'limits', key: 'a&b=c+d é' },
    });
    const url = new URL(path, 'http://localhost');
    expect(decodeURIComponent(url.pathname.split('/')[8]!)).toBe('pod/7?x#y %2e é');
    expect(url.searchParams.get('key')).toBe('a&b=c+d é');
    expect(url.hash).toBe('');
  });

  it('writes a body as JSON, with the header that a form on another site cannot send', () => {
    const request = buildRequest(contracts.publish, {
      params: place,
      body: { draft: true },
      ifMatch: '"57"',
      idempotencyKey: 'k1',
    });
    expect(request.headers).toEqual({
      accept: 'application/json',
      'content-type': 'application/json',
      'x-sluice': '1',
      'if-match': '"57"',
      'idempotency-key': 'k1',
    });
    expect(request.body).toBe('{"draft":true}');
  });

  it('marks a write without a body too', () => {
    const request = buildRequest(contracts.signOut, {});
    expect(request).toEqual({
      method: 'DELETE',
      path: '/api/v1/session',
      headers: { accept: 'application/json', 'x-sluice': '1' },
    });
  });

  it.each(['', '.', '..'])('refuses %j in the path, which would reach another operation', (app) => {
    expect(() => buildRequest(contracts.getNamespace, { params: { ...place, app } })).toThrow(TypeError);
  });
});
