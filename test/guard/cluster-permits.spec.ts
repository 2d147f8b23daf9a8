import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSluice, type Passage, type Sluice } from '@sluice/client';
import { contracts } from '@sluice/protocol';
import { type BootedApp, bootApp } from '../support/boot-app.ts';
import { ConfigDesk } from '../support/config-desk.ts';
import { until } from '../support/until.ts';
import { publishRules } from './pay-rules.ts';

const max = 6;

/** An instance that begins as many calls as it may, and ends them when it is told. */
class Caller {
  readonly sluice: Sluice;
  readonly held: Passage[] = [];

  constructor(server: string, token: string, instanceId: string) {
    const at = { server, token, environment: 'prod', app: 'shop', instanceId } as const;
    this.sluice = createSluice({ ...at, cacheDir: false, allowMultiple: true, logger: false });
  }

  /** Calls until one is refused. */
  fill(): void {
    try {
      for (;;) this.held.push(this.sluice.entry('pay'));
    } catch {}
  }

  end(): void {
    for (const passage of this.held.splice(0)) passage.exit();
  }
}

describe('permits of the whole cluster', () => {
  let server: BootedApp;
  let [first, second]: Caller[] = [];
  beforeAll(async () => {
    server = await bootApp();
    await server.admin.call(contracts.createApp, { body: { name: 'shop' } });
    const body = { kind: 'client', name: 'shop', environment: 'prod', app: 'shop' } as const;
    const { secret } = await server.admin.call(contracts.createToken, { body });
    const desk = new ConfigDesk(server.admin, 'prod', 'shop');
    await desk.create('guard', { kind: 'rules' });
    const resource = { match: 'exact', value: 'pay' } as const;
    const permits = { kind: 'limit', algorithm: 'concurrency', max, scope: 'cluster' } as const;
    await publishRules(desk, { all: { ...permits, resource, mode: 'intercept' } });
    [first, second] = ['a', 'b'].map((id) => new Caller(server.url, secret, id));
    await Promise.all([first!, second!].map(({ sluice }) => sluice.ready()));
  });
  afterAll(async () => {
    await Promise.all([first, second].map((caller) => caller?.sluice.close()));
    await server?.close();
  });

  it('go where calls are under way, and to another only when they have come back', async () => {
    const [a, b] = [first!, second!];
    // Alone it is leased more and more of them, up to what is kept for the other's first call.
    await until('it has nearly all permits', async () => {
      a.fill();
      return a.held.length >= max - 1;
    });
    const most = a.held.length;
    let together = 0;
    const bothFill = (): void => {
      b.fill();
      together = Math.max(together, a.held.length + b.held.length);
    };
    // The one permit that is left to everybody is all that the other gets, as long as these are under way.
    const looked = performance.now() + 3000;
    await until('the server has looked at it some times', async () => {
      bothFill();
      return performance.now() > looked;
    });
    expect(b.held.length).toBeLessThanOrEqual(Math.max(1, max - most));
    a.end();
    await until('the other has nearly all of them', async () => {
      bothFill();
      return b.held.length >= max - 1;
    });
    expect(together).toBeLessThanOrEqual(max + 1);
    b.end();
  });
});
