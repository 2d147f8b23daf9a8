import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { contracts } from '@sluice/protocol';
import { liveUpdate } from '@sluice/protocol/console';
import { type BootedApp, bootApp } from '../support/boot-app.ts';
import { LeanClient } from '../support/lean-client.ts';
import { RawSocket } from '../support/raw-socket.ts';

const place = { environment: 'prod', app: 'orders' };

/** What pages are told of calls and of the kill switch, each second and only while they watch. */
describe('the live connection', () => {
  let server: BootedApp;
  let client: LeanClient;
  let page: RawSocket;
  beforeAll(async () => {
    server = await bootApp();
    await server.admin.call(contracts.createApp, { body: { name: 'orders' } });
    const body = { kind: 'client', name: 'c', ...place } as const;
    const { secret } = await server.admin.call(contracts.createToken, { body });
    client = new LeanClient(server.url, secret, 'a');
    await client.connect();
    page = await RawSocket.open(server.url, {
      origin: server.url,
      cookie: String(server.admin.headers.cookie),
    });
    await page.hear(/^0/);
    page.say('40/console,{}');
    await page.hear(/^40\/console/);
  });
  afterAll(async () => {
    page?.end();
    client?.close();
    await server?.close();
  });

  const watch = async (id: number, topic: object): Promise<void> => {
    page.say(`42/console,${id}${JSON.stringify(['watch', { topic }])}`);
    expect(await page.hear(new RegExp(`^43/console,${id}\\[`))).toContain('[true]');
  };
  const updateOf = (text: string) => liveUpdate.parse(JSON.parse(text.slice('42/console,'.length))[1]);
  const tell = (): void =>
    client.report({
      seconds: [
        {
          agoMs: 0,
          resources: [
            {
              resource: 'GET /a b',
              type: 'web',
              passed: 3,
              blocked: {},
              wouldBlock: 0,
              success: 3,
              errors: 0,
              degraded: 0,
              injected: 0,
              active: 0,
              latency: [[40, 3]],
              rules: [],
            },
          ],
        },
      ],
    });

  it('tells who watches an app what each second brought, of all resources and of one', async () => {
    await watch(1, { of: 'traffic', ...place });
    tell();
    const update = updateOf(await page.hear(/"of":"traffic"/));
    expect(update.traffic).toHaveLength(1);
    expect(update.traffic![0]).toMatchObject({ resource: 'GET /a b', type: 'web' });
    expect(update.traffic![0]!.points.some(({ passed, instances }) => passed === 3 && instances === 1)).toBe(
      true,
    );
    await watch(2, { of: 'traffic', ...place, resource: 'GET /a b', type: 'web' });
    tell();
    const one = updateOf(await page.hear(/"of":"traffic"[^}]*"resource"/));
    expect(one.topic).toMatchObject({ resource: 'GET /a b' });
    expect(one.traffic).toHaveLength(1);
  });

  it('tells who watches an app of the kill switch, and of who obeys', async () => {
    await watch(3, { of: 'app', ...place });
    await server.admin.call(contracts.setKill, {
      params: { env: 'prod' },
      body: { monitorOnly: true, reason: 'smoke' },
    });
    const update = updateOf(await page.hear(/"kill":\[.*"acked":1/));
    expect(update.kill).toMatchObject([{ monitorOnly: true, reason: 'smoke', instances: 1, acked: 1 }]);
  });
});
