import { expect, it } from '@jest/globals';
import { createSluice, num } from '@sluice/client';
import { contracts } from '@sluice/protocol';
import { wireMap } from '../../libs/client/src/testing/wire-namespace.ts';
import { bootApp } from '../support/boot-app.ts';
import { FakeServer } from './fake-server.ts';

it('a delivery that breaks the schema it came with is refused, and the old values stay', async () => {
  const server = await new FakeServer().start();
  const client = createSluice({ server: server.url, token: 't', cacheDir: false, logger: false });
  const order = client.config('order', { timeoutMs: num(800) });
  await client.ready();
  const schema = { properties: { timeoutMs: { maximum: 1000 } } };
  const deliver = (timeoutMs: number, revision: number) =>
    server.ackOf(server.push(wireMap('order', { timeoutMs }, revision, { schema })));
  expect((await deliver(900, 1)).namespaces[0]?.state).toBe('applied');
  expect((await deliver(1100, 2)).namespaces[0]).toMatchObject({
    state: 'rejected',
    error: 'timeoutMs does not fit the JSON Schema: 1100 is greater than 1000',
  });
  expect(order.timeoutMs).toBe(900);
  await client.close();
  await server.stop();
});

it('the server sends the schema of a namespace along', async () => {
  const app = await bootApp();
  const params = { env: 'prod', app: 'order-api' };
  const schema = { properties: { timeoutMs: { maximum: 1000 } } };
  await app.admin.call(contracts.createApp, { body: { name: 'order-api' } });
  await app.admin.call(contracts.createNamespace, { params, body: { name: 'order', kind: 'map', schema } });
  await app.admin.call(contracts.publish, {
    params: { ...params, ns: 'order' },
    ifMatch: '"0"',
    body: { changes: { set: { timeoutMs: { type: 'number', value: 900 } } } },
  });
  const { secret } = await app.admin.call(contracts.createToken, {
    body: { kind: 'client', name: 'order', environment: 'prod', app: 'order-api' },
  });
  const { namespaces } = await app.bearer(secret).call(contracts.getSnapshot, {
    query: { instanceId: 'order-0' },
  });
  expect(namespaces[0]?.schema).toEqual(schema);

  const client = createSluice({ server: app.url, token: secret, cacheDir: false, logger: false });
  const order = client.config('order', { timeoutMs: num(800) });
  expect(await client.ready()).toBe('live');
  expect(order.timeoutMs).toBe(900);
  await client.close();
  await app.close();
});
