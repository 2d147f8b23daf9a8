import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Refused } from './fake-server.ts';
import { beGuarded, killOf, resourceOf } from './guarded-api.ts';
import { grayOf, planOf } from './order-api.ts';
import { type OrderCommand, startOrderCommand } from './order-command.ts';

let order: OrderCommand;
beforeEach(async () => {
  order = await startOrderCommand();
  beGuarded(order.fake);
});
afterEach(() => order.fake.stop());

const put = (name: string, value: unknown): Promise<void> =>
  writeFile(join(order.machine.home, name), typeof value === 'string' ? value : JSON.stringify(value));
const bucket = {
  kind: 'limit',
  algorithm: 'tokenBucket',
  limit: 5,
  intervalMs: 1000,
  resource: { match: 'exact', value: 'POST /pay' },
  mode: 'monitor',
};
/** What `sluice export` writes of namespaces with one rule each. */
const exported = (...names: string[]) => ({
  app: 'order-api',
  namespaces: names.map((name) => ({
    name,
    kind: 'rules',
    content: { kind: 'rules', items: { pay: bucket } },
  })),
});

describe('resources', () => {
  it('are listed with rates, latencies, blocks and breakers; what nobody told is not 0', async () => {
    const ran = await order.sluice(['resources', 'ls', 'order-api', '--type', 'web']);
    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(ran.out).toMatch(/^RESOURCE +TYPE +CALLS\/S +P50 MS +P99 MS +ERRORS +BLOCKED +WOULD BLOCK/);
    expect(ran.out).toMatch(/POST \/pay +web +100 +4.3 +120 +3 +120 +7 +4 +open 1 +2\n/);
    expect(ran.out).toMatch(/GET \/quiet +web +- +- +- +- +- +- +- +- +-\n/);
    expect(order.fake.last('listResources').query).toEqual({ type: 'web' });
    expect((await order.sluice(['resources', 'ls', 'order-api', '--type', 'http'])).code).toBe(2);
    expect((await order.sluice(['resources', 'ls', 'order-apo'])).err).toContain('Did you mean "order-api"?');
  });

  it('are shown one by one, by rule and by instance', async () => {
    const { out } = await order.sluice(['resources', 'show', 'order-api', 'POST /pay']);
    expect(out).toMatch(/blocked for +limited 100, breakerOpen 20/);
    expect(out).toMatch(/guard\/pay +0 +7/);
    expect(out).toMatch(/guard\/stock +open 1 +i-2 open/);
    expect(out).toMatch(/i-2 +14.7 +.*guard\/stock open/);
    const wrong = await order.sluice(['resources', 'show', 'order-api', 'POST /pai']);
    expect(wrong).toMatchObject({ code: 1, err: expect.stringContaining('Did you mean "POST /pay"?') });
  });

  it('say that nobody guards anything, and that there are too many names', async () => {
    const at = '2026-01-02T03:04:05.000Z';
    order.fake.on('listResources', () => ({ items: [], overflowed: false, at }));
    expect((await order.sluice(['resources', 'ls', 'order-api'])).err).toContain('protect()');
    order.fake.on('listResources', () => ({ items: [resourceOf('__other__')], overflowed: true, at }));
    expect((await order.sluice(['resources', 'ls', 'order-api'])).err).toContain('more than 2,000 names');
  });

  it('are watched until Ctrl+C', async () => {
    let turns = 0;
    const ran = await order.sluice(['resources', 'ls', 'order-api', '--watch', '-o', 'ndjson'], {
      onSleep: (interrupt) => {
        turns += 1;
        if (turns === 3) interrupt();
      },
    });
    expect(ran.code).toBe(0);
    expect(ran.out.trimEnd().split('\n')).toHaveLength(6);
  });

  it('are watched on while the server is away for a moment, but not where there is nothing to watch', async () => {
    let turns = 0;
    const ran = await order.sluice(
      ['resources', 'show', 'order-api', 'POST /pay', '--watch', '-o', 'ndjson'],
      {
        onSleep: (interrupt) => {
          turns += 1;
          if (turns === 1)
            order.fake.on('getResource', () => {
              throw new Refused({
                status: 503,
                code: 'database_unavailable',
                message: 'The database is away.',
              });
            });
          if (turns === 3) beGuarded(order.fake);
          if (turns === 4) interrupt();
        },
      },
    );
    expect(ran).toMatchObject({ code: 0, err: 'The database is away.\nThe database is away.\n' });
    expect(ran.out.trimEnd().split('\n')).toHaveLength(2);
    expect((await order.sluice(['resources', 'show', 'order-api', 'nothing', '--watch'])).code).toBe(1);
  });

  it('say why a call was refused, by the id of the decision', async () => {
    const { out } = await order.sluice(['resources', 'decision', 'order-api', 'd-1']);
    expect(out).toMatch(/rule +guard\/pay \(limit\)\n/);
    expect(out).toMatch(/measured +50 \/ 50\n/);
    expect((await order.sluice(['resources', 'decision', 'd-1', '-o', 'json'])).out).toContain('"i-2"');
    const gone = await order.sluice(['resources', 'decision', 'd-2']);
    expect(gone).toMatchObject({ code: 1, err: expect.stringContaining('their last 1,000 refusals') });
  });

  it('say that one may not ask, but not of one app of several that are looked through', async () => {
    const apps = (...names: string[]) => ({
      items: names.map((name) => ({ name, title: '', owner: '', createdAt: '2026-01-02T03:04:05.000Z' })),
    });
    const decisions: unknown[] = [];
    order.fake.on('getDecision', ({ params }) => {
      decisions.push(params.app);
      throw params.app === 'secret'
        ? new Refused({ status: 403, code: 'forbidden', message: 'You may not.' })
        : new Refused({ status: 404, code: 'not_found', message: 'There is no decision here.' });
    });
    order.fake.on('listApps', () => apps('order-api', 'secret'));
    const ask = (...words: string[]) => order.sluice(['resources', 'decision', ...words]);
    expect(await ask('secret', 'd-1')).toMatchObject({
      code: 4,
      err: expect.stringContaining('You may not.'),
    });
    expect((await ask('d-1')).code).toBe(1);
    expect(decisions).toEqual(['secret', 'order-api', 'secret']);
    order.fake.on('listApps', () => apps('secret'));
    expect((await ask('d-1')).code).toBe(4);
  });

  it('say what is missing where a server does not answer', async () => {
    const before = await order.sluice(['resources', 'show', 'order-api', 'POST /pay', '-o', 'json']);
    order.fake.on('getResource', () => ({ ...JSON.parse(before.out), silentNodes: 2 }));
    const ran = await order.sluice(['resources', 'show', 'order-api', 'POST /pay']);
    expect(ran).toMatchObject({
      code: 0,
      err: expect.stringContaining('2 other servers did not answer in time'),
    });
  });
});

describe('looking at rules', () => {
  it('lists them with what they ask for', async () => {
    const { out } = await order.sluice(['rule', 'ls', 'order-api']);
    expect(out).toMatch(/guard\.pay +monitor +limit +POST \/pay +tokenBucket 50 \/ 1 s per user\n/);
    expect(out).toMatch(
      /guard\.stock +intercept +breaker +prefix rpc:stock\. +errorRatio >= 0.5 \/ 10 s, open 5 s\n/,
    );
    const wrong = await order.sluice(['rule', 'ls', 'order-api', '--namespace', 'gurad']);
    expect(wrong).toMatchObject({ code: 1, err: expect.stringContaining('Did you mean "guard"?') });
  });

  it('shows one, and what it did in the last minute', async () => {
    const { out } = await order.sluice(['rule', 'show', 'order-api', 'guard.pay']);
    expect(out).toMatch(/per +\{"by":"user"\}/);
    expect(out).toMatch(/would have blocked in the last minute +7\n/);
    expect((await order.sluice(['rule', 'show', 'order-api', 'guard/stock'])).code).toBe(0);
    const wrong = await order.sluice(['rule', 'show', 'order-api', 'guard.pai']);
    expect(wrong).toMatchObject({ code: 1, err: expect.stringContaining('Did you mean "guard.pay"?') });
    expect((await order.sluice(['rule', 'show', 'order-api', 'order.timeoutMs'])).code).toBe(2);
    expect((await order.sluice(['rule', 'show', 'order-api', 'guard'])).code).toBe(2);
  });
});

describe('lint', () => {
  it('looks at what is live; warnings alone are no failure', async () => {
    const ran = await order.sluice(['rule', 'lint', 'order-api', 'guard']);
    expect(ran).toMatchObject({
      code: 0,
      err: expect.stringContaining('2 rules checked, 1 findings, 0 of them errors'),
    });
    expect(ran.out).toMatch(/warning +guard\/pay +resource.value +no resource "POST \/pai" has been seen/);
    expect(order.fake.last('lintRules').body).toEqual({ namespace: 'guard' });
  });

  it('sends a file as it is, so that what is no rule is a finding too', async () => {
    await put('rules.yaml', 'pay:\n  kind: limit\n  limit: 0\n');
    await order.sluice(['rule', 'lint', 'order-api', 'guard', '-f', 'rules.yaml']);
    expect(order.fake.last('lintRules').body).toEqual({
      namespace: 'guard',
      rules: { pay: { kind: 'limit', limit: 0 } },
    });
  });

  it('knows of which namespaces the rules of an export are', async () => {
    await put('one.json', exported('guard'));
    await order.sluice(['rule', 'lint', 'order-api', '-f', 'one.json']);
    expect(order.fake.last('lintRules').body).toEqual({ rules: { 'guard/pay': bucket } });
    await put('two.json', exported('guard', 'more'));
    await order.sluice(['rule', 'lint', 'order-api', '-f', 'two.json']);
    expect(order.fake.last('lintRules').body).toEqual({
      rules: { 'guard/pay': bucket, 'more/pay': bucket },
    });
    await order.sluice(['rule', 'lint', 'order-api', 'guard', '-f', 'two.json']);
    expect(order.fake.last('lintRules').body).toEqual({ namespace: 'guard', rules: { pay: bucket } });
    await put('two.json', exported('extra', 'more'));
    expect(await order.sluice(['rule', 'lint', 'order-api', 'guard', '-f', 'two.json'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('two.json holds rules of extra, more, not of guard.'),
    });
  });

  it('needs no server for a file; errors are exit 1', async () => {
    await put('rules.json', {
      zero: { ...bucket, limit: 0 },
      seconds: { ...bucket, intervalMs: 1 },
      odd: { kind: 'limt' },
      'no name': bucket,
    });
    const before = order.fake.asked.length;
    const ran = await order.sluice(['rule', 'lint', '-f', 'rules.json', '-o', 'json']);
    expect(ran.code).toBe(1);
    expect(JSON.parse(ran.out)).toMatchObject([
      { code: 'zeroLimit', severity: 'error', rule: 'zero', field: 'limit' },
      { code: 'invalid', severity: 'error', rule: 'odd', field: 'kind' },
      { code: 'invalid', severity: 'error', rule: 'no name', field: '' },
      { code: 'secondsMeant', severity: 'warning', rule: 'seconds', field: 'intervalMs' },
    ]);
    await put('rules.json', { fine: bucket });
    expect(await order.sluice(['rule', 'lint', '-f', 'rules.json'])).toMatchObject({ code: 0 });
    expect(order.fake.asked).toHaveLength(before);
    expect((await order.sluice(['rule', 'lint'])).code).toBe(2);
  });
});

describe('predict', () => {
  it('says how many calls it would block, whose, and which limit is enough', async () => {
    const ran = await order.sluice([
      'rule',
      'predict',
      'order-api',
      'guard.pay',
      '--share',
      '1%',
      '--seed',
      '7',
    ]);
    expect(ran.code).toBe(0);
    expect(order.fake.last('predictRule').body).toMatchObject({
      ref: 'guard/pay',
      targetShare: 0.01,
      seed: 7,
    });
    expect(ran.out).toMatch(/would block +40 \(5.00 % ± 0.20 %\)\n/);
    expect(ran.out).toMatch(/of them healthy +39\n/);
    expect(ran.out).toMatch(/smallest limit for 1.00 % +limit 75 \(1.00 %\)\n/);
    expect(ran.out).toMatch(/2026-01-02T03:04 +800 +40 +5.00 %\n/);
    expect(ran.out).toMatch(/li +100 +40 +40.00 % +39\n/);
    expect(ran.out).not.toContain('wang');
    expect(ran.err).toContain('The rule was off.\n');
    expect(ran.err).toContain('That is little to go by');
  });

  it('takes a draft, alone or in place of the live rule', async () => {
    await put('draft.json', { pay: bucket, other: { ...bucket, limit: 9 } });
    await order.sluice(['rule', 'predict', 'order-api', 'guard.pay', '-f', 'draft.json']);
    expect(order.fake.last('predictRule').body).toMatchObject({ ref: 'guard/pay', rule: { limit: 5 } });
    const which = await order.sluice(['rule', 'predict', 'order-api', '-f', 'draft.json']);
    expect(which).toMatchObject({ code: 2, err: expect.stringContaining('pay, other') });
    const two = exported('more', 'guard');
    two.namespaces[1]!.content.items.pay = { ...bucket, limit: 6 };
    await put('two.json', two);
    await order.sluice(['rule', 'predict', 'order-api', 'guard.pay', '-f', 'two.json']);
    expect(order.fake.last('predictRule').body).toMatchObject({ ref: 'guard/pay', rule: { limit: 6 } });
    await put('one.yaml', JSON.stringify(bucket));
    await order.sluice(['rule', 'predict', 'order-api', '-f', 'one.yaml']);
    expect(order.fake.last('predictRule').body).toMatchObject({ rule: { limit: 5 } });
    expect((await order.sluice(['rule', 'predict', 'order-api'])).code).toBe(2);
    expect((await order.sluice(['rule', 'predict', 'order-api', 'guard.pay', '--share', '2'])).code).toBe(2);
  });
});

describe('replay over the recording of a server', () => {
  it('says what would have gone otherwise', async () => {
    await put('rules.json', { pay: bucket });
    const ran = await order.sluice([
      'rule',
      'replay',
      'order-api',
      '--rules',
      'rules.json',
      '--namespace',
      'guard',
    ]);
    expect(ran.code).toBe(0);
    expect(order.fake.last('replayRules').body).toMatchObject({
      namespace: 'guard',
      rules: { pay: { limit: 5 } },
    });
    await put('two.json', exported('guard', 'more'));
    await order.sluice(['rule', 'replay', 'order-api', '--rules', 'two.json']);
    expect(order.fake.last('replayRules').body).toEqual({
      rules: { 'guard/pay': bucket, 'more/pay': bucket },
    });
    expect(ran.out).toMatch(/10 +1 +8 +2 +1 +1 +0\n/);
    expect(ran.out).toMatch(/5 +i-1 +POST \/pay +pass +block +pay\n/);
  });
});

describe('the mode of a rule', () => {
  it('is a release like any other', async () => {
    const ran = await order.sluice([
      'rule',
      'intercept',
      'order-api',
      'guard.pay',
      '-m',
      'seen for a day',
      '--wait',
    ]);
    expect(ran.code).toBe(0);
    expect(ran.err).toContain(
      'Change guard.pay mode=monitor -> mode=intercept on 2 instances of order-api in prod (global)',
    );
    const { body, headers } = order.fake.last('publish');
    expect(headers['if-match']).toBe('"guard-47"');
    expect(body).toMatchObject({
      message: 'seen for a day',
      changes: { set: { pay: { mode: 'intercept', limit: 50, per: { by: 'user' } } } },
    });
  });

  it('can be tried without effect, and changes nothing that is so already', async () => {
    const dry = await order.sluice(['rule', 'off', 'order-api', 'guard.stock', '--dry-run']);
    expect(dry).toMatchObject({ code: 0, err: expect.stringContaining('Dry run: nothing was changed.') });
    expect(dry.out).toMatch(/guard\.stock +changed +mode=intercept +mode=off\n/);
    const same = await order.sluice(['rule', 'monitor', 'order-api', 'guard.pay']);
    expect(same).toMatchObject({ code: 0, err: expect.stringContaining('is in mode monitor already') });
    expect((await order.sluice(['rule', 'off', 'order-api', 'guard.nope'])).code).toBe(1);
    expect((await order.sluice(['rule', 'off', 'order-api', 'guard.pay', '--mode', 'grey'])).code).toBe(2);
    expect(order.fake.writes).toEqual([]);
  });

  it('goes to some instances in gray, on the same road', async () => {
    order.fake
      .on('previewPush', () => planOf(['i-1']))
      .on('startPush', () => grayOf('running', { pending: 1 }));
    const ran = await order.sluice([
      'rule',
      'intercept',
      'order-api',
      'guard.pay',
      'guard.stock',
      '--percent',
      '5',
    ]);
    expect(ran.code).toBe(0);
    expect(order.fake.last('startPush').body).toMatchObject({
      changes: [
        {
          namespace: 'guard',
          changes: { set: { pay: { mode: 'intercept' }, stock: { mode: 'intercept' } }, remove: [] },
        },
      ],
      target: { mode: 'gray' },
    });
  });

  it('waits where publishes are frozen', async () => {
    order.fake.on('publish', () => {
      throw new Refused({ status: 409, code: 'frozen', message: 'Publishes are frozen.' });
    });
    expect(await order.sluice(['rule', 'intercept', 'order-api', 'guard.pay'])).toMatchObject({ code: 5 });
  });
});

describe('the kill switch', () => {
  it('is turned, and waited for until everyone obeys', async () => {
    const acked = [0, 1, 2];
    order.fake
      .on('setKill', () => killOf({ acked: 0 }))
      .on('getKill', () => ({
        items: [killOf({ app: 'x' }), killOf({ acked: acked.shift()! })],
        at: killOf().at,
      }));
    const ran = await order.sluice(['kill', '--monitor', '--freeze', '--reason', 'INC-12']);
    expect(ran.code).toBe(0);
    expect(order.fake.last('setKill').body).toEqual({
      monitorOnly: true,
      freezePublishes: true,
      reason: 'INC-12',
    });
    expect(ran.err).toContain('Kill switch of prod, on: publishes frozen, rules only monitor');
    expect(ran.err).toContain('1 of 2 instances obey\n');
    expect(ran.err).toContain('All 2 online instances obey.');
    expect(ran.out).toMatch(/the environment +- +ON +- +2\/2 +li/);
  });

  it('says who has not obeyed when time is up, with exit 7', async () => {
    order.fake
      .on('setKill', () => killOf({ app: 'order-api', acked: 1 }))
      .on('getKill', () => ({
        items: [killOf({ app: 'order-api', acked: 0, silent: [{ app: 'order-api', instanceId: 'i-2' }] })],
        at: killOf().at,
      }));
    const ran = await order.sluice([
      'kill',
      '--all',
      '--app',
      'order-api',
      '--reason',
      'x',
      '--timeout',
      '2s',
    ]);
    expect(ran.code).toBe(7);
    expect(ran.err).toContain('2 of 2 online instances have not said within 2 s that they obey.');
    expect(ran.err).toMatch(/No word yet from:\n +order-api: i-2\n +and 1 more/);
    expect(ran.out).toMatch(/order-api .* 0\/2 /);
    expect((await order.sluice(['kill', 'status'])).err).toContain('  order-api: i-2');
  });

  it('goes on asking who obeys while the server is away, and says when somebody else turned it', async () => {
    const answers = [undefined, killOf({ acked: 1 }), undefined, killOf()];
    order.fake
      .on('setKill', () => killOf({ acked: 0 }))
      .on('getKill', () => {
        const now = answers.shift();
        if (!now) throw new Refused({ status: 503, code: 'database_unavailable', message: 'Away.' });
        return { items: [now], at: now.at };
      });
    expect((await order.sluice(['kill', '--monitor', '--reason', 'x'])).code).toBe(0);
    answers.push(killOf({ version: 4, acked: 0, monitorOnly: false, by: 'wang', reason: 'false alarm' }));
    const ran = await order.sluice(['kill', '--monitor', '--reason', 'x']);
    expect(ran).toMatchObject({ code: 5, err: expect.stringContaining('meanwhile by wang: false alarm') });
  });

  it('says that who obeys may not be asked, rather than that nobody does', async () => {
    order.fake
      .on('setKill', () => killOf({ acked: 0 }))
      .on('getKill', () => {
        throw new Refused({ status: 404, code: 'not_found', message: 'There is no environment here.' });
      });
    const ran = await order.sluice(['kill', '--monitor', '--reason', 'x']);
    expect(ran).toMatchObject({ code: 3, err: expect.stringContaining('[not_asked]') });
    expect(ran.err).toContain('The switch is turned');
    expect(ran.err).not.toContain('have not said');
    for (const argv of [
      ['kill', '--undo', '--reason', 'x'],
      ['kill', 'status'],
    ]) {
      const { code, err } = await order.sluice(argv);
      expect([code, err]).toEqual([1, expect.stringContaining('There is no environment here.')]);
    }
  });

  it('is undone: what is on, or what is named', async () => {
    await order.sluice(['kill', '--undo', '--reason', 'over']);
    expect(order.fake.last('setKill').body).toEqual({ monitorOnly: false, reason: 'over' });
    await order.sluice(['kill', '--undo', '--end-faults', '--reason', 'over']);
    expect(order.fake.last('setKill').body).toEqual({ endFaults: false, reason: 'over' });
    const nothing = await order.sluice(['kill', '--undo', '--app', 'order-api', '--reason', 'over']);
    const still = /Nothing to undo.*\n.*Still on by the switch of prod: rules only monitor\n/;
    expect(nothing).toMatchObject({ code: 0, err: expect.stringMatching(still) });
    expect(order.fake.writes).toHaveLength(2);
  });

  it('is looked at', async () => {
    expect((await order.sluice(['kill', 'status'])).out).toMatch(
      /the environment +- +ON +- +2\/2 +li .* INC-12\n/,
    );
    expect((await order.sluice(['kill', 'status', '--app', 'x', '-o', 'json'])).out).toContain('"INC-12"');
  });

  it('asks where the environment is protected, and needs a reason and something to stop', async () => {
    const ran = await order.sluice(['kill', '--all', '--reason', 'x'], { answers: ['staging'] });
    expect(ran).toMatchObject({ code: 1, err: expect.stringContaining('Not confirmed') });
    expect((await order.sluice(['kill', '--all'])).code).toBe(2);
    expect((await order.sluice(['kill', '--reason', 'x'])).code).toBe(2);
    expect(order.fake.writes).toEqual([]);
    order.fake.on('setKill', () => {
      throw new Refused({ status: 403, code: 'forbidden', message: 'You may not.' });
    });
    expect((await order.sluice(['kill', '--all', '--reason', 'x'])).code).toBe(4);
  });
});

describe('in Chinese', () => {
  it('reports and errors are too', async () => {
    const zh = (...argv: string[]) => order.sluice([...argv, '--lang', 'zh']);
    expect((await zh('rule', 'ls', 'order-api')).out).toMatch(/^规则 +模式 +类型 +资源 +内容\n/);
    expect((await zh('rule', 'predict', 'order-api', 'guard.pay')).out).toContain('其中健康的');
    expect((await zh('rule', 'lint', 'order-api')).err).toContain('检查了 2 条规则');
    expect((await zh('kill', '--all')).err).toContain('请说明原因。');
    expect((await zh('rule', '--help')).out).toContain('防护规则');
    expect((await zh('kill', '--help')).out).toContain('紧急开关');
  });
});
