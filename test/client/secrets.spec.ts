import { mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createSluice, num, type Sluice, str } from '@sluice/client';
import { type Content, maskedValue } from '@sluice/core';
import { contracts } from '@sluice/protocol';
import { type BootedApp, bootApp } from '../support/boot-app.ts';
import { ConfigDesk } from '../support/config-desk.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';

/** A secret in a real client: the code has it, and nobody who looks at the process or its files does. */
const marker = 'hunter2-zanzibar';
const spec = { password: str('code'), host: str('local') };
const cacheDir = mkdtempSync(join(tmpdir(), 'sluice-secret-cache-'));
let server: BootedApp;
let desk: ConfigDesk;
let token: string;
const notices: unknown[] = [];

const open = (withToken: string, url = server.url): Sluice => {
  const say = (...words: unknown[]) => void notices.push(words);
  return createSluice({
    server: url,
    token: withToken,
    environment: 'prod',
    app: 'orders',
    instanceId: 'orders-1',
    cacheDir,
    logger: { warn: say },
  });
};
const content = (password: unknown): Content =>
  ({
    kind: 'map',
    items: {
      password: { type: 'string', value: password, secret: true },
      host: { type: 'string', value: 'db' },
    },
  }) as Content;

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

beforeAll(async () => {
  server = await bootApp();
  await server.admin.call(contracts.createApp, { body: { name: 'orders' } });
  desk = new ConfigDesk(server.admin, 'prod', 'orders');
  await desk.create('db');
  await desk.release('db', content(marker));
  const body = { kind: 'client' as const, name: 'orders', environment: 'prod', app: 'orders' };
  token = (await server.admin.call(contracts.createToken, { body })).secret;
});
afterAll(() => server.close());

it('is read and listened to, and neither explained nor printed', async () => {
  const sluice = open(token);
  const db = sluice.config('db', spec);
  expect(await sluice.ready()).toBe('live');
  expect(db.password).toBe(marker);
  expect(sluice.get('db.password')).toBe(marker);
  const heard = new Promise((resolve) => db.on('password', resolve));
  await desk.release('db', content(`${marker}-2`));
  expect(await heard).toBe(`${marker}-2`);
  const explanation = sluice.explain('db.password');
  expect(explanation).toMatchObject({ value: maskedValue, layer: 'global', source: 'server' });
  expect(explanation.ladder.map((rung) => rung.value)).toEqual([maskedValue, maskedValue]);
  expect(sluice.explain('db.host').value).toBe('db');
  const printed = [sluice, db, db.values(), sluice.snapshot(), sluice.snapshot().of(db)].map((each) =>
    inspect(each, { depth: 10, showHidden: true, getters: false }),
  );
  expect(printed.join()).not.toContain(marker);
  expect(inspect(db.values())).toBe(`{ password: '${maskedValue}', host: 'db' }`);
  expect(db.values().password).toBe(`${marker}-2`);
  await sluice.close();
});

it('is not told when the code refuses it', async () => {
  const sluice = open(token);
  sluice.config('db', { password: num(7) });
  await until('the refusal is said', async () => JSON.stringify(notices).includes(maskedValue));
  expect(JSON.stringify(notices)).not.toContain(marker);
  await sluice.close();
});

it('lies sealed on disk, opens without the server, and only for the same token', async () => {
  const files = filesIn(cacheDir).filter((file) => file.endsWith('.snap'));
  expect(files.length).toBeGreaterThan(0);
  for (const file of files) {
    expect(readFileSync(file, 'latin1')).not.toContain(marker);
    expect(statSync(file).mode & 0o077).toBe(0);
  }
  const nobody = 'http://127.0.0.1:9';
  const offline = open(token, nobody);
  const db = offline.config('db', spec);
  expect(await offline.ready({ timeoutMs: 3000 })).toBe('snapshot');
  expect(db.password).toBe(`${marker}-2`);
  await offline.close();
  const other = open('another-token', nobody);
  const same = other.config('db', spec);
  await other.ready({ timeoutMs: 500 });
  expect(same.password).toBe('code');
  await other.close();
});

it('is not in the log of a server that says everything', async () => {
  const talkative = await ServerProcess.start({ SLUICE_LOG_LEVEL: 'trace' });
  try {
    await talkative.setUp();
    await talkative.clientToken('orders');
    const { admin } = talkative;
    const there = new ConfigDesk(admin, 'prod', 'orders');
    const { etag } = await there.create('db');
    await there.publish('db', { content: content(marker) as never }, etag);
    expect((await there.tryPublish('db', { content: content(`${marker}-late`) as never }, etag)).status).toBe(
      412,
    );
    expect((await there.tryPublish('db', { content: content(5) as never }, etag)).status).toBe(422);
    const params = { ...there.at('db'), key: 'password' };
    expect(await admin.call(contracts.revealItem, { params, body: {} })).toMatchObject({ value: marker });
    await talkative.down();
    expect(talkative.stderr).not.toBe('');
    expect(talkative.stderr).not.toContain(marker);
  } finally {
    await talkative.remove();
  }
});
