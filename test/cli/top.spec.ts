import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { beGuarded, resourceOf } from './guarded-api.ts';
import { type OrderCommand, startOrderCommand } from './order-command.ts';

let order: OrderCommand;
beforeEach(async () => {
  order = await startOrderCommand();
  beGuarded(order.fake);
});
afterEach(() => order.fake.stop());

describe('top', () => {
  it('is one snapshot without a terminal', async () => {
    const ran = await order.sluice(['top', 'order-api']);
    expect(ran).toMatchObject({ code: 0, err: '', out: expect.stringMatching(/^RESOURCE/) });
    expect(order.fake.asked.filter(({ id }) => id === 'listResources')).toHaveLength(1);
  });

  it('is refreshed on a terminal, on a screen of its own', async () => {
    let turns = 0;
    const ran = await order.sluice(['top', 'order-api', '--lang', 'zh'], {
      terminal: true,
      onSleep: (interrupt) => {
        turns += 1;
        if (turns === 2) interrupt();
      },
    });
    expect(ran.code).toBe(0);
    expect(ran.out.startsWith('\u001b[?1049h')).toBe(true);
    expect(ran.out.endsWith('\u001b[?1049l')).toBe(true);
    expect(ran.out.match(/资源 +类型/g)).toHaveLength(2);
    expect(ran.out).toContain('2 个资源，100.0 次/秒，最近一分钟拦截 120 次，1 个资源有未关闭的熔断器');
    // Long lines are cut there, and go on again as ever afterwards.
    const [cut, whole] = ['\u001b[?7l', '\u001b[?7h'].map((code) => ran.out.indexOf(code));
    expect(cut).toBeGreaterThan(0);
    expect(cut).toBeLessThan(ran.out.indexOf('资源'));
    expect(whole).toBeGreaterThan(ran.out.lastIndexOf('资源 '));
  });

  it.each([
    ['top', 'order-api'],
    ['resources', 'ls', 'order-api', '--watch'],
  ])('%s fits on the screen, and shows there what is missing', async (...command) => {
    const at = '2026-01-02T03:04:05.000Z';
    const items = Array.from({ length: 50 }, (_, n) => resourceOf(`GET /${n}`));
    order.fake.on('listResources', () => ({ items, overflowed: false, at, silentNodes: 2 }));
    let turns = 0;
    let screen = '';
    await order.sluice(command, {
      terminal: true,
      rows: 20,
      onSleep: (interrupt, written) => {
        turns += 1;
        screen = written.split('\u001b[H\u001b[J').at(-1)!;
        if (turns === 2) interrupt();
      },
    });
    expect(screen).toContain('2 other servers did not answer in time');
    expect(screen.split('\n')).toHaveLength(20);
  });
});
