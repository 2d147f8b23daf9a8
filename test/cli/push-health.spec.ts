import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { PushActPlan } from '@sluice/protocol';
import { grayOf, planOf } from './order-api.ts';
import { type OrderCommand, startOrderCommand } from './order-command.ts';

const since = '2026-01-02T03:04:05.000Z';
const told = {
  few: { en: '3 of 100 calls in the gray', zh: '灰度调用量 3/100' },
  errors: { en: 'errors: 30 % in the gray, 0 % in the rest', zh: '错误率：灰度 30%，其余 0%' },
};

describe('going on with a gray by hand', () => {
  let order: OrderCommand;
  beforeEach(async () => {
    order = await startOrderCommand();
    const push = grayOf('running', { applied: 2 });
    for (const id of ['getPush', 'advancePush', 'promotePush', 'abandonPush'] as const)
      order.fake.on(id, () => push);
  });
  afterEach(() => order.fake.stop());

  const health = (now: Omit<NonNullable<PushActPlan['health']>, 'since'>): void => {
    order.fake.on('previewPushAct', () => ({ ...planOf(['i-3']), health: { ...now, since } }));
  };

  it.each(['advance', 'promote'])('%s says how those do that have it', async (act) => {
    const dryRun = ['push', act, 'g-1', '--dry-run'];
    health({ health: 'healthy', isWorse: false });
    expect((await order.sluice(dryRun)).err).toContain('Its instances do as well as the rest.');
    health({ health: 'unknown', isWorse: false, why: told.few });
    expect((await order.sluice(dryRun)).err).toContain(
      'Nobody can say yet how its instances do: 3 of 100 calls in the gray.',
    );
    health({ health: 'unknown', isWorse: true, why: told.errors });
    expect((await order.sluice(dryRun)).err).toContain(
      'Warning: its instances do worse than the rest: errors: 30 % in the gray, 0 % in the rest. To go on all the same, say why with --despite-health.',
    );
    expect((await order.sluice([...dryRun, '-o', 'json'])).out).toContain('"isWorse": true');
  });

  it('promotes in spite of it with a reason, and sends none where none was given', async () => {
    health({ health: 'unknown', isWorse: true, why: told.errors });
    await order.sluice(['push', 'promote', 'g-1', '--despite-health', 'the shops are closed']);
    expect(order.fake.last('promotePush').body).toMatchObject({ despiteHealth: 'the shops are closed' });
    await order.sluice(['push', 'promote', 'g-1']);
    expect(order.fake.last('promotePush').body).not.toHaveProperty('despiteHealth');
  });

  it('says nothing of a gray that nobody watches', async () => {
    expect((await order.sluice(['push', 'promote', 'g-1', '--dry-run'])).err).not.toContain('instances do');
  });
});
