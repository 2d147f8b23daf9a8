import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { contracts } from '@sluice/protocol';
import { ServerProcess } from '../support/server-process.ts';
import type { BenchOptions } from './options.ts';
import { type BenchLine, median, within } from './report.ts';

const run = promisify(execFile);
const items = 1000;

/**
 * How long an instance takes to serve its first value from disk with the server gone: from `createSluice` to a read
 * of the newest of 1,000 items, in a fresh process each time.
 */
export async function coldstart({ rounds = 15 }: BenchOptions): Promise<BenchLine[]> {
  const server = await ServerProcess.start();
  const cacheDir = mkdtempSync(join(tmpdir(), 'sluice-coldstart-'));
  try {
    await server.setUp();
    const token = await server.clientToken('shop');
    const content = {
      kind: 'map',
      items: Object.fromEntries(
        Array.from({ length: items }, (_, n) => [`key${n}`, { type: 'number', value: n } as const]),
      ),
    } as const;
    await server.admin.call(contracts.createNamespace, {
      params: { env: 'prod', app: 'shop' },
      body: { name: 'order', kind: 'map' },
    });
    await server.admin.call(contracts.publish, {
      params: { env: 'prod', app: 'shop', ns: 'order' },
      ifMatch: '"0"',
      body: { content, message: '' },
    });
    const options = { server: server.url, token, environment: 'prod', app: 'shop', cacheDir };
    await start({ ...options, until: 'live' });
    await server.down('SIGKILL');
    const times: number[] = [];
    for (let round = 0; round < rounds; round++) times.push(await start({ ...options, until: 'snapshot' }));
    return [
      within({
        name: `offline start with ${items} items on disk, createSluice -> first value`,
        ours: median(times),
        unit: 'ms',
        bound: 50,
        better: 'lower',
      }),
    ];
  } finally {
    rmSync(cacheDir, { recursive: true, force: true });
    await server.remove();
  }
}

async function start(options: object): Promise<number> {
  const file = join(import.meta.dirname, 'cold-process.ts');
  const { stdout } = await run(process.execPath, [
    '--conditions=sluice-source',
    '--disable-warning=ExperimentalWarning',
    file,
    JSON.stringify(options),
  ]);
  return (JSON.parse(stdout) as { ms: number }).ms;
}
