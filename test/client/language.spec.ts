import { afterEach, expect, it } from '@jest/globals';
import { createSluice, num } from '@sluice/client';
import { wireMap } from '../../libs/client/src/testing/wire-namespace.ts';
import { FakeServer } from './fake-server.ts';

const before = process.env.SLUICE_LANG;
afterEach(() => {
  if (before === undefined) delete process.env.SLUICE_LANG;
  else process.env.SLUICE_LANG = before;
});

it('a refusal and a failing listener are told in the language of the process, and to the server in English', async () => {
  process.env.SLUICE_LANG = 'zh';
  const server = await new FakeServer().start();
  const said: string[] = [];
  const client = createSluice({
    server: server.url,
    token: 't',
    environment: 'prod',
    app: 'order-api',
    cacheDir: false,
    logger: { warn: (line) => said.push(line) },
  });
  const order = client.config('order', { timeoutMs: num(800, { min: 50, max: 5000 }) });
  order.on('timeoutMs', () => {
    throw new Error('pool closed');
  });
  await client.ready();

  const refused = await server.ackOf(server.push(wireMap('order', { timeoutMs: 9 }, 1)));
  expect(refused.namespaces[0]?.error).toBe('timeoutMs = 9, expected number 50..5000');
  expect(said.at(-1)).toBe(
    '[sluice] value_rejected: 命名空间 order 的修订号 1 被拒绝：timeoutMs = 9，应为数字 50..5000。继续使用之前的值，并已告知控制台。请在控制台修正。',
  );
  expect(client.health().rejected.order).toBe('timeoutMs = 9，应为数字 50..5000');
  expect(client.explain('order.timeoutMs').hint).toBe('timeoutMs = 9，应为数字 50..5000');

  const failed = await server.ackOf(server.push(wireMap('order', { timeoutMs: 60 }, 2)));
  expect(failed.namespaces[0]).toMatchObject({
    state: 'failed',
    error: 'listener of order.timeoutMs: pool closed',
  });
  expect(said.at(-1)).toContain('order.timeoutMs 的监听器出错：pool closed。');
  await client.close();
  await server.stop();
});
