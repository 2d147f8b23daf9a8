import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import { createSluice } from '@sluice/client';
import { manualClock } from '../../libs/client/src/testing/manual-clock.ts';
import { wireMap } from '../../libs/client/src/testing/wire-namespace.ts';
import { FakeServer } from './fake-server.ts';

async function run(program: string, ...args: string[]) {
  const child = spawn(
    process.execPath,
    ['--conditions=sluice-source', join(import.meta.dirname, program), ...args],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const exited = once(child, 'exit');
  const [out, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = await exited;
  return { out: out.trim(), errors, code };
}

describe('a program that is busy when it starts', () => {
  it('is who it was before, and reads what it had', async () => {
    const server = await new FakeServer().start();
    server.push(wireMap('order', { timeoutMs: 50 }, 1));
    const cacheDir = await mkdtemp(join(tmpdir(), 'sluice-busy-'));
    const name = `${hostname()}-0`;
    const first = await run('busy-start.ts', server.url, cacheDir, '60000');
    expect(first).toEqual({ out: `${name} live 50`, errors: '', code: 0 });
    await server.stop();
    const second = await run('busy-start.ts', 'http://127.0.0.1:9', cacheDir, '200');
    expect(second).toEqual({ out: `${name} snapshot 50`, errors: '', code: 0 });
  });
});

describe('a program that is through', () => {
  it('ends by itself, though its client is connected and was never closed', async () => {
    const server = await new FakeServer().start();
    server.push(wireMap('order', { timeoutMs: 50 }, 1));
    const cacheDir = await mkdtemp(join(tmpdir(), 'sluice-short-'));
    expect(await run('short-lived.ts', server.url, cacheDir, '60000')).toEqual({
      out: 'live 50',
      errors: '',
      code: 0,
    });
    await server.stop();
  });

  it('ends by itself with no server there, and still waits for ready as long as it was told', async () => {
    expect(await run('short-lived.ts', 'http://127.0.0.1:9')).toEqual({
      out: 'defaults 800',
      errors: '',
      code: 0,
    });
  });

  it('is not held by a server that takes its connection and says nothing', async () => {
    const held = () => process.getActiveResourcesInfo().filter((each) => each === 'TCPSocketWrap').length;
    const heldBefore = held();
    const server = createServer((socket) => void socket.unref().on('error', () => undefined));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const clock = manualClock();
    const more = { cacheDir: false, logger: false, clock } as const;
    const told = async (words: RegExp) => {
      const [socket] = (await once(server, 'connection')) as [Socket];
      expect(String((await once(socket, 'data'))[0])).toMatch(words);
      expect(held()).toBe(heldBefore);
      return socket;
    };
    const upgrading = told(/^GET \/socket\.io\//);
    const sluice = createSluice({ server: url, token: 'silent', ...more });
    const sockets = [await upgrading];
    const asking = told(/^GET \/client\/v1\/snapshot\?/);
    await clock.advance(3000);
    sockets.push(await asking);
    await sluice.close();
    for (const socket of sockets) socket.destroy();
    server.close();
  });
});

const linux = process.platform === 'linux' ? it : it.skip;

describe('a thread', () => {
  linux('leaves its place in the cache, and so its name, to the next one', async () => {
    const cacheDir = await mkdtemp(join(tmpdir(), 'sluice-threads-'));
    const { out, errors, code } = await run('worker-program.ts', cacheDir);
    const name = `${hostname()}-0`;
    expect({ names: out.split('\n'), errors, code }).toEqual({
      names: [name, name, name],
      errors: '',
      code: 0,
    });
  });
});
