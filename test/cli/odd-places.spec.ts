import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, openSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type OrderCommand, startOrderCommand } from './order-command.ts';

const bin = join(import.meta.dirname, '../../apps/cli/bin/sluice.js');
let order: OrderCommand;
beforeEach(async () => {
  order = await startOrderCommand();
  const content = { kind: 'document' as const, format: 'yaml' as const, text: 'a: 1\n' };
  order.fake.on('exportApp', () => ({
    app: 'order-api',
    environment: 'prod',
    revision: 1,
    namespaces: [{ name: 'gateway', kind: 'document', content }],
  }));
});
afterEach(() => order.fake.stop());

describe('B82 an export to where no file is', () => {
  it.each([
    ['a link to nowhere', (path: string) => symlinkSync(`${path}.elsewhere`, path)],
    ['a link to a device', (path: string) => symlinkSync('/dev/full', path)],
    ['a pipe that nobody reads', (path: string) => void execFileSync('mkfifo', [path])],
    ['a folder', (path: string) => void mkdirSync(path)],
  ])('%s: writes nothing and says so, with --force too', async (_, make) => {
    const folder = join(order.machine.home, 'out');
    mkdirSync(folder);
    make(join(folder, 'gateway.yaml'));
    for (const force of [[], ['--force']]) {
      const ran = await order.sluice(['export', 'order-api', '--dir', 'out', ...force]);
      expect(ran).toMatchObject({ code: 5, err: expect.stringContaining('is no ordinary file') });
    }
    expect(existsSync(join(folder, 'gateway.yaml.elsewhere'))).toBe(false);
  });

  it('a disk that is full: ends with a failure and no stack', async () => {
    const env = {
      ...process.env,
      SLUICE_SERVER: order.fake.url,
      SLUICE_TOKEN: 't',
      SLUICE_ENV: 'prod',
      HOME: order.machine.home,
    };
    const child = spawn(process.execPath, [bin, 'export', 'order-api'], {
      env,
      stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'],
    });
    let said = '';
    child.stderr?.on('data', (data) => {
      said += data;
    });
    const [code] = await once(child, 'close');
    expect(code).not.toBe(0);
    expect(said).not.toMatch(/\n\s+at /);
  });
});

it('B84 follows no redirect with its token', async () => {
  let followed = false;
  const elsewhere = createServer((_, response) => {
    followed = true;
    response.end('{}');
  }).listen(0, '127.0.0.1');
  await once(elsewhere, 'listening');
  const { port } = elsewhere.address() as AddressInfo;
  const redirecting = createServer((_, response) => {
    response.writeHead(307, { location: `http://127.0.0.1:${port}/latest/meta-data` }).end();
  }).listen(0, '127.0.0.1');
  await once(redirecting, 'listening');
  const address = `http://127.0.0.1:${(redirecting.address() as AddressInfo).port}`;
  const ran = await order.sluice(['whoami', '--server', address]);
  expect(ran.code).not.toBe(0);
  expect(followed).toBe(false);
  for (const server of [elsewhere, redirecting]) {
    server.close();
    server.closeAllConnections();
  }
});
