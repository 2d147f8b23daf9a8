import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { guardrailDefaults } from '@sluice/core';
import { grayOf } from './order-api.ts';
import { type OrderCommand, startOrderCommand } from './order-command.ts';

let order: OrderCommand;
beforeEach(async () => {
  order = await startOrderCommand();
});
afterEach(() => order.fake.stop());

const set = ['set', 'order-api', 'order.timeoutMs=500'];
const at = '2026-01-02T03:04:05.000Z';
function gray(audience: unknown, gate: object = {}, more: object = {}) {
  return { mode: 'gray', audience, gate: { bakeMs: 0, click: true, ...gate }, ...more };
}

describe('guardrails', () => {
  it.each<[string[], string]>([
    [['--guardrails-off', 'no calls', '--min-calls', '50'], '--guardrails-off and --min-calls contradict'],
    [['--guardrails-off', ''], '--guardrails-off is empty'],
    [['--margin', 'luck=2,5%'], '--margin cannot be "luck=2,5%"'],
    [['--margin', 'p99=0.5,5'], '--margin cannot be'],
    [['--measures', 'p98'], '--measures cannot be "p98"'],
    [['--min-calls', '3'], '--min-calls cannot be "3"'],
    [['--on-breach', 'pray'], '--on-breach cannot be "pray"'],
    [['--mode', 'global', '--min-calls', '50'], '--min-calls belongs to --mode gray'],
  ])('are refused: %j', async (options, text) => {
    const who = options.includes('global') ? [] : ['--count', '2'];
    const ran = await order.sluice([...set, ...who, ...options]);
    expect(ran.code).toBe(2);
    expect(ran.err).toContain(text);
    expect(order.fake.writes).toEqual([]);
  });

  it('are shown with a push', async () => {
    const why = { en: '34 of 100 calls in the gray', zh: '灰度调用量 34/100' };
    order.fake.on('getPush', () =>
      grayOf('running', { applied: 1 }, { health: { is: 'unknown', since: at, why } }),
    );
    const basis = { cohort: 34, rest: 900 };
    const few = { scope: '', measure: 'errorRatio', windows: 0, basis } as const;
    const over = { ...few, scope: 'pay', cohort: 0.123, rest: 0.004, limit: 0.054, isOver: true, windows: 1 };
    const [from, until, since] = [at, at, at];
    order.fake.on('getPushGuardrail', () => ({
      rule: { ...guardrailDefaults, windowMs: 5000, measures: [], onBreach: 'abandon' },
      now: {
        ...{ from, until, since, step: 0, health: 'unknown', why },
        instances: { cohort: 1, rest: 3 },
        calls: basis,
        readings: [few, over],
      },
      log: [],
    }));
    const { out } = await order.sluice(['push', 'show', 'order-api', 'g-1']);
    expect(out).toMatch(/health +health unknown: 34 of 100 calls in the gray/);
    expect(out).toContain('2 samples in a row of 5 s and 100 calls on each side; then it is taken back');
    expect(out).toMatch(/errors +all calls +unknown: 34 of 100 calls +- +-/);
    expect(out).toMatch(/errors +pay +12\.3 % +0\.4 % +5\.4 % +1/);
  });

  it('are waited for, until nobody expects calls any more', async () => {
    const why = { en: '0 of 100 calls in the gray', zh: '灰度调用量 0/100' };
    const unknownFor = (ms: number) => {
      const since = new Date(Date.parse(at) - ms).toISOString();
      const waits = ['health is not known to hold', 'somebody has to confirm it'];
      return grayOf('running', { applied: 2 }, { waits, health: { is: 'unknown', since, why } });
    };
    let asked = 0;
    order.fake.on('startPush', () => unknownFor(0)).on('getPush', () => unknownFor(++asked * 7000));
    const ran = await order.sluice([...set, '--percent', '5', '--wait']);
    expect(ran).toMatchObject({ code: 0, err: expect.stringContaining('Held in step 1 of 3') });
    expect(ran.err).toContain('health unknown: 0 of 100 calls in the gray');
    expect(asked).toBe(3);
  });

  it.each<[string[], unknown]>([
    [
      ['--count', '2', '--guardrails-off', 'no calls'],
      gray({ by: 'count', count: 2 }, {}, { guardrails: { off: 'no calls' } }),
    ],
    [
      [
        '--count',
        '2',
        '--on-breach',
        'halt',
        '--min-calls',
        '50',
        '--windows',
        '3',
        '--resources',
        'pay,POST /a',
      ],
      gray(
        { by: 'count', count: 2 },
        {},
        { guardrails: { onBreach: 'halt', minCalls: 50, windows: 3, resources: ['pay', 'POST /a'] } },
      ),
    ],
    [
      [
        '--count',
        '2',
        '--margin',
        'errorRatio=3,10%',
        '--margin',
        'p99=2,250',
        '--measures',
        'errorRatio,p99',
      ],
      gray(
        { by: 'count', count: 2 },
        {},
        {
          guardrails: {
            margins: { errorRatio: { ratio: 3, floor: 0.1 }, p99: { ratio: 2, floor: 250 } },
            measures: ['errorRatio', 'p99'],
          },
        },
      ),
    ],
  ])('are asked for: %j', async (options, target) => {
    expect(await order.sluice([...set, ...options])).toMatchObject({ code: 0 });
    expect(order.fake.last('startPush').body).toMatchObject({ target });
  });
});
