import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { contracts, type TrafficPoint } from '@sluice/protocol';
import { type BootedApp, bootApp } from '../support/boot-app.ts';
import { GuardedFleet } from '../support/guarded-fleet.ts';
import { until } from '../support/until.ts';

const resource = 'pay.charge';
const params = { env: 'prod', app: 'shop', resource };
/** Longer than a process that runs is ever silent. */
const frozenMs = 10_000;

describe('a process that is frozen while it is connected', () => {
  let server: BootedApp;
  let fleet: GuardedFleet | undefined;
  const cacheDir = mkdtempSync(join(tmpdir(), 'sluice-frozen-'));
  const points = async (): Promise<TrafficPoint[]> => {
    const answer = await server.admin.attempt(contracts.getTraffic, { params });
    return answer.status === 200 ? (answer.body as { points: TrafficPoint[] }).points : [];
  };

  beforeAll(async () => {
    server = await bootApp();
    await server.admin.call(contracts.createApp, { body: { name: 'shop' } });
    const body = { kind: 'client', name: 'shop', environment: 'prod', app: 'shop' } as const;
    const { secret: token } = await server.admin.call(contracts.createToken, { body });
    fleet = await GuardedFleet.start({
      server: server.url,
      token,
      cacheDir,
      ids: ['only'],
      resources: { [resource]: 20 },
    });
  }, 60_000);
  afterAll(async () => {
    await fleet?.kill();
    await server?.close();
    rmSync(cacheDir, { recursive: true, force: true });
  });

  it('is a gap in the chart and no row of zeros, and goes on with what it tells afterwards', async () => {
    await until('calls are told', async () => (await points()).filter(({ passed }) => passed > 0).length > 1);
    fleet!.freeze();
    const frozenAt = Date.now();
    await until('it was frozen for long enough', async () => Date.now() - frozenAt > frozenMs);
    const inIce = async (): Promise<TrafficPoint[]> =>
      (await points()).filter(
        ({ at }) => Date.parse(at) > frozenAt + 1000 && Date.parse(at) < frozenAt + frozenMs - 1000,
      );
    expect(await inIce()).toEqual([]);
    const { instances } = await server.admin.call(contracts.getResource, { params });
    expect(instances.map(({ instanceId }) => instanceId)).toEqual(['only']);
    fleet!.thaw();
    await until('calls are told again', async () =>
      (await points()).some(({ at, passed }) => passed > 0 && Date.parse(at) > frozenAt + frozenMs),
    );
    expect((await inIce()).filter(({ passed }) => passed === 0)).toEqual([]);
  }, 60_000);
});
