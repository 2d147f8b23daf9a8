import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import { wireMap } from '../../libs/client/src/testing/wire-namespace.ts';
import { FakeServer } from './fake-server.ts';

async function run(...args: string[]) {
  const child = spawn(
    process.execPath,
    ['--conditions=sluice-source', join(import.meta.dirname, 'short-lived.ts'), ...args],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const exited = once(child, 'exit');
  const [out, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = await exited;
  return { out: out.trim(), errors, code };
}

describe('a program that is through', () => {
  it('ends by itself, though its client is connected and was never closed', async () => {
    const server = await new FakeServer().start();
    server.push(wireMap('order', { timeoutMs: 50 }, 1));
    const cacheDir = await mkdtemp(join(tmpdir(), 'sluice-short-'));
    expect(await run(server.url, cacheDir)).toEqual({ out: 'live 50', errors: '', code: 0 });
    await server.stop();
  });

  it('ends by itself with no server there, and still waits for ready as long as it was told', async () => {
    expect(await run('http://127.0.0.1:9')).toEqual({ out: 'defaults 800', errors: '', code: 0 });
  });
});
