import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { BlockedError } from '@sluice/client';
import { guardFetch } from '@sluice/client/fetch';
import type { TestSluice } from '@sluice/client/testing';
import { guardUndici } from '@sluice/client/undici';
import * as undici from 'undici';
import { Agent, request } from 'undici';
import { until } from '../../support/until.ts';
import { broken, drillOf, oneCall, shopClient, twoFailuresShut } from './shop.ts';

describe('calls that go out', () => {
  let sluice: TestSluice;
  let server: Server;
  let host: string;
  let status = 200;
  let contentType = 'application/json';
  /** Called when the connection of a body closes that never ends. */
  let closed: () => void;

  beforeEach(async () => {
    [status, contentType] = [200, 'application/json'];
    sluice = shopClient();
    server = createServer((incoming, response) => {
      if (incoming.url === '/hangs') return;
      response.statusCode = status;
      response.setHeader('content-type', contentType);
      if (incoming.url === '/endless') {
        const write = (): void => void (response.closed || response.write('text', () => setImmediate(write)));
        response.once('close', closed);
        write();
        return;
      }
      if (status === 206) response.setHeader('content-range', 'bytes 0-9/99');
      response.end('{"stock":3}');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await sluice.close();
  });

  /** Three callers give up, each for a reason of his own. */
  const leave = async (ask: (signal: AbortSignal) => Promise<unknown>): Promise<void> => {
    for (let n = 0; n < 3; n++) {
      const gone = new AbortController();
      const given = ask(gone.signal);
      setTimeout(() => gone.abort(new Error('the user has left')), 20);
      await expect(given).rejects.toThrow('the user has left');
    }
  };

  describe('by fetch', () => {
    it('are under the rules of their host, or of the name that they are given', async () => {
      const guarded = guardFetch(sluice);
      await sluice.rules(oneCall(`GET ${host}`));
      expect(await (await guarded(`http://${host}/books/1`)).json()).toEqual({ stock: 3 });
      await expect(guarded(new URL(`http://${host}/books/2`))).rejects.toThrow(BlockedError);
      const named = guardFetch(sluice, { resource: (_, method) => `${method} stock` });
      expect((await named(new Request(`http://${host}/`))).status).toBe(200);
      await sluice.rules(oneCall('GET stock'));
      await named(`http://${host}/`);
      await expect(named(`http://${host}/`)).rejects.toMatchObject({
        code: 'limited',
        resource: 'GET stock',
      });
    });

    it('get what the rule says when they are refused', async () => {
      const guarded = guardFetch(sluice, { resource: () => 'stock' });
      const ask = () => guarded(`http://${host}/`);
      await sluice.rules(oneCall('stock', { answer: 'value', value: { stock: 0 } }));
      await ask();
      expect(await (await ask()).json()).toEqual({ stock: 0 });
      await sluice.rules(oneCall('stock', { answer: 'http', status: 404, body: 'gone' }));
      expect((await ask()).status).toBe(404);
      await sluice.rules(oneCall('stock', { answer: 'empty' }));
      expect((await ask()).status).toBe(204);
      sluice.fallback('shelf', () => ({ stock: 1 }));
      await sluice.rules(oneCall('stock', { answer: 'fallback', name: 'shelf' }));
      expect(await (await ask()).json()).toEqual({ stock: 1 });
    });

    it('get the last good answer where a rule says so, read or not by who got it first', async () => {
      const guarded = guardFetch(sluice, { resource: () => 'stock' });
      const ask = () => guarded(`http://${host}/`);
      await sluice.rules(oneCall('stock', { answer: 'lastGood' }));
      const first = await ask();
      const again = await until('it is kept', () => ask().catch(() => undefined));
      expect(again).toBeInstanceOf(Response);
      expect([again.status, again.headers.get('content-type')]).toEqual([200, 'application/json']);
      expect([await again.json(), await first.json()]).toEqual([{ stock: 3 }, { stock: 3 }]);
    });

    it.each([
      ['an error', () => [404, 'application/json'] as const],
      ['what is no text', () => [200, 'image/png'] as const],
      ['a part of an answer', () => [206, 'application/json'] as const],
    ])('are not given %s as the last good answer', async (_, answered) => {
      [status, contentType] = answered();
      const guarded = guardFetch(sluice, { resource: () => 'stock' });
      await sluice.rules(oneCall('stock', { answer: 'lastGood' }));
      await (await guarded(`http://${host}/`)).text();
      await expect(guarded(`http://${host}/`)).rejects.toThrow(BlockedError);
    });

    it('are not given as the last good answer where a part was asked for', async () => {
      const headers = { Range: 'bytes=0-9' };
      const guarded = guardFetch(sluice, { resource: () => 'fetched' });
      await sluice.rules(oneCall('fetched', { answer: 'lastGood' }));
      await (await guarded(new Request(`http://${host}/`, { headers }))).text();
      await expect(guarded(`http://${host}/`)).rejects.toThrow(BlockedError);
      const dispatcher = new Agent().compose(guardUndici(sluice, { resource: () => 'stock' }));
      for (const given of [headers, Object.entries(headers).flat(), new Map(Object.entries(headers))]) {
        await sluice.rules({});
        await sluice.rules(oneCall('stock', { answer: 'lastGood' }));
        await (await request(`http://${host}/`, { dispatcher, headers: given as never })).body.text();
        const again = request(`http://${host}/`, { dispatcher });
        await expect(again).rejects.toMatchObject({ name: 'BlockedError' });
      }
      await dispatcher.close();
    });

    it('end where their caller stops reading, also while an answer is kept', async () => {
      contentType = 'text/plain';
      const isClosed = new Promise<void>((resolve) => {
        closed = resolve;
      });
      const response = await guardFetch(sluice)(`http://${host}/endless`);
      const reader = response.body!.getReader();
      expect((await reader.read()).done).toBe(false);
      await reader.cancel();
      await isClosed;
    });

    it('end where nobody holds their answer any more, also while it is kept', async () => {
      contentType = 'text/plain';
      let isClosed = false;
      closed = () => {
        isClosed = true;
      };
      const ask = async () => (await guardFetch(sluice)(`http://${host}/endless`)).status;
      expect(await ask()).toBe(200);
      setFlagsFromString('--expose-gc');
      const collect = runInNewContext('gc') as () => void;
      setFlagsFromString('--no-expose-gc');
      await until('the body has ended', async () => {
        collect();
        return isClosed;
      });
    });

    it('are answered as without the guard, also while an answer is kept', async () => {
      const url = `http://${host}/`;
      for (const carry of [fetch, undici.fetch as never as typeof fetch]) {
        const bare = await carry(url);
        const kept = await guardFetch(sluice, { fetch: carry, resource: () => String(carry === fetch) })(url);
        for (const answer of [kept, kept.clone()]) {
          expect([answer.url, answer.type, answer.redirected]).toEqual([
            bare.url,
            bare.type,
            bare.redirected,
          ]);
          expect([answer.status, answer.statusText, answer.ok]).toEqual([200, 'OK', true]);
          expect([...answer.headers]).toEqual([...bare.headers].map(([name]) => [name, expect.any(String)]));
          expect(answer.constructor).toBe(bare.constructor);
          expect(await answer.json()).toEqual({ stock: 3 });
          expect(answer.bodyUsed).toBe(true);
        }
      }
      const { body } = await guardFetch(sluice, { resource: () => 'bytes' })(url);
      const reader = body!.getReader({ mode: 'byob' });
      const part = await reader.read(new Uint8Array(4));
      expect(new TextDecoder().decode(part.value)).toBe('{"st');
      await reader.cancel();
    });

    it('may be requests and answers of another fetch', async () => {
      const carry = undici.fetch as never as typeof fetch;
      const guarded = guardFetch(sluice, { fetch: carry, resource: () => 'stock' });
      const asked = new undici.Request(`http://${host}/`, { method: 'POST' }) as never as Request;
      expect(await (await guarded(asked)).json()).toEqual({ stock: 3 });
      const odd = guardFetch(sluice, {
        fetch: async () => ({ status: 200 }) as Response,
        resource: () => 'odd',
      });
      expect(await odd(asked)).toEqual({ status: 200 });
      expect(sluice.guarding().resources).toMatchObject([{ active: 0 }, { active: 0 }]);
    });

    it('survive an outcome that throws', async () => {
      const odd = (): never => {
        throw new Error('odd');
      };
      const guarded = guardFetch(sluice, { outcome: odd, resource: () => 'stock' });
      await sluice.rules(twoFailuresShut('stock'));
      expect((await guarded(`http://${host}/`)).status).toBe(200);
      status = 500;
      for (let n = 0; n < 2; n++) expect((await guarded(`http://${host}/`)).status).toBe(500);
      await expect(guarded(`http://${host}/`)).rejects.toMatchObject({ code: 'breakerOpen' });
    });

    it('open the breaker on 5xx and on connections that fail, and not when the caller gives up', async () => {
      const guarded = guardFetch(sluice, { resource: () => 'stock' });
      await sluice.rules(twoFailuresShut('stock'));
      for (let n = 0; n < 3; n++) {
        const tired = new AbortController();
        const given = guarded(`http://${host}/hangs`, { signal: tired.signal });
        setTimeout(() => tired.abort(), 20);
        await expect(given).rejects.toMatchObject({ name: 'AbortError' });
      }
      await leave((signal) => guarded(`http://${host}/hangs`, { signal }));
      status = 503;
      await guarded(`http://${host}/`);
      await expect(guarded('http://127.0.0.1:1/')).rejects.toThrow('fetch failed');
      await expect(guarded(`http://${host}/`)).rejects.toMatchObject({ code: 'breakerOpen' });
    });
  });

  describe('by undici', () => {
    it('are no failures of the other side where the caller gives up, for whatever reason', async () => {
      const dispatcher = new Agent().compose(guardUndici(sluice, { resource: () => 'stock' }));
      await sluice.rules(twoFailuresShut('stock'));
      await leave((signal) => request(`http://${host}/hangs`, { dispatcher, signal }));
      await (await request(`http://${host}/`, { dispatcher })).body.dump();
      for (let n = 0; n < 2; n++) {
        const signal = AbortSignal.timeout(20);
        const given = request(`http://${host}/hangs`, { dispatcher, signal });
        await expect(given).rejects.toMatchObject({ name: 'TimeoutError' });
      }
      const again = request(`http://${host}/`, { dispatcher });
      await expect(again).rejects.toMatchObject({ code: 'breakerOpen' });
      await dispatcher.close();
    });

    it('end where their caller gives up while what he is given instead never comes', async () => {
      sluice.fallback('never', () => new Promise(() => undefined));
      await sluice.rules(oneCall('stock', { answer: 'fallback', name: 'never' }));
      const dispatcher = new Agent().compose(guardUndici(sluice, { resource: () => 'stock' }));
      const guarded = guardFetch(sluice, { resource: () => 'stock' });
      await (await guarded(`http://${host}/`)).text();
      await leave((signal) => guarded(`http://${host}/`, { signal }));
      await leave((signal) => request(`http://${host}/`, { dispatcher, signal }));
      await dispatcher.close();
    });

    it('fail at once where they come from an undici that is too old', () => {
      const dispatch = guardUndici(sluice)(() => true);
      const handler = { onConnect: () => undefined, onError: () => undefined };
      const options = { origin: `http://${host}`, path: '/', method: 'GET' };
      expect(() => dispatch(options, handler)).toThrow('guardUndici needs undici 7 or later');
    });

    it('are carried by a dispatcher that is closed right after they were asked for', async () => {
      const dispatcher = new Agent().compose(guardUndici(sluice));
      const given = request(`http://${host}/`, { dispatcher });
      await dispatcher.close();
      expect(await (await given).body.json()).toEqual({ stock: 3 });
    });

    it('get what the rule says when they are refused, the last good answer too', async () => {
      const dispatcher = new Agent().compose(guardUndici(sluice, { resource: () => 'stock' }));
      const ask = () => request(`http://${host}/`, { dispatcher });
      await sluice.rules(oneCall('stock', { answer: 'lastGood' }));
      expect(await (await ask()).body.json()).toEqual({ stock: 3 });
      const again = await ask();
      expect([again.statusCode, again.headers['content-type']]).toEqual([200, 'application/json']);
      expect(await again.body.json()).toEqual({ stock: 3 });
      await sluice.rules(oneCall('stock', { answer: 'value', value: { stock: 0 } }));
      expect(await (await ask()).body.json()).toEqual({ stock: 0 });
      await sluice.rules(oneCall('stock', { answer: 'http', status: 404, body: 'gone' }));
      expect((await ask()).statusCode).toBe(404);
      await dispatcher.close();
    });

    it('get it with its headers by the fetch of undici too', async () => {
      const dispatcher = new Agent().compose(guardUndici(sluice, { resource: () => 'stock' }));
      const ask = () => undici.fetch(`http://${host}/`, { dispatcher });
      await sluice.rules(oneCall('stock', { answer: 'value', value: { stock: 0 } }));
      await (await ask()).text();
      const refused = await ask();
      expect(refused.headers.get('content-type')).toBe('application/json; charset=utf-8');
      expect(await refused.json()).toEqual({ stock: 0 });
      await dispatcher.close();
    });

    it('are not given a part of an answer as the last good one', async () => {
      status = 206;
      const dispatcher = new Agent().compose(guardUndici(sluice, { resource: () => 'stock' }));
      const ask = () => request(`http://${host}/`, { dispatcher });
      await sluice.rules(oneCall('stock', { answer: 'lastGood' }));
      await (await ask()).body.text();
      await expect(ask()).rejects.toMatchObject({ name: 'BlockedError' });
      await dispatcher.close();
    });

    it('are under the rules of their host', async () => {
      const dispatcher = new Agent().compose(guardUndici(sluice));
      const ask = () => request(`http://${host}/books/1`, { dispatcher });
      await sluice.rules(oneCall(`GET ${host}`));
      expect(await (await ask()).body.json()).toEqual({ stock: 3 });
      await expect(ask()).rejects.toMatchObject({ name: 'BlockedError', code: 'limited' });
      await sluice.rules(twoFailuresShut(`GET ${host}`));
      status = 500;
      for (let n = 0; n < 2; n++) await (await ask()).body.text();
      await expect(ask()).rejects.toMatchObject({ code: 'breakerOpen' });
      await dispatcher.close();
    });
  });

  describe('into which a drill injects faults', () => {
    const gone = { fault: 'abort', protocol: 'http', status: 503, body: 'closed' } as const;

    it('look to fetch like answers and failures of the other side', async () => {
      const guarded = guardFetch(sluice, { resource: () => 'stock' });
      const ask = () => guarded(`http://${host}/`);
      sluice.faults(broken('stock', gone));
      const aborted = await ask();
      expect([aborted.status, await aborted.text()]).toEqual([503, 'closed']);
      sluice.faults(broken('stock', { fault: 'return', value: { stock: 0 } }));
      expect(await (await ask()).json()).toEqual({ stock: 0 });
      sluice.faults(
        broken('stock', { fault: 'error', name: 'TypeError', message: 'reset', code: 'ECONNRESET' }),
      );
      await expect(ask()).rejects.toMatchObject({ name: 'TypeError', code: 'ECONNRESET' });
      sluice.faults(broken('stock', { fault: 'hang' }));
      const stop = new AbortController();
      const hung = guarded(`http://${host}/`, { signal: stop.signal });
      const seen = expect(hung).rejects.toMatchObject({ name: 'AbortError' });
      await until('it is held', async () => drillOf(sluice).faults[0]?.held === 1);
      stop.abort();
      await seen;
      expect(sluice.guarding().resources).toMatchObject([{ active: 0 }]);
    });

    it('are taken as the app takes such answers', async () => {
      const outcome = ({ status }: Response) => (status === 429 ? 'error' : 'success');
      const guarded = guardFetch(sluice, { resource: () => 'stock', outcome });
      await sluice.rules(twoFailuresShut('stock'));
      sluice.faults(broken('stock', gone));
      for (let n = 0; n < 3; n++) expect((await guarded(`http://${host}/`)).status).toBe(503);
      expect(drillOf(sluice).callers).toMatchObject({ ok: 3, error: 0 });
      sluice.faults(broken('stock', { ...gone, status: 429 }));
      for (let n = 0; n < 2; n++) expect((await guarded(`http://${host}/`)).status).toBe(429);
      await expect(guarded(`http://${host}/`)).rejects.toMatchObject({ code: 'breakerOpen' });
    });

    it('look to undici like answers and failures of the other side', async () => {
      const dispatcher = new Agent().compose(guardUndici(sluice, { resource: () => 'stock' }));
      const ask = () => request(`http://${host}/`, { dispatcher });
      sluice.faults(broken('stock', gone));
      const aborted = await ask();
      expect([aborted.statusCode, aborted.headers['content-type'], await aborted.body.text()]).toEqual([
        503,
        'text/plain; charset=utf-8',
        'closed',
      ]);
      sluice.faults(broken('stock', { fault: 'return', value: { stock: 0 } }));
      expect(await (await ask()).body.json()).toEqual({ stock: 0 });
      sluice.faults(broken('stock', { fault: 'error', message: 'reset', code: 'ECONNRESET' }));
      await expect(ask()).rejects.toMatchObject({ code: 'ECONNRESET' });
      sluice.faults({});
      expect(await (await ask()).body.json()).toEqual({ stock: 3 });
      await dispatcher.close();
    });

    it.each([
      ['request', request],
      ['fetch', undici.fetch],
    ] as const)('let a caller of undici’s %s give up that is held back', async (_, carry) => {
      const dispatcher = new Agent().compose(guardUndici(sluice, { resource: () => 'stock' }));
      const ask = (signal?: AbortSignal) =>
        carry(`http://${host}/`, { dispatcher, ...(signal && { signal }) });
      sluice.faults(broken('stock', { fault: 'hang' }));
      const stop = new AbortController();
      const given = ask(stop.signal).then(
        () => 'answered',
        (error: Error) => error.name,
      );
      await until('it is held', async () => drillOf(sluice).faults[0]?.held === 1);
      stop.abort();
      await until('it is held no more', async () => drillOf(sluice).faults[0]?.held === 0, 3000);
      expect(await given).toBe('AbortError');
      expect(drillOf(sluice).callers).toMatchObject({ abandoned: 1, error: 0 });
      expect(sluice.guarding().resources).toMatchObject([{ active: 0 }]);
      const delay = { distribution: 'fixed', ms: 60_000 } as const;
      sluice.faults(broken('stock', { fault: 'delay', delay }));
      const delayed = ask(new AbortController().signal);
      await until('it is delayed', async () => drillOf(sluice).faults[0]?.held === 1);
      sluice.faults({});
      const answer = await delayed;
      expect(await ('text' in answer ? answer : answer.body).text()).toBe('{"stock":3}');
      await dispatcher.close();
    });
  });
});
