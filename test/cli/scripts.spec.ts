import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Refused } from './fake-server.ts';
import { beGuarded } from './guarded-api.ts';
import { type OrderCommand, startOrderCommand } from './order-command.ts';

let order: OrderCommand;
beforeEach(async () => {
  order = await startOrderCommand();
  beGuarded(order.fake);
});
afterEach(() => order.fake.stop());

const put = (name: string, value: string): Promise<void> => writeFile(join(order.machine.home, name), value);

describe('scripts', () => {
  const args = ['order-api', '-f', 'vip.js', '--role', 'decide'];
  beforeEach(() => put('vip.js', 'function decide(call) { return { block: false }; }'));

  it('are told of with the instances that they do not run on', async () => {
    const listed = await order.sluice(['script', 'ls', 'order-api']);
    expect(listed.code).toBe(0);
    expect(listed.out).toMatch(/guard\.pay +decide +intercept +10 +- +2 +-/);
    expect(listed.err).toContain('Another server did not answer in time');
    const one = await order.sluice(['script', 'status', 'order-api', 'guard.pay']);
    expect(one.code).toBe(1);
    expect(one.out).toMatch(/switched off +2 \/ 12/);
    expect(one.out).toMatch(/i-2 +switched off +\S+ +3 kills in a minute/);
    const gone = await order.sluice(['script', 'status', 'order-api', 'guard.stock']);
    expect(gone).toMatchObject({ code: 1, err: expect.stringContaining('guard.stock') });
  });

  it('are checked', async () => {
    const ran = await order.sluice(['script', 'check', ...args, '--inputs', 'user,header:x-tier']);
    expect(ran).toMatchObject({ code: 0, out: 'vip.js would run as decide: 40 of 65536 bytes.\n' });
    expect(ran.err).toContain('does not name: header:x-tier');
    expect(order.fake.last('checkScript').body).toMatchObject({ inputs: ['user', 'header:x-tier'] });
    order.fake.on('checkScript', () => {
      throw new Refused({ status: 422, code: 'invalid_script', message: 'Line 1: unexpected token.' });
    });
    expect(await order.sluice(['script', 'check', ...args])).toMatchObject({
      code: 1,
      err: expect.stringContaining('Line 1: unexpected token.'),
    });
  });

  it('are tried on input, beside another source', async () => {
    await put('live.js', 'function decide() {}');
    const inputs = ['--input', '{"user":"x"}', '--input', '{"user":"y"}'];
    const ran = await order.sluice(['script', 'try', ...args, ...inputs]);
    expect(ran.code).toBe(0);
    expect(ran.out).toMatch(/\{"user":"y"\} +\{"block":true\} +0.20\n/);
    expect(order.fake.last('tryScript').body).toMatchObject({
      inputs: ['user'],
      cases: [{ values: { user: 'x' } }, { values: { user: 'y' } }],
    });
    order.fake.on('tryScript', () => ({
      items: [
        {
          failure: { code: 'timeout', text: { en: 'It took too long.', zh: '超时。' }, line: 3 },
          ms: 50,
          values: {},
          now: '2026-01-02T03:04:05.000Z',
          random: 0.5,
          other: { result: 1, ms: 1 },
          differs: true,
        },
      ],
      differing: 1,
      leftOut: 2,
    }));
    const differs = await order.sluice([
      'script',
      'try',
      ...args,
      '--recorded',
      '5',
      '--compare-with',
      'live.js',
    ]);
    expect(differs.code).toBe(1);
    expect(differs.out).toMatch(/timeout: It took too long\. \(3:1\) +50\.00 +1 +yes\n/);
    expect(differs.err).toContain('1 of 1 differ.');
    expect(order.fake.last('tryScript').body).toMatchObject({
      compareWith: 'function decide() {}',
      recorded: { last: 5 },
    });
  });

  it.each([[['--input', '{user}']], [['--input', '5']], [['--recorded', '999']], [[]]])(
    'with input that is none are refused: %j',
    async (more) => {
      expect((await order.sluice(['script', 'try', ...args, ...more])).code).toBe(2);
    },
  );
});
