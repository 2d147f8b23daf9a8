import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSluice, type Sluice } from '@sluice/client';
import type { Degrade } from '@sluice/core';
import { contracts } from '@sluice/protocol';
import { type BootedApp, bootApp } from '../support/boot-app.ts';
import { ConfigDesk } from '../support/config-desk.ts';
import { until } from '../support/until.ts';
import { GuardedDoors } from './guarded-doors.ts';
import { nobodyPays, publishRules } from './pay-rules.ts';

const book = { title: 'Walden' };

/** One application, started once, guarded in five ways; everything that its callers get is changed from the server. */
describe('an answer that is changed by a push', () => {
  let server: BootedApp;
  let desk: ConfigDesk;
  let sluice: Sluice;
  let doors: GuardedDoors;
  beforeAll(async () => {
    server = await bootApp();
    await server.admin.call(contracts.createApp, { body: { name: 'orders' } });
    const body = { kind: 'client', name: 'c', environment: 'prod', app: 'orders' } as const;
    const { secret } = await server.admin.call(contracts.createToken, { body });
    desk = new ConfigDesk(server.admin, 'prod', 'orders');
    await desk.create('guard', { kind: 'rules' });
    sluice = createSluice({ server: server.url, token: secret, instanceId: 'a', cacheDir: false });
    sluice.fallback('leaflet', () => ({ title: 'a leaflet' }));
    await sluice.ready({ timeoutMs: 10_000 });
    doors = await GuardedDoors.open(sluice);
  });
  afterAll(async () => {
    await doors?.close();
    await sluice?.close();
    await server?.close();
  });

  /** What callers get once the client has said that it holds this answer. */
  const whileAnswering = async (onBlock: Degrade) => {
    const rule = nobodyPays({ resource: { match: 'glob', value: '**' }, onBlock });
    const { push } = await publishRules(desk, { all: rule });
    await held(push.id);
    return doors.all();
  };
  const held = (push: string) =>
    until('the client holds it', async () => {
      const params = { env: 'prod', app: 'orders', push };
      return (await server.admin.call(contracts.getPush, { params })).verdict.holding === 1;
    });

  it('changes what callers get in every way of being guarded, without a restart', async () => {
    const asEver = {
      protect: ['value', book],
      nest: [200, book],
      fastify: [200, book],
      fetch: [200, book],
      grpc: ['value', book],
    };
    expect(await doors.all()).toEqual(asEver);
    // Each keeps the last good answer; who has none is refused.
    expect(await whileAnswering({ answer: 'lastGood' })).toEqual(asEver);
    await expect(sluice.protect('shelf.never', async () => book)()).rejects.toThrow('switched off for now');
    const soldOut = { title: 'sold out' };
    expect(await whileAnswering({ answer: 'value', value: soldOut })).toEqual({
      protect: ['value', soldOut],
      nest: [200, soldOut],
      fastify: [200, soldOut],
      fetch: [200, soldOut],
      grpc: ['value', soldOut],
    });
    const leaflet = { title: 'a leaflet' };
    expect(await whileAnswering({ answer: 'fallback', name: 'leaflet' })).toEqual({
      protect: ['value', leaflet],
      nest: [200, leaflet],
      fastify: [200, leaflet],
      fetch: [200, leaflet],
      grpc: ['value', leaflet],
    });
    expect(
      await whileAnswering({ answer: 'http', status: 418, body: 'tea', contentType: 'text/plain' }),
    ).toEqual({
      protect: [418, 'tea'],
      nest: [418, 'tea'],
      fastify: [418, 'tea'],
      fetch: [418, 'tea'],
      grpc: ['error', expect.any(String)],
    });
    expect(await whileAnswering({ answer: 'error', message: 'not today' })).toMatchObject({
      protect: ['error', 'not today'],
      nest: [503, { message: 'not today' }],
      fastify: [503, { message: 'not today' }],
      fetch: ['error', 'not today'],
      grpc: ['error', 'not today'],
    });
    const empty = await whileAnswering({ answer: 'empty' });
    expect(empty).toMatchObject({
      protect: ['value', undefined],
      nest: [200, ''],
      fastify: [204, ''],
      fetch: [204, ''],
    });
    const { push } = await publishRules(desk, {});
    await held(push.id);
    expect(await doors.all()).toMatchObject({ protect: ['value', book], grpc: ['value', book] });
  });
});
