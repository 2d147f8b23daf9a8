import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { contracts, type ScriptStatus } from '@sluice/protocol';
import { NodeLease } from '../../apps/server/src/fleet/node-lease.ts';
import { type BootedApp, bootApp } from '../support/boot-app.ts';
import { ConfigDesk } from '../support/config-desk.ts';
import { type Postgres, startPostgres } from '../support/databases.ts';
import { until } from '../support/until.ts';

const program = join(import.meta.dirname, 'scripted-program.ts');
const params = { env: 'prod', app: 'shop' };
/** In a process that this was loaded in, the package isn't installed. */
const withoutIsolatedVm = `data:text/javascript,${encodeURIComponent(`
  import Module from 'node:module';
  const resolve = Module._resolveFilename;
  Module._resolveFilename = (request, ...rest) => {
    if (request === 'isolated-vm') throw Object.assign(new Error('not there'), { code: 'MODULE_NOT_FOUND' });
    return resolve(request, ...rest);
  };
`)}`;

const script = (source: string, more: object = {}) => ({
  kind: 'script',
  role: 'decide',
  source,
  timeoutMs: 20,
  resource: { match: 'exact', value: 'pay.charge' },
  mode: 'intercept',
  ...more,
});
const rules = {
  calm: script('function decide(call) { return "pass" }', { timeoutMs: 1000 }),
  touchy: script('function decide(call) { if (call["tag:loops"] === "yes") for (;;); return "pass" }', {
    inputs: ['tag:loops'],
  }),
};

/** Real processes on two nodes: one in which all is well, one without isolated-vm, one that a script hangs in. */
describe('the states of scripts', () => {
  let postgres: Postgres;
  const nodes: BootedApp[] = [];
  const children = new Map<string, ChildProcess>();
  let desk: ConfigDesk;

  const start = async (node: BootedApp, token: string, id: string, loops = 'no', imported?: string) => {
    const child = fork(program, [node.url, token, id, loops], {
      execArgv: [
        '--conditions=sluice-source',
        '--disable-warning=ExperimentalWarning',
        ...(imported ? ['--import', imported] : []),
      ],
      env: { PATH: process.env.PATH },
    });
    children.set(id, child);
    await once(child, 'message');
  };
  const statusOn = async (node: BootedApp): Promise<Map<string, ScriptStatus>> => {
    const { items, silentNodes } = await node.admin.call(contracts.listScripts, { params });
    expect(silentNodes).toBeUndefined();
    return new Map(items.map((item) => [item.rule, item]));
  };

  beforeAll(async () => {
    postgres = await startPostgres();
    const databaseUrl = await postgres.createDatabase();
    for (let i = 0; i < 2; i++) nodes.push(await bootApp({ databaseUrl }));
    const [here, there] = nodes as [BootedApp, BootedApp];
    await here.admin.call(contracts.createApp, { body: { name: 'shop' } });
    desk = new ConfigDesk(here.admin, 'prod', 'shop');
    await desk.create('gate', { kind: 'rules' });
    await desk.release('gate', { kind: 'rules', items: rules as never });
    const body = { kind: 'client', name: 'c', environment: 'prod', app: 'shop' } as const;
    const { secret } = await here.admin.call(contracts.createToken, { body });
    for (const node of nodes) await node.app.get(NodeLease, { strict: false }).countAlive();
    await Promise.all([
      start(here, secret, 'well'),
      start(there, secret, 'bare', 'no', withoutIsolatedVm),
      start(there, secret, 'hung', 'yes'),
    ]);
  }, 90_000);
  afterAll(async () => {
    for (const child of children.values()) child.kill('SIGKILL');
    for (const node of nodes) await node.close();
    await postgres?.stop();
  });

  it('are told of all nodes, with the instance, the reason and since when', async () => {
    for (const node of nodes) {
      const touchy = await until('the script is switched off where it hangs', async () => {
        const status = (await statusOn(node)).get('gate/touchy');
        return status?.quarantined === 1 && status.unavailable === 1 && status.running === 1 && status;
      });
      expect(touchy).toMatchObject({ role: 'decide', mode: 'intercept', failing: 0 });
      const told = Object.fromEntries(touchy.troubles.map((trouble) => [trouble.instanceId, trouble]));
      expect(told.hung).toMatchObject({
        state: 'quarantined',
        error: expect.stringContaining('3 kills or 10 timeouts in a minute'),
      });
      expect(told.bare).toMatchObject({
        state: 'unavailable',
        error: expect.stringContaining('isolated-vm is not installed'),
      });
      const age = (id: string) => Date.now() - Date.parse(told[id]!.since);
      expect(age('hung')).toBeGreaterThanOrEqual(-1000);
      expect(age('bare')).toBeGreaterThanOrEqual(-1000);
    }
    const calm = await until('the other script runs beside it', async () => {
      const status = (await statusOn(nodes[0]!)).get('gate/calm');
      return status?.running === 2 && status;
    });
    expect(calm).toMatchObject({ unavailable: 1, quarantined: 0 });
  }, 60_000);

  it('go on with the next version, and are forgotten with their instance', async () => {
    const mended = {
      ...rules,
      touchy: script('function decide(call) { return "pass" }', { timeoutMs: 1000 }),
    };
    await desk.release('gate', { kind: 'rules', items: mended as never });
    await until('it runs again', async () => {
      const status = (await statusOn(nodes[0]!)).get('gate/touchy');
      return status?.running === 2 && status.quarantined === 0 && status.unavailable === 1;
    });
    children.get('bare')!.kill('SIGKILL');
    await until('nothing is left of it', async () => {
      const status = (await statusOn(nodes[0]!)).get('gate/touchy');
      return status?.running === 2 && status.unavailable === 0 && status.troubles.length === 0;
    });
  }, 60_000);
});
