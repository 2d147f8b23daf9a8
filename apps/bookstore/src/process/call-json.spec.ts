import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CallCounts } from './call-counts.ts';
import { callJson } from './call-json.ts';

describe('callJson', () => {
  let server: Server;
  let address: string;

  beforeAll(async () => {
    server = createServer((request, response) => {
      if (request.url === '/silent') return;
      response.statusCode = Number(request.url?.slice(1));
      response.end(response.statusCode === 204 ? undefined : '{"said":"so"}');
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const call = (path: string, timeoutMs = 5000) =>
    ({ peer: 'stock', address, method: 'GET', path, timeoutMs }) as const;

  it('gives the answer and counts it', async () => {
    const counts = new CallCounts();
    expect(await callJson(call('/200'), counts)).toEqual({ said: 'so' });
    expect(await callJson(call('/204'), counts)).toBeUndefined();
    expect(counts.report()).toEqual({ stock: { ok: 2, refused: 0, timeouts: 0, errors: 0 } });
  });

  it('tells a refusal, a failure and silence apart', async () => {
    const counts = new CallCounts();
    await expect(callJson(call('/409'), counts)).rejects.toMatchObject({ end: 'refused', status: 409 });
    await expect(callJson(call('/503'), counts)).rejects.toMatchObject({ end: 'errors', status: 503 });
    await expect(callJson(call('/silent', 30), counts)).rejects.toMatchObject({
      end: 'timeouts',
      message: 'stock did not answer within 30 ms',
    });
    expect(counts.report()).toEqual({ stock: { ok: 0, refused: 1, timeouts: 1, errors: 1 } });
  });

  it('counts a peer that is not there, and one that nobody knows', async () => {
    const counts = new CallCounts();
    await expect(callJson({ ...call('/200'), address: 'http://127.0.0.1:1' }, counts)).rejects.toMatchObject({
      end: 'errors',
    });
    await expect(callJson({ ...call('/200'), address: undefined }, counts)).rejects.toMatchObject({
      message: 'no address of stock is known',
    });
    expect(counts.report().stock?.errors).toBe(2);
  });
});
