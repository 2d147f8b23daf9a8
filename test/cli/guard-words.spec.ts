import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { beGuarded, refusedPay, resourceOf } from './guarded-api.ts';
import { type OrderCommand, startOrderCommand } from './order-command.ts';

let order: OrderCommand;
beforeEach(async () => {
  order = await startOrderCommand();
  beGuarded(order.fake);
});
afterEach(() => order.fake.stop());

describe('a name that is not there', () => {
  it('is no namespace whose rules are all well', async () => {
    for (const command of [
      ['rule', 'lint', 'order-api', 'gaurd'],
      ['rule', 'replay', 'order-api', '--namespace', 'gaurd'],
      ['rule', 'ls', 'order-api', '--namespace', 'gaurd'],
    ])
      expect(await order.sluice(command)).toMatchObject({
        code: 1,
        out: '',
        err: expect.stringContaining('Did you mean "guard"?'),
      });
    for (const command of [
      ['rule', 'lint', 'order-api', 'order'],
      ['rule', 'ls', 'order-api', '--namespace', 'order'],
    ])
      expect(await order.sluice(command)).toMatchObject({
        code: 2,
        err: expect.stringContaining('"order" holds no rules.'),
      });
    expect(order.fake.asked.filter(({ id }) => id === 'lintRules')).toHaveLength(0);
  });

  it('may be a namespace to come, for the rules of a file', async () => {
    await writeFile(join(order.machine.home, 'rules.yaml'), 'pay:\n  kind: limit\n');
    await order.sluice(['rule', 'lint', 'order-api', 'later', '-f', 'rules.yaml']);
    expect(order.fake.last('lintRules').body).toMatchObject({ namespace: 'later' });
  });

  it.each([
    [['resources', 'show', 'order-api', '']],
    [['resources', 'ls', '']],
    [['resources', 'decision', 'order-api', '..']],
    [['drill', 'ls', '.']],
  ])('is a mistake of who typed it when it is empty: %j', async (command) => {
    const ran = await order.sluice([...command, '--lang', 'zh']);
    expect(ran).toMatchObject({ code: 2, err: expect.stringContaining('名称不能为空') });
    expect(ran.err).not.toContain('意外');
  });
});

describe('figures', () => {
  it.each([
    [1, 'guard/pay is open (1 instance)'],
    [3, 'guard/pay is open (3 instances)'],
  ])('of an incident count %d instances as people do', async (instances, words) => {
    const at = '2026-01-01T00:00:00.000Z';
    const turn = {
      rule: 'guard/pay',
      from: 'closed',
      to: 'open',
      reason: 'threshold',
      instanceId: 'i-1',
    } as const;
    order.fake.on('getIncident', () => ({
      from: at,
      to: at,
      items: [
        {
          app: 'order-api',
          resource: 'pay',
          type: 'method',
          instances,
          marker: { kind: 'breaker', at, ...turn },
        },
      ],
      cut: false,
      pushes: [],
      calls: [],
      stepMs: 10_000,
      at,
    }));
    expect((await order.sluice(['incident'])).out).toContain(words);
  });

  it('of a refusal have units, and no digits that nobody can use', async () => {
    const call = { ...refusedPay.call, value: 4.388149432000005, threshold: 5, retryAfterMs: 90_400 };
    order.fake.on('getDecision', () => ({ ...refusedPay, call }));
    const { out } = await order.sluice(['resources', 'decision', 'order-api', 'd-1']);
    expect(out).toMatch(/measured +4\.388 \/ 5\n/);
    expect(out).toMatch(/retry after +1\.6 min\n/);
  });

  it('that nobody has are left out', async () => {
    const { out } = await order.sluice(['resources', 'show', 'order-api', 'POST /pay']);
    expect(out).toMatch(/INSTANCE +CALLS\/S +ERRORS/);
    order.fake.on('predictRule', () => ({
      recording: { calls: 0, instances: 0, sampledBy: 1 },
      calls: 0,
      wouldBlock: 0,
      share: 0,
      healthy: 0,
      byMinute: [],
      byOrigin: [],
      byKey: [],
      byInstance: [],
      enough: false,
      warnings: [],
    }));
    const predicted = await order.sluice(['rule', 'predict', 'order-api', 'guard.pay']);
    expect(predicted.out).toMatch(/^CALLS +0\n/);
    expect(predicted.out).not.toMatch(/would block|from/);
  });

  it('of a rule say of which time they are', async () => {
    const { out } = await order.sluice(['rule', 'show', 'order-api', 'guard.pay']);
    expect(out).toMatch(/would have blocked in the last minute +7\n/);
  });
});

describe('what is said', () => {
  it('of a rule that blocks though it only watches, leads to who lets it', async () => {
    const quiet = await order.sluice(['rule', 'show', 'order-api', 'guard.pay']);
    expect(quiet.err).toBe('');
    order.fake.on('getResource', () => ({
      ...resourceOf('POST /pay'),
      instances: [],
      rules: [{ rule: 'guard/pay', blocked: 3, wouldBlock: 7 }],
    }));
    const { err } = await order.sluice(['rule', 'show', 'order-api', 'guard.pay']);
    expect(err).toContain('"sluice push ls order-api --in-force"');
  });

  it('of a kind of calls that there are none of, is not said of all calls', async () => {
    order.fake.on('listResources', () => ({
      items: [],
      overflowed: false,
      at: '2026-01-02T03:04:05.000Z',
    }));
    const { err } = await order.sluice(['resources', 'ls', 'order-api', '--type', 'rpc']);
    expect(err).toBe('No calls of type rpc have been reported. Leave --type out to see all others.\n');
  });

  it('by doctor to a program is found by the same name in both languages', async () => {
    order.fake
      .on('setupState', () => ({ needed: false, insecureDev: false, version: '0.1.0' }))
      .on('readiness', () => ({ status: 'ok' }));
    const checksOf = async (language: string): Promise<string[]> => {
      const { out } = await order.sluice(['doctor', '-o', 'json', '--lang', language]);
      return (JSON.parse(out) as { check: string }[]).map(({ check }) => check);
    };
    expect(await checksOf('zh')).toEqual(await checksOf('en'));
    const { out } = await order.sluice(['doctor', '--lang', 'zh']);
    expect(out).toMatch(/正常 +时钟 +与服务器一致/);
  });

  it('of recorded calls is in the language of the reader, and warns where a script saw none of them', async () => {
    await writeFile(join(order.machine.home, 'vip.js'), 'function decide() {}');
    order.fake.on('tryScript', () => ({
      items: [
        {
          result: { pass: true },
          ms: 0.3,
          values: {},
          now: '2026-01-02T03:04:05.000Z',
          random: 0.5,
          call: {
            resource: 'POST /pay',
            type: 'web',
            at: '2026-01-02T03:04:05.000Z',
            instanceId: 'i-1',
            verdict: 'wouldBlock',
          },
        },
      ],
      differing: 0,
      leftOut: 0,
    }));
    const words = ['script', 'try', 'order-api', '-f', 'vip.js', '--role', 'decide', '--recorded', '1'];
    const blind = await order.sluice([...words, '--lang', 'zh']);
    expect(blind.out).toContain('POST /pay 预计拦截');
    expect(blind.err).toContain('请用 --inputs 指定它查看的输入');
    const seeing = await order.sluice([...words, '--inputs', 'user']);
    expect(seeing.err).toBe('');
  });
});
