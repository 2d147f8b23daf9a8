import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { type Alert, contracts, type Webhook } from '@sluice/protocol';
import { AlertWatch } from '../../apps/server/src/alerts/alert-watch.ts';
import { WebhookQueue } from '../../apps/server/src/alerts/webhooks/webhook-queue.ts';
import { Clock } from '../../apps/server/src/env/clock.ts';
import type { BootedApp } from '../support/boot-app.ts';
import { ConfigDesk } from '../support/config-desk.ts';
import { onEachDatabase } from '../support/each-database.ts';
import { LeanClient } from '../support/lean-client.ts';
import { writeRows } from '../support/rows.ts';
import { until } from '../support/until.ts';

const params = { env: 'prod' };

/** Somebody else's server that webhooks lead to. */
let receiver: Server;
let heard: { path: string; headers: IncomingMessage['headers']; body: string }[] = [];
let answerWith: () => { status: number; body: string; headers?: Record<string, string> };

beforeAll(async () => {
  receiver = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    heard.push({ path: request.url ?? '', headers: request.headers, body: Buffer.concat(parts).toString() });
    const { status, body, headers } = answerWith();
    response.writeHead(status, headers).end(body);
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  receiver.close();
});
beforeEach(() => {
  heard = [];
  answerWith = () => ({ status: 200, body: 'ok' });
});

const host = (): string => `127.0.0.1:${(receiver.address() as AddressInfo).port}`;
const settings = (): Record<string, string> => ({
  SLUICE_WEBHOOK_HOSTS: host(),
  SLUICE_PUBLIC_URL: 'https://sluice.example.com/',
});

const look = (server: BootedApp): Promise<void> => server.app.get(AlertWatch, { strict: false }).look();
const alerts = async (server: BootedApp, query = {}): Promise<Alert[]> =>
  (await server.admin.call(contracts.listAlerts, { params, query })).items;
const turn = (server: BootedApp, monitorOnly: boolean): Promise<unknown> =>
  server.admin.call(contracts.setKill, { params, body: { monitorOnly, reason: 'page 3' } });
const hook = (server: BootedApp, more: object = {}): Promise<Webhook> =>
  server.admin.call(contracts.createWebhook, {
    params,
    body: {
      name: 'on call',
      kind: 'generic',
      url: `http://${host()}/hook?key=k1`,
      severity: 'info',
      ...more,
    },
  });

async function clientOf(server: BootedApp, id: string): Promise<LeanClient> {
  const body = { kind: 'client', name: 'orders', environment: 'prod', app: 'orders' } as const;
  const { secret } = await server.admin.call(contracts.createToken, { body });
  const client = new LeanClient(server.url, secret, id);
  await client.connect();
  return client;
}

onEachDatabase('alerts', (boot) => {
  it('are raised once, told with a signature, looked after, and over when what they tell is over', async () => {
    const server = await boot({ settings: settings() });
    const { origin, hasSecret } = await hook(server, { secret: 'shared' });
    expect({ origin, hasSecret }).toEqual({ origin: `http://${host()}`, hasSecret: true });
    await turn(server, true);
    await look(server);
    await look(server);
    const [alert, ...others] = await alerts(server, { state: 'firing' });
    expect(others).toEqual([]);
    expect(alert).toMatchObject({
      condition: 'killSwitch',
      severity: 'info',
      subject: 'prod',
      link: { to: 'kill' },
    });
    expect(alert!.text).toEqual({
      en: 'Kill switch of prod: rules only watch. admin: page 3',
      zh: 'prod 的紧急开关：规则只监控。admin：page 3',
    });
    await until('the webhook has heard', async () => heard.length === 1);
    const { path, headers, body } = heard[0]!;
    expect(path).toBe('/hook?key=k1');
    const [, t, v1] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['x-sluice-signature']))!;
    expect(createHmac('sha256', 'shared').update(`${t}.${body}`).digest('hex')).toBe(v1);
    expect(JSON.parse(body)).toMatchObject({ kind: 'alerts', alerts: [{ id: alert!.id, state: 'firing' }] });
    expect(JSON.parse(body).text).toContain('https://sluice.example.com/environments/prod/alerts');

    const looked = { params: { ...params, alert: alert!.id } };
    const seen = await server.admin.call(contracts.acknowledgeAlert, { ...looked, body: { note: 'on it' } });
    expect(seen.acknowledged).toMatchObject({ by: 'admin', note: 'on it' });
    await turn(server, false);
    await look(server);
    expect((await alerts(server))[0]!.state).toBe('firing');
    server.advance(16_000);
    await look(server);
    expect((await alerts(server))[0]).toMatchObject({ state: 'resolved', id: alert!.id });
    await until('it is told that it is over', async () => heard.length === 2);
    expect(JSON.parse(heard[1]!.body).alerts).toMatchObject([{ id: alert!.id, state: 'resolved' }]);
    const late = await server.admin.attempt(contracts.acknowledgeAlert, { ...looked, body: {} });
    expect([late.status, (late.body as { code: string }).code]).toEqual([409, 'wrong_state']);
    const audit = await server.admin.call(contracts.listAudit, { query: { limit: '20' } });
    expect(audit.items.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['webhook.create', 'alert.acknowledge']),
    );
    expect(JSON.stringify(audit.items)).not.toContain('k1');
  });

  it('wait until a condition has held for as long as was said, by the bounds of its app', async () => {
    const server = await boot({ settings: settings() });
    await server.admin.call(contracts.createApp, { body: { name: 'orders' } });
    const client = await clientOf(server, 'orders-1');
    const fail = (errors: number, success: number): void =>
      client.report({
        seconds: [
          {
            agoMs: 0,
            resources: [
              {
                resource: 'pay',
                type: 'rpc',
                passed: errors + success,
                blocked: {},
                wouldBlock: 0,
                success,
                errors,
                degraded: 0,
                injected: 0,
                active: 0,
                latency: [],
                rules: [],
              },
            ],
          },
        ],
      });
    fail(30, 70);
    await until('the calls are known', async () => {
      const { items } = await server.admin.call(contracts.listResources, {
        params: { ...params, app: 'orders' },
      });
      return items.some(({ minute }) => minute?.errors === 30);
    });
    await look(server);
    expect(await alerts(server)).toEqual([]);
    const change = (body: object) =>
      server.admin.call(contracts.changeAlertSetting, { params: { ...params, condition: 'errors' }, body });
    expect(await change({ forSec: 0, threshold: 0.5 })).toMatchObject({
      from: 'environment',
      threshold: 0.5,
    });
    await look(server);
    expect(await alerts(server)).toEqual([]);
    expect(await change({ app: 'orders', threshold: 0.3 })).toMatchObject({
      from: 'app',
      forSec: 0,
      threshold: 0.3,
    });
    await look(server);
    expect(await alerts(server)).toMatchObject([
      {
        app: 'orders',
        condition: 'errors',
        severity: 'critical',
        subject: 'rpc pay',
        text: { en: '30 % of the calls of pay failed in the last minute (30 of 100)' },
      },
    ]);
    expect(await change({ app: 'orders', threshold: null })).toMatchObject({
      from: 'environment',
      threshold: 0.5,
    });
    const none = await server.admin.attempt(contracts.changeAlertSetting, {
      params: { ...params, condition: 'drifted' },
      body: { threshold: 0.5 },
    });
    expect(none.status).toBe(422);
    client.close();
  });

  it('tell breakers of one name apart by the kind of their calls', async () => {
    const server = await boot({ settings: settings() });
    await server.admin.call(contracts.createApp, { body: { name: 'orders' } });
    await server.admin.call(contracts.changeAlertSetting, {
      params: { ...params, condition: 'breakerOpen' },
      body: { forSec: 0 },
    });
    const client = await clientOf(server, 'orders-1');
    const breaker = { rule: 'guard/pay', resource: 'pay', state: 'open' } as const;
    client.report({
      seconds: [],
      open: [
        { ...breaker, type: 'rpc' },
        { ...breaker, type: 'web' },
      ],
    });
    await until('both are told', async () => {
      await look(server);
      const told = await alerts(server);
      return (
        told
          .map(({ subject }) => subject)
          .sort()
          .join() === 'guard/pay rpc pay,guard/pay web pay'
      );
    });
    const told = await alerts(server);
    const links = told.map(({ link }) => (link.to === 'resource' ? link.type : link.to));
    expect(links.sort()).toEqual(['rpc', 'web']);
    // In a chat nothing but the text is there to tell them by.
    expect(told.map(({ text }) => text.en).sort()).toEqual([
      'Breaker guard/pay of rpc pay is open on orders-1',
      'Breaker guard/pay of web pay is open on orders-1',
    ]);
    client.close();
  });

  it('are not raised of breakers that only watch', async () => {
    const server = await boot({ settings: settings() });
    await server.admin.call(contracts.createApp, { body: { name: 'orders' } });
    await server.admin.call(contracts.changeAlertSetting, {
      params: { ...params, condition: 'breakerOpen' },
      body: { forSec: 0 },
    });
    const desk = new ConfigDesk(server.admin, 'prod', 'orders');
    await desk.create('guard', { kind: 'rules' });
    const breaker = (mode: 'monitor' | 'intercept') => ({
      kind: 'breaker',
      strategy: 'errorCount',
      threshold: 5,
      minCalls: 5,
      windowMs: 5000,
      openMs: 1000,
      resource: { match: 'exact', value: 'pay' },
      mode,
    });
    const release = (tried: 'monitor' | 'intercept') =>
      desk.release('guard', {
        kind: 'rules',
        items: { sure: breaker('intercept'), tried: breaker(tried) },
      });
    await release('monitor');
    const client = await clientOf(server, 'orders-1');
    const pay = { resource: 'pay', type: 'rpc', state: 'open' } as const;
    const open = ['guard/sure', 'guard/tried'].map((rule) => ({ rule, ...pay }));
    client.report({ seconds: [], open });
    const told = async (): Promise<string[]> => {
      await look(server);
      return (await alerts(server)).map(({ subject }) => subject).sort();
    };
    await until('the breaker that refuses is told', async () => (await told()).length > 0);
    expect(await told()).toEqual(['guard/sure rpc pay']);
    await release('intercept');
    await until('the other one refuses too', async () => (await told()).includes('guard/tried rpc pay'));
    client.close();
  });

  it('are raised and over in time though the clock of the server is set back', async () => {
    const server = await boot({ settings: settings() });
    const clock = server.app.get(Clock, { strict: false });
    const setBackMs = (ms: number): void => {
      const now = clock.now;
      clock.now = () => now() - ms;
    };
    const setting = { params: { ...params, condition: 'killSwitch' as const }, body: { forSec: 30 } };
    await server.admin.call(contracts.changeAlertSetting, setting);
    await turn(server, true);
    await look(server);
    setBackMs(600_000);
    server.advance(31_000);
    await look(server);
    expect(await alerts(server)).toMatchObject([{ condition: 'killSwitch', state: 'firing' }]);
    await look(server);
    await turn(server, false);
    setBackMs(600_000);
    server.advance(16_000);
    await look(server);
    expect(await alerts(server)).toMatchObject([{ condition: 'killSwitch', state: 'resolved' }]);
  });

  it('are kept from webhooks by a silence, and by a worse severity', async () => {
    const server = await boot({ settings: settings() });
    await hook(server, { severity: 'warning' });
    await hook(server);
    const silence = await server.admin.call(contracts.createAlertSilence, {
      params,
      body: { condition: 'killSwitch', minutes: 10, reason: 'a rehearsal' },
    });
    await turn(server, true);
    await look(server);
    expect((await alerts(server))[0]!.isSilenced).toBe(true);
    await server.admin.call(contracts.endAlertSilence, { params: { ...params, silence: silence.id } });
    await turn(server, false);
    server.advance(16_000);
    await look(server);
    await until('one webhook has heard', async () => heard.length > 0);
    expect(heard.map(({ body }) => JSON.parse(body).alerts[0].state)).toEqual(['resolved']);
  });

  it('of the whole environment are seen by who has one app of it, who is told that he may not act on them', async () => {
    const server = await boot({ settings: settings() });
    await server.admin.call(contracts.createApp, { body: { name: 'orders' } });
    await turn(server, true);
    await look(server);
    const [alert] = await alerts(server);
    const silencing = { condition: 'killSwitch', minutes: 10, reason: 'known' } as const;
    const silence = await server.admin.call(contracts.createAlertSilence, { params, body: silencing });
    const body = { kind: 'api', name: 'o', environment: 'prod', app: 'orders', role: 'admin' } as const;
    const own = server.bearer((await server.admin.call(contracts.createToken, { body })).secret);
    expect((await own.call(contracts.listAlerts, { params })).items).toMatchObject([{ id: alert!.id }]);
    const answers = [
      await own.attempt(contracts.acknowledgeAlert, { params: { ...params, alert: alert!.id }, body: {} }),
      await own.attempt(contracts.createAlertSilence, { params, body: silencing }),
      await own.attempt(contracts.endAlertSilence, { params: { ...params, silence: silence.id } }),
      await own.attempt(contracts.changeAlertSetting, {
        params: { ...params, condition: 'errors' },
        body: { forSec: 1 },
      }),
      await own.attempt(contracts.createWebhook, {
        params,
        body: { name: 'mine', kind: 'generic', url: `http://${host()}/` },
      }),
    ];
    expect(answers.map(({ status, body }) => [status, (body as { details?: object }).details])).toEqual(
      ['alert:use', 'alert:use', 'alert:use', 'alert:manage', 'alert:manage'].map((permission) => [
        403,
        { permission, environment: 'prod', app: '*' },
      ]),
    );
  });

  it('are never told as going on once they are over, however late a message comes through', async () => {
    const server = await boot({ settings: settings() });
    await hook(server);
    answerWith = () => ({ status: 500, body: 'not now' });
    await turn(server, true);
    await look(server);
    await until('the first try has failed', async () => {
      const { items } = await server.admin.call(contracts.listWebhooks, { params });
      return items[0]!.last?.status === 500;
    });
    await turn(server, false);
    answerWith = () => ({ status: 200, body: 'ok' });
    server.advance(16_000);
    await look(server);
    server.app.get(WebhookQueue, { strict: false }).wake();
    await until('both messages are taken', async () => {
      const { items } = await server.admin.call(contracts.listWebhooks, { params });
      return items[0]!.waiting === 0;
    });
    const states = heard.map(({ body }) => JSON.parse(body).alerts[0].state);
    expect(states).toEqual(['firing', 'resolved', 'resolved']);
  });

  it('are sent again in time though the clock of the server is set back', async () => {
    const server = await boot({ settings: settings() });
    answerWith = () => ({ status: 500, body: 'not now' });
    await hook(server);
    await turn(server, true);
    await look(server);
    await until('it was tried once', async () => heard.length === 1);
    const { items } = await until('the next try is to come', async () => {
      const shown = await server.admin.call(contracts.listWebhooks, { params });
      return shown.items[0]!.last?.status === 500 && shown;
    });
    expect(items[0]!.waiting).toBe(1);
    server.setWall(-3_600_000);
    answerWith = () => ({ status: 200, body: 'ok' });
    await until('it was tried again', async () => heard.length === 2);
  });

  it('are sent again when nobody takes them, and given up after an hour of trying', async () => {
    const server = await boot({ settings: settings() });
    answerWith = () => ({ status: 500, body: 'not now' });
    await hook(server);
    await turn(server, true);
    await look(server);
    // A session doesn't outlive these hours, a token does.
    const token = { kind: 'api', name: 'watch', environment: '*', app: '*' } as const;
    const watcher = server.bearer((await server.admin.call(contracts.createToken, { body: token })).secret);
    const shown = async (): Promise<Webhook> => {
      const { items } = await watcher.call(contracts.listWebhooks, { params });
      return items[0]!;
    };
    let noted = '';
    for (let tries = 1; tries <= 6; tries++) {
      noted = await until(`try ${tries} is noted`, async () => {
        const { last, waiting } = await shown();
        const isNoted = last?.status === 500 && last.at !== noted && waiting === (tries === 6 ? 0 : 1);
        return heard.length === tries && isNoted && last.at;
      });
      server.advance(3_600_001);
      server.app.get(WebhookQueue, { strict: false }).wake();
    }
    expect((await shown()).last).toMatchObject({ ok: false, reply: 'not now' });
  });
});

onEachDatabase('webhooks', (boot) => {
  it('say so when their address was sealed under another key, and wait no longer', async () => {
    const server = await boot({ settings: settings() });
    const { id } = await hook(server);
    const otherKey = `sluice-sealed:1:${'0'.repeat(16)}`;
    await writeRows(server, `UPDATE webhook SET sealed_url = '${otherKey}' || substr(sealed_url, 33)`);
    const reply = expect.stringContaining('SLUICE_SECRET_KEY');
    await turn(server, true);
    await look(server);
    const { last, waiting } = await until('it is noted', async () => {
      const { items } = await server.admin.call(contracts.listWebhooks, { params });
      return items[0]!.last && items[0];
    });
    expect([last, waiting]).toEqual([expect.objectContaining({ ok: false, reply }), 1]);
    const tested = { params: { ...params, webhook: id } };
    expect(await server.admin.call(contracts.testWebhook, tested)).toMatchObject({ ok: false, reply });
    expect(heard).toEqual([]);
  });

  it('say in a test what came of it, and follow no redirect', async () => {
    const server = await boot({ settings: settings() });
    const { id } = await hook(server, { kind: 'dingtalk', secret: 'SEC1', language: 'zh' });
    const test = () => server.admin.call(contracts.testWebhook, { params: { ...params, webhook: id } });
    answerWith = () => ({ status: 200, body: '{"errcode":310000,"errmsg":"sign not match"}' });
    expect(await test()).toMatchObject({
      ok: false,
      status: 200,
      reply: expect.stringContaining('sign not match'),
    });
    answerWith = () => ({ status: 200, body: '{"errcode":0,"errmsg":"ok"}' });
    expect(await test()).toMatchObject({ ok: true });
    const { searchParams } = new URL(heard[1]!.path, 'http://x');
    const timestamp = searchParams.get('timestamp')!;
    const sign = createHmac('sha256', 'SEC1').update(`${timestamp}\nSEC1`).digest('base64');
    expect([searchParams.get('key'), searchParams.get('sign')]).toEqual(['k1', sign]);
    expect(JSON.parse(heard[1]!.body).markdown.text).toContain('测试消息');
    answerWith = () => ({ status: 302, body: '', headers: { location: `http://${host()}/elsewhere` } });
    expect(await test()).toMatchObject({
      ok: false,
      status: 302,
      reply: expect.stringContaining('redirect'),
    });
    expect(heard).toHaveLength(3);
  });

  it('are not made for private addresses, unless the server allows them', async () => {
    const server = await boot();
    for (const url of [
      'http://127.0.0.1:1/',
      'http://[::1]/',
      'http://10.0.0.1/x',
      'http://169.254.169.254/latest',
      'http://localhost/x',
      'http://2130706433/',
    ]) {
      const body = { name: 'x', kind: 'generic', url } as const;
      const refused = await server.admin.attempt(contracts.createWebhook, { params, body });
      expect([url, refused.status]).toEqual([url, 422]);
      expect(JSON.stringify(refused.body)).toContain('SLUICE_WEBHOOK_HOSTS');
    }
    expect((await server.admin.call(contracts.listWebhooks, { params })).items).toEqual([]);
  });

  it('are changed and taken away, and never show where they lead', async () => {
    const server = await boot({ settings: settings() });
    const { id } = await hook(server, { secret: 'shared' });
    const one = { params: { ...params, webhook: id } };
    const changed = await server.admin.call(contracts.changeWebhook, {
      ...one,
      body: { enabled: false, secret: null, conditions: ['errors'] },
    });
    expect(changed).toMatchObject({ enabled: false, hasSecret: false, conditions: ['errors'] });
    await turn(server, true);
    await look(server);
    const listed = await server.admin.call(contracts.listWebhooks, { params });
    expect(listed.items[0]!.waiting).toBe(0);
    expect(JSON.stringify(listed)).not.toContain('key=k1');
    const changes = await server.admin.call(contracts.listAudit, { query: { action: 'webhook.change' } });
    expect(changes.items[0]!.detail).toMatchObject({
      before: { enabled: true, conditions: null, origin: `http://${host()}` },
      enabled: false,
      changed: ['secret', 'conditions', 'enabled'],
    });
    await server.admin.call(contracts.deleteWebhook, one);
    expect((await server.admin.attempt(contracts.testWebhook, one)).status).toBe(404);
    expect(heard).toEqual([]);
  });
});
