import { describe, expect, it } from '@jest/globals';
import { BlockedError, type Sluice } from '@sluice/client';
import type { Json } from '@sluice/core';
import { contracts } from '@sluice/protocol';
import { wireRules } from '../client/guard-rules.ts';
import { useFakeServer } from '../client/use-fake-server.ts';
import { ConfigDesk } from '../support/config-desk.ts';
import { onEachDatabase } from '../support/each-database.ts';
import { limitOfPay, publishRules } from './pay-rules.ts';

const pay = { match: 'exact', value: 'pay' };
const limit = { kind: 'limit', algorithm: 'tokenBucket', limit: 1, intervalMs: 1000, resource: pay };
const breaker = {
  kind: 'breaker',
  strategy: 'errorRatio',
  threshold: 0.5,
  minCalls: 5,
  windowMs: 1000,
  openMs: 1000,
  resource: pay,
};
const fault = { kind: 'fault', resource: pay, fault: 'hang', perMillion: 1 };
const http = { answer: 'http', status: 503 };
const script = {
  kind: 'script',
  role: 'decide',
  resource: pay,
  source: 'function decide() { return "pass"; }',
};

/** A test that is turned about so many times. */
const negated = (times: number): Json =>
  times === 0 ? { on: 'origin', op: 'equals', value: 'a' } : { not: negated(times - 1) };

/** Rules that nobody can obey, and the field that is to blame. */
const bad: readonly (readonly [what: string, rule: Readonly<Record<string, Json>>, field: string])[] = [
  // What `JSON.stringify` makes of NaN.
  ['a limit that is no number', { ...limit, limit: null }, 'limit'],
  ['a negative limit', { ...limit, limit: -1 }, 'limit'],
  ['a limit of zero', { ...limit, limit: 0 }, 'limit'],
  ['a text for a number', { ...limit, intervalMs: '1s' }, 'intervalMs'],
  ['a share above one', { ...breaker, threshold: 1.1 }, 'threshold'],
  ['a window of nothing', { ...breaker, windowMs: 0 }, 'windowMs'],
  ['an interval of nothing', { ...limit, intervalMs: 0 }, 'intervalMs'],
  ['an unknown field', { ...limit, treshold: 5 }, 'treshold'],
  ['an unknown kind', { ...limit, kind: 'throttle' }, 'kind'],
  ['an unknown mode', { ...limit, mode: 'enforce' }, 'mode'],
  [
    'a regular expression where a glob is meant',
    { ...limit, resource: { match: 'glob', value: '^GET /books/\\d+$' } },
    'resource.value',
  ],
  ['a resource without a name', { ...limit, resource: { match: 'exact', value: '' } }, 'resource.value'],
  ['a moment that is none', { ...limit, effective: { until: 'tomorrow' } }, 'effective.until'],
  ['a condition 13 deep', { ...limit, when: negated(13) }, 'when'],
  ['an answer of no kind', { ...limit, onBlock: { answer: 'shrug' } }, 'onBlock.answer'],
  ['a body of no answer', { ...limit, onBlock: { ...http, status: 204, body: 'x' } }, 'onBlock.body'],
  ['two headers in one', { ...limit, onBlock: { ...http, contentType: 'a\r\nb: c' } }, 'onBlock.contentType'],
  ['a header of no bytes', { ...limit, onBlock: { ...http, contentType: '限' } }, 'onBlock.contentType'],
  ['a script of 65 KiB', { ...script, source: `// ${'x'.repeat(65 * 1024)}` }, 'source'],
  ['a fault, which runs in drills only', { ...fault, deadline: '2030-01-01T00:00:00Z' }, 'kind'],
  ['a fault without an end', fault, 'kind'],
];
const mode = (rule: Readonly<Record<string, Json>>) => ({ mode: 'intercept', ...rule }) as never;

const pathsOf = (body: unknown): string[] =>
  ((body as { details?: { faults?: { path: string }[] } }).details?.faults ?? []).map(({ path }) => path);

onEachDatabase('a publish', (boot) => {
  it('of a rule that nobody can obey is refused with its field, and nothing changes', async () => {
    const server = await boot();
    await server.admin.call(contracts.createApp, { body: { name: 'orders' } });
    const desk = new ConfigDesk(server.admin, 'prod', 'orders');
    await desk.create('guard', { kind: 'rules' });
    await publishRules(desk, { few: limitOfPay(3) });
    const { etag } = await desk.get('guard');
    const scripts: typeof bad = [
      ['a script that does not compile', { ...script, source: 'function decide( {' }, 'source'],
      ['a script without its function', { ...script, source: 'const decided = 1;' }, 'source'],
    ];
    for (const [what, rule, field] of [...bad, ...scripts]) {
      const whole = await desk.tryPublish(
        'guard',
        { content: { kind: 'rules', items: { few: limitOfPay(3), odd: mode(rule) } } } as never,
        etag,
      );
      const patch = await desk.tryPublish('guard', { changes: { set: { odd: mode(rule) } } } as never, etag);
      const at = field && `.${field}`;
      expect([what, whole.status, pathsOf(whole.body)[0]]).toEqual([
        what,
        422,
        expect.stringContaining(`content.items.odd${at}`),
      ]);
      expect([what, patch.status, pathsOf(patch.body)[0]]).toEqual([
        what,
        422,
        expect.stringContaining(`changes.set.odd${at}`),
      ]);
    }
    // A number that JSON doesn't know.
    const raw = await fetch(`${server.url}/api/v1/environments/prod/apps/orders/namespaces/guard/releases`, {
      method: 'POST',
      headers: { ...server.admin.headers, 'content-type': 'application/json', 'if-match': etag },
      body: '{"content":{"kind":"rules","items":{"odd":{"limit":NaN}}}}',
    });
    expect(raw.status).toBeGreaterThanOrEqual(400);
    expect(raw.status).toBeLessThan(500);
    expect(await desk.get('guard')).toMatchObject({ etag, itemCount: 1 });
  });
});

describe('a client of a server with other ideas of rules', () => {
  const fake = useFakeServer();
  /** How many calls go before one is refused. */
  const passed = (client: Sluice): number => {
    for (let n = 0; n < 100; n++)
      try {
        client.entry('pay').exit();
      } catch (error) {
        if (error instanceof BlockedError) return n;
        throw error;
      }
    return 100;
  };

  it('refuses what it cannot obey, names the rule and the field, and goes on as before', async () => {
    const { server } = fake;
    server.push(wireRules('limits', { few: limitOfPay(100) }, 1));
    server.push(wireRules('other', { more: limitOfPay(60) }, 2));
    const client = fake.connect();
    await client.ready();
    let revision = 2;
    let left = 60;
    for (const [what, rule, field] of bad) {
      const wire = wireRules('limits', { few: limitOfPay(5), odd: mode(rule) }, ++revision);
      const { namespaces } = await server.ackOf(server.push(wire));
      expect([what, namespaces]).toEqual([
        what,
        [
          expect.objectContaining({
            name: 'limits',
            state: 'rejected',
            error: expect.stringMatching(new RegExp(`limits/odd.*${field.replace('.', '\\.')}`)),
          }),
        ],
      ]);
      expect(client.health().rejected.limits).toContain('limits/odd');
      // The rules of before count on, with what they had counted.
      client.entry('pay').exit();
      left -= 1;
    }
    expect(passed(client)).toBe(left);
    const good = wireRules('limits', { few: limitOfPay(100) }, ++revision);
    expect((await server.ackOf(server.push(good))).namespaces[0]).toMatchObject({ state: 'applied' });
    expect(client.health().rejected).toEqual({});
  });
});
