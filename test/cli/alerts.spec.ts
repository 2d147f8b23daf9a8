import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { webhookKinds } from '@sluice/protocol';
import { webhookKindWords } from '../../apps/cli/src/program/declare-alerts.ts';
import { type OrderCommand, startOrderCommand } from './order-command.ts';

const at = '2026-01-02T03:04:05.000Z';
const alert = {
  id: 'a1',
  app: 'order-api',
  condition: 'errors',
  severity: 'critical',
  subject: 'rpc pay',
  link: { to: 'app' },
  text: { en: '30 % of the calls of pay failed', zh: 'pay 有 30% 的调用出错' },
  state: 'firing',
  firedAt: at,
  isSilenced: false,
} as const;
const setting = {
  condition: 'errors',
  title: { en: 'Too many calls end in errors', zh: '出错的调用过多' },
  enabled: true,
  severity: 'critical',
  forSec: 60,
  threshold: 0.2,
  minCalls: 100,
  from: 'default',
} as const;
const webhook = {
  id: 'w1',
  name: 'on call',
  kind: 'feishu',
  origin: 'https://open.feishu.cn',
  hasSecret: true,
  language: 'en',
  severity: 'warning',
  enabled: true,
  createdBy: 'ada',
  createdAt: at,
  waiting: 0,
} as const;

let order: OrderCommand;
beforeEach(async () => {
  order = await startOrderCommand();
});
afterEach(() => order.fake.stop());

describe('sluice alert', () => {
  it('lists what is wrong, in the language that was asked for', async () => {
    order.fake.on('listAlerts', () => ({ items: [alert], firing: 1, at }));
    const ran = await order.sluice([
      'alert',
      'ls',
      '--state',
      'firing',
      '--app',
      'order-api',
      '--lang',
      'zh',
    ]);
    expect(ran.code).toBe(0);
    expect(ran.out).toContain('pay 有 30% 的调用出错');
    expect(order.fake.last('listAlerts').query).toEqual({ limit: '20', state: 'firing', app: 'order-api' });
    const chinese = await order.sluice(['alert', 'ls', '--lang', 'zh']);
    expect(chinese.out).toMatch(/严重 +order-api/);
  });

  it('acknowledges one', async () => {
    order.fake.on('acknowledgeAlert', () => ({ ...alert, acknowledged: { by: 'ada', at, note: 'on it' } }));
    const ran = await order.sluice(['alert', 'ack', 'a1', '-m', 'on it']);
    expect([ran.code, order.fake.last('acknowledgeAlert').body]).toEqual([0, { note: 'on it' }]);
    expect(ran.out).toContain('ada');
  });

  it('silences with a reason, and only with one', async () => {
    const silence = { id: 's1', reason: 'a load test', createdBy: 'ada', createdAt: at, until: at };
    order.fake.on('createAlertSilence', () => silence);
    expect((await order.sluice(['alert', 'silence', '--minutes', '30'])).code).toBe(2);
    expect(order.fake.writes).toEqual([]);
    const ran = await order.sluice(['alert', 'silence', '--minutes', '30', '--reason', 'a load test']);
    expect(ran.code).toBe(0);
    expect(order.fake.last('createAlertSilence').body).toEqual({ minutes: 30, reason: 'a load test' });
  });

  it('says when a condition raises one, and takes it back', async () => {
    order.fake
      .on('listAlertSettings', () => ({ items: [setting] }))
      .on('changeAlertSetting', () => ({ ...setting, threshold: 0.05, from: 'app' }));
    const set = ['alert', 'set', 'errors', '--app', 'order-api'];
    const ran = await order.sluice([...set, '--threshold', '5%', '--for', '30s']);
    expect(ran.out).toContain('5%');
    expect(order.fake.last('changeAlertSetting').body).toEqual({
      app: 'order-api',
      threshold: 0.05,
      forSec: 30,
    });
    await order.sluice([...set, '--reset']);
    expect(order.fake.last('changeAlertSetting').body).toEqual({
      app: 'order-api',
      enabled: null,
      severity: null,
      forSec: null,
      threshold: null,
      minCalls: null,
    });
    expect((await order.sluice(set)).code).toBe(2);
    expect((await order.sluice([...set, '--on', '--off'])).code).toBe(2);
    expect((await order.sluice(['alert', 'set', 'nonsense', '--on'])).code).toBe(2);
  });
});

describe('sluice webhook', () => {
  it('knows the kinds that the server knows', () => {
    expect(webhookKindWords).toEqual(webhookKinds);
  });

  it('adds one whose address and secret leave no trace in the history', async () => {
    order.fake.on('createWebhook', () => webhook);
    const ran = await order.sluice(
      ['webhook', 'add', '--name', 'on call', '--kind', 'feishu', '--url', '-', '--language', 'zh'],
      {
        stdin: 'https://open.feishu.cn/open-apis/bot/v2/hook/k1\n',
        env: { SLUICE_WEBHOOK_SECRET: 'shared' },
      },
    );
    expect(ran.code).toBe(0);
    expect(ran.out).not.toContain('k1');
    expect(order.fake.last('createWebhook').body).toEqual({
      name: 'on call',
      kind: 'feishu',
      url: 'https://open.feishu.cn/open-apis/bot/v2/hook/k1',
      secret: 'shared',
      language: 'zh',
    });
    expect((await order.sluice(['webhook', 'add', '--name', 'x'])).code).toBe(2);
  });

  it('is for some conditions only, and is changed in what is named', async () => {
    order.fake.on('createWebhook', () => webhook);
    order.fake.on('changeWebhook', () => ({ ...webhook, conditions: ['errors', 'drifted'] }));
    const url = 'https://example.com/hook';
    const add = ['webhook', 'add', '--name', 'x', '--url', url];
    await order.sluice([...add, '--conditions', 'errors,drifted']);
    expect(order.fake.last('createWebhook').body).toMatchObject({ conditions: ['errors', 'drifted'] });
    expect((await order.sluice([...add, '--conditions', 'everything'])).code).toBe(2);
    const change = ['webhook', 'change', 'w1'];
    expect((await order.sluice([...change, '--severity', 'critical'])).out).toContain('errors drifted');
    expect(order.fake.last('changeWebhook').body).toEqual({ severity: 'critical' });
    await order.sluice([...change, '--no-conditions', '--no-secret']);
    expect(order.fake.last('changeWebhook').body).toEqual({ conditions: null, secret: null });
    await order.sluice(change, { env: { SLUICE_WEBHOOK_SECRET: 'other' } });
    expect(order.fake.last('changeWebhook').body).toEqual({ secret: 'other' });
    expect((await order.sluice(change)).code).toBe(2);
    await order.sluice(['webhook', 'off', 'w1']);
    expect(order.fake.last('changeWebhook').body).toEqual({ enabled: false });
  });

  it('ends with 1 when a test is not taken', async () => {
    let ok = true;
    order.fake.on('testWebhook', () => ({ at, ok, status: 200, reply: 'sign not match', tookMs: 5 }));
    expect((await order.sluice(['webhook', 'test', 'w1'])).code).toBe(0);
    ok = false;
    const ran = await order.sluice(['webhook', 'test', 'w1']);
    expect([ran.code, ran.out]).toEqual([1, expect.stringContaining('sign not match')]);
  });
});
