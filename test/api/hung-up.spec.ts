import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { buildRequest, contracts } from '@sluice/protocol';
import { LongWork } from '../../apps/server/src/guarding/long-work.ts';
import { type BootedApp, bootApp } from '../support/boot-app.ts';
import { until } from '../support/until.ts';

const params = { env: 'prod', app: 'orders' };
let server: BootedApp;
beforeAll(async () => {
  server = await bootApp();
  await server.admin.call(contracts.createApp, { body: { name: 'orders' } });
});
afterAll(() => server?.close());

it('who asked for a replay and hung up has his work ended, and nobody else', async () => {
  const inTurn = jest.spyOn(server.app.get(LongWork, { strict: false }), 'inTurn');
  const lastGone = (): boolean => inTurn.mock.calls.at(-1)![1]();
  // Whatever comes first keeps the turn until it is let go.
  let letGo = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const holding = server.app.get(LongWork, { strict: false }).inTurn(
    () => held,
    () => false,
  );
  const request = buildRequest(contracts.replayRules, { params, body: { rules: {}, calls: [] } });
  const ask = (signal: AbortSignal): Promise<number> =>
    fetch(server.url + request.path, {
      method: request.method,
      headers: { ...request.headers, ...server.admin.headers },
      body: request.body!,
      signal,
    }).then(({ status }) => status);
  const leaving = new AbortController();
  const left = ask(leaving.signal).catch(() => 'left');
  await until('it waits for its turn', async () => inTurn.mock.calls.length === 2);
  expect(lastGone()).toBe(false);
  leaving.abort();
  expect(await left).toBe('left');
  await until('the server knows', async () => lastGone());
  const stays = ask(new AbortController().signal);
  await until('another one waits', async () => inTurn.mock.calls.length === 3);
  expect(lastGone()).toBe(false);
  letGo();
  await holding;
  expect(await stays).toBe(200);
  await expect(inTurn.mock.results[1]!.value).rejects.toMatchObject({ code: 'too_many_requests' });
});
