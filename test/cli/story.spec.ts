import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Story } from '@sluice/protocol';
import { type OrderCommand, startOrderCommand } from './order-command.ts';

const story: Story = {
  state: 'playing',
  shops: 3,
  chapters: [
    {
      name: 'sale',
      title: { en: 'A sale begins', zh: '促销开始' },
      does: { en: 'Changes the banner', zh: '修改横幅' },
      state: 'cameTrue',
      commands: [],
      pages: [],
      came: { en: '3 of 3 hold it', zh: '3/3 已持有' },
      figures: {},
    },
  ],
};

let order: OrderCommand;
beforeEach(async () => {
  order = await startOrderCommand();
  for (const id of ['getStory', 'playStory', 'stopStory'] as const) order.fake.on(id, () => story);
});
afterEach(() => order.fake.stop());

describe('the story of a demo', () => {
  it('is looked at, in either language', async () => {
    const { out, err } = await order.sluice(['story', 'show']);
    expect(out).toMatch(/A sale begins +came true +3 of 3 hold it/);
    expect(err).toContain('The story is playing.');
    expect((await order.sluice(['story', 'show', '--lang', 'zh'])).out).toMatch(/促销开始 +已应验/);
    expect(JSON.parse((await order.sluice(['story', 'show', '-o', 'json'])).out)).toEqual(story);
  });

  it('is played at a pace, and stopped', async () => {
    await order.sluice(['story', 'play']);
    expect(order.fake.last('playStory').body).toEqual({ pace: 'reader' });
    await order.sluice(['story', 'play', '--fast']);
    expect(order.fake.last('playStory').body).toEqual({ pace: 'fast' });
    expect((await order.sluice(['story', 'stop'])).code).toBe(0);
  });
});
