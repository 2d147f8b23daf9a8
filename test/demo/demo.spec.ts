import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, RunningDemo, runs } from './running-demo.ts';
import { unusedPort } from './unused-port.ts';

interface Listed {
  readonly instanceId: string;
  readonly online: boolean;
  readonly inSync: boolean;
  readonly labels: Readonly<Record<string, string>>;
}

const services = ['storefront', 'stock', 'accounts'];
const fleetNames = [...services.flatMap((app) => [1, 2, 3, 4].map((n) => `${app}-${n}`)), 'traffic-1'];

describe('npm run demo', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'sluice-demo-'));
  let demo: RunningDemo;
  let port: number;
  let url: string;
  let token: string;
  let firstStartMs: number;

  const api = async <T>(method: string, path: string, body?: unknown, ifMatch?: string): Promise<T> => {
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        'x-sluice': '1',
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(ifMatch !== undefined && { 'if-match': ifMatch }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  };
  const instances = async (): Promise<Listed[]> => {
    const lists = await Promise.all(
      [...services, 'traffic'].map((app) =>
        api<{ items: Listed[] }>('GET', `/environments/prod/apps/${app}/instances`),
      ),
    );
    return lists.flatMap((list) => list.items);
  };
  const allLive = async (): Promise<true | undefined> => {
    const listed = await instances();
    return fleetNames.every((name) => listed.some((i) => i.instanceId === name && i.online && i.inSync))
      ? true
      : undefined;
  };
  const start = async (): Promise<number> => {
    demo = new RunningDemo(dataDir, '--port', String(port));
    const line = await demo.ready();
    url = line.url;
    token = line.token;
    return line.ms;
  };

  beforeAll(async () => {
    port = await unusedPort();
    firstStartMs = await start();
  }, 150_000);

  afterAll(async () => {
    await demo?.stop('SIGTERM');
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('says on stdout that it is ready, and nothing else', async () => {
    expect(demo.stdout.map((line) => JSON.parse(line))).toEqual([
      { ready: true, url: `http://127.0.0.1:${port}`, token: expect.any(String) },
    ]);
    const me = await api<{ grants: unknown }>('GET', '/me');
    expect(me.grants).toEqual([{ role: 'admin', environment: '*', app: '*' }]);
  });

  it('has every process of the fleet online and in sync by then', async () => {
    const listed = await instances();
    expect(listed.map((i) => i.instanceId).sort()).toEqual([...fleetNames].sort());
    expect(listed.filter((i) => !i.online || !i.inSync)).toEqual([]);
    const zones = new Set(listed.map((i) => i.labels.zone));
    expect([...zones].sort()).toEqual(['a', 'b']);
  });

  it('finds a history to look at, and a second environment', async () => {
    const { items } = await api<{ items: { number: number; message: string }[] }>(
      'GET',
      '/environments/prod/apps/storefront/namespaces/shop/history',
    );
    expect(items.map((release) => release.number)).toEqual([4, 3, 2, 1]);
    expect(items[0]?.message).toBe('Summer sale is over');
    const staging = await api<{ items: { name: string }[] }>(
      'GET',
      '/environments/staging/apps/storefront/namespaces',
    );
    expect(staging.items.map(({ name }) => name).sort()).toEqual([
      'banner',
      'calls',
      'catalogue',
      'protection',
      'shop',
    ]);
  });

  it('keeps its secrets from other users of the machine', () => {
    for (const file of ['demo.json', 'login-token'])
      expect(statSync(join(dataDir, file)).mode & 0o077).toBe(0);
  });

  it('signs a person in with the printed link, once', async () => {
    const loginToken = readFileSync(join(dataDir, 'login-token'), 'utf8');
    const signIn = () =>
      fetch(`${url}/api/v1/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-sluice': '1', origin: url },
        body: JSON.stringify({ loginToken }),
      });
    const first = await signIn();
    expect([first.status, await first.json()]).toEqual([201, expect.objectContaining({ name: 'admin' })]);
    expect((await signIn()).status).toBe(401);
  });

  it('brings a published value into every process, as each of them says itself', async () => {
    const path = '/environments/prod/apps/storefront/namespaces/shop';
    const { etag } = await api<{ etag: string }>('GET', path);
    const item = { type: 'number', value: 25, min: 0, max: 90, description: 'Taken off every price' };
    const { push } = await api<{ push: { id: string; namespaces: readonly { digest: string }[] } }>(
      'POST',
      `${path}/releases`,
      { changes: { set: { discountPercent: item } }, message: 'A quarter off' },
      etag,
    );
    const verdict = await eventually('the push has converged', async () => {
      const now = await api<{ state: string; verdict: { holding: number; targets: number } }>(
        'GET',
        `/environments/prod/apps/storefront/pushes/${push.id}`,
      );
      return now.state === 'converged' ? now.verdict : undefined;
    });
    expect([verdict.holding, verdict.targets]).toEqual([4, 4]);
    for (const name of fleetNames.filter((n) => n.startsWith('storefront'))) {
      const report = await demo.report(name);
      expect(report.values.shop?.discountPercent).toBe(25);
      expect(report.digests.namespaces.find((n) => n.name === 'shop')?.digest).toBe(
        push.namespaces[0]?.digest,
      );
    }
    expect(readFileSync(join(dataDir, 'logs/storefront-1.log'), 'utf8')).toContain(
      'prices are 25 % off, before 0 %',
    );
    const { service } = demo.fleet().processes.find((entry) => entry.name === 'storefront-3') ?? {};
    const page = (await (await fetch(`${service}/books`)).json()) as {
      banner: string;
      books: { id: string; priceCents: number }[];
    };
    expect(page.banner).toBe('This week we deliver for free.');
    expect(page.books.find((book) => book.id === 'moby-dick')?.priceCents).toBe(1118); // 14.90 less a quarter
  });

  it('has shoppers that buy books', async () => {
    await eventually('an order went through all services', async () => {
      const { calls } = await demo.report('storefront-1');
      return (calls.accounts?.ok ?? 0) > 0 && (calls.stock?.ok ?? 0) > 0 ? true : undefined;
    });
    const { calls } = await demo.report('traffic-1');
    expect(calls.storefront?.ok).toBeGreaterThan(0);
  });

  it('goes on selling while the server is gone, and comes together again', async () => {
    const before = demo.fleet();
    process.kill(before.serverPid, 'SIGKILL');
    await eventually('the server is gone', () => (runs(before.serverPid) ? undefined : true));
    const soldBefore = (await demo.report('traffic-1')).calls.storefront?.ok ?? 0;
    await eventually('shoppers were served without it', async () => {
      const { calls } = await demo.report('traffic-1');
      return (calls.storefront?.ok ?? 0) > soldBefore + 5 ? true : undefined;
    });
    for (const name of fleetNames.filter((n) => n.startsWith('storefront')))
      expect((await demo.report(name)).values.shop?.discountPercent).toBe(25);
    await eventually('the server is back and everybody is live', allLive, 60_000);
    expect(demo.stderr).toContain('The bookstore goes on with what it holds');
  }, 90_000);

  it('starts a crashed process again, under its old name', async () => {
    const pidOf = () => demo.fleet().processes.find((entry) => entry.name === 'stock-2')?.pid;
    const before = pidOf();
    process.kill(before ?? 0, 'SIGKILL');
    await eventually('it runs again', () => {
      const pid = pidOf();
      return pid !== undefined && pid !== before && runs(pid) ? true : undefined;
    });
    await eventually('it is live again', allLive);
    expect(demo.stderr).toContain('stock-2 ended (SIGKILL)');
  });

  it('refuses a second demo on the same data, and one on a port that was asked for and is taken', async () => {
    const second = new RunningDemo(dataDir);
    expect(await second.ended).toBe(1);
    expect(second.stderr).toContain(`already: ${url}`);
    const elsewhere = mkdtempSync(join(tmpdir(), 'sluice-demo-'));
    const third = new RunningDemo(elsewhere, '--port', String(port));
    expect(await third.ended).toBe(1);
    expect(third.stderr).toContain(`Port ${port} is in use`);
    rmSync(elsewhere, { recursive: true });
    expect([second.stdout, third.stdout]).toEqual([[], []]);
    await eventually('everybody is as live as before', allLive);
  });

  it('stops with everything that it started', async () => {
    const pids = demo.pids();
    expect(pids).toHaveLength(fleetNames.length + 2);
    expect(await demo.stop('SIGINT')).toBe(0);
    expect(pids.filter(runs)).toEqual([]);
    expect(demo.stdout).toHaveLength(1);
  });

  it('starts again within 10 s, with the data of the first time', async () => {
    const secondStartMs = await start();
    // On a machine that is busy with other things: in the order of the start with the whole set-up.
    expect(secondStartMs).toBeLessThan(Math.max(10_000, 3 * firstStartMs));
    const { target, live } = await api<{
      target: { items: Record<string, { value: unknown }> };
      live: { number: number };
    }>('GET', '/environments/prod/apps/storefront/namespaces/shop');
    expect([target.items.discountPercent?.value, live.number]).toEqual([25, 5]);
    for (const name of fleetNames.filter((n) => n.startsWith('storefront')))
      expect((await demo.report(name)).values.shop?.discountPercent).toBe(25);
  }, 120_000);

  it('leaves nothing behind even when it is killed', async () => {
    const pids = demo.pids();
    await demo.stop('SIGKILL');
    await eventually('all of them are gone', () => (pids.some(runs) ? undefined : true), 20_000);
  });
});
