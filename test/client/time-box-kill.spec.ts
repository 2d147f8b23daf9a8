import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, expect, it } from '@jest/globals';
import { mapOf, wireLayer, wireNamespace } from '../../libs/client/src/testing/wire-namespace.ts';
import { freshFolder, useFakeServer } from './use-fake-server.ts';

/** In real time; `SLUICE_LONG_TESTS=1` makes it 20 s. */
const lifeMs = process.env.SLUICE_LONG_TESTS ? 20_000 : 8000;
/** Beside all other tests a process may have to wait for its turn. */
const lateMs = process.env.SLUICE_LONG_TESTS ? 1000 : 3000;

const fake = useFakeServer();
const tellers: ChildProcess[] = [];
afterEach(() => {
  for (const teller of tellers.splice(0)) teller.kill('SIGKILL');
});

function startTeller(cacheDir: string) {
  const script = join(import.meta.dirname, 'value-teller.ts');
  const child = spawn(process.execPath, ['--conditions=sluice-source', script, fake.server.url, cacheDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  tellers.push(child);
  const said: { readonly value: number; readonly at: number }[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    const [value = 0, at = 0] = line.split(' ').map(Number);
    said.push({ value, at });
    child.emit('said');
  });
  return {
    async tells(value: number): Promise<{ readonly value: number; readonly at: number }> {
      for (;;) {
        const found = said.find((line) => line.value === value);
        if (found) return found;
        await once(child, 'said');
      }
    },
    async kill(): Promise<void> {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

it(`a time box of ${lifeMs / 1000} s ends in time, server and client killed meanwhile`, async () => {
  const cacheDir = await freshFolder();
  const global = wireLayer(mapOf({ timeoutMs: 800 }), { revision: 1 });
  const override = wireLayer(
    { set: { timeoutMs: { type: 'number', value: 50 } }, remove: [] },
    { kind: 'instance', revision: 2, expiresInMs: lifeMs },
  );
  const first = startTeller(cacheDir);
  await fake.server.hears('ack');
  const pushedAt = Date.now();
  await fake.server.ackOf(fake.server.push(wireNamespace('order', [global, override])));
  await first.tells(50);

  // At once, so that the next process has all of the time that is left to start in.
  await fake.server.stop();
  await first.kill();
  const second = startTeller(cacheDir);
  await second.tells(50);
  const reverted = await second.tells(800);
  console.info(`reverted ${reverted.at - pushedAt - lifeMs} ms after its ${lifeMs / 1000} s`);
  expect(reverted.at - pushedAt - lifeMs).toBeGreaterThanOrEqual(-1000);
  expect(reverted.at - pushedAt - lifeMs).toBeLessThanOrEqual(lateMs);

  fake.server.namespaces.set('order', wireNamespace('order', [global]));
  await fake.server.start();
  expect((await fake.server.ackOf(0)).namespaces).toEqual([
    { name: 'order', digest: fake.server.namespaces.get('order')?.digest, state: 'applied' },
  ]);
});
