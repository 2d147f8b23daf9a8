import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Content } from '@sluice/core';
import { contracts } from '@sluice/protocol';
import { protocolVersion } from '@sluice/protocol/client';
import { event, helloOf } from '../api/bad-frames/hostile-links.ts';
import { type BootedApp, bootApp } from '../support/boot-app.ts';
import { ConfigDesk } from '../support/config-desk.ts';
import type { Crowd } from '../support/crowd.ts';
import { CrowdedServer } from '../support/crowded-server.ts';
import { LeanClient } from '../support/lean-client.ts';
import { RawSocket } from '../support/raw-socket.ts';
import { until } from '../support/until.ts';

const document = (text: string): Content => ({ kind: 'document', format: 'text', text });

describe('instances that are stopped', () => {
  let town: CrowdedServer;
  let stopped: Crowd;
  beforeAll(async () => {
    town = await CrowdedServer.start();
    await town.add('well', 100);
    stopped = await town.add('stopped', 20);
    await town.held(await town.publish(1000), 120);
  }, 60_000);
  afterAll(() => town?.end());

  it('hold nobody up, and are told the newest state only when they go on', async () => {
    stopped.stop();
    // More than the operating system takes for somebody who doesn't read.
    for (let n = 0; n < 10; n++) await town.publish(60_000);
    const push = await town.publish(1000);
    await town.held(push, 100);
    const silent = (await town.instances(push)).filter(({ state }) => state !== 'applied');
    expect(silent).toHaveLength(20);
    expect(silent.every(({ instanceId }) => instanceId.startsWith('stopped'))).toBe(true);
    stopped.goOn();
    await town.held(push, 120);
  }, 60_000);
});

describe('an instance that never reads', () => {
  let server: BootedApp;
  let token: string;
  let innocent: LeanClient;
  beforeAll(async () => {
    server = await bootApp();
    await server.admin.call(contracts.createApp, { body: { name: 'shop' } });
    const body = { kind: 'client', name: 'shop', environment: 'prod', app: 'shop' } as const;
    token = (await server.admin.call(contracts.createToken, { body })).secret;
    const desk = new ConfigDesk(server.admin, 'prod', 'shop');
    for (let n = 0; n < 120; n++) {
      await desk.create(`page-${n}`, { kind: 'document', format: 'text' });
      await desk.publish(
        `page-${n}`,
        { content: document(`${n} `.padEnd(64_000, 'x')), message: '' } as never,
        '"0"',
      );
    }
    innocent = new LeanClient(server.url, token, 'innocent');
  }, 60_000);
  afterAll(async () => {
    innocent?.close();
    await server?.close();
  });

  it('is cut off although nothing more is sent to it, and others are served', async () => {
    const socket = await RawSocket.open(server.url);
    await socket.hear(/^0/);
    socket.say(`40/client,${JSON.stringify({ token, protocol: protocolVersion })}`);
    await socket.hear(/^40\/client/);
    socket.stopReading();
    const begun = performance.now();
    socket.say(event('hello', helloOf('deaf')));
    const instances = () =>
      server.admin.call(contracts.listInstances, { params: { env: 'prod', app: 'shop' } });
    const deaf = async () => (await instances()).items.find(({ instanceId }) => instanceId === 'deaf');
    await until('it has connected', async () => (await deaf())?.online === true);
    await innocent.connect();
    expect(innocent.holds.size).toBe(120);
    await until('it is offline', async () => (await deaf())?.online === false);
    // Long before the silence of an ack that doesn't come would end it.
    expect(performance.now() - begun).toBeLessThan(20_000);
    socket.end();
  }, 60_000);

  it('is not taken for one that reads slowly, which gets all of it', async () => {
    const socket = await RawSocket.open(server.url);
    await socket.hear(/^0/);
    socket.say(`40/client,${JSON.stringify({ token, protocol: protocolVersion })}`);
    await socket.hear(/^40\/client/);
    socket.readSlowly(100);
    const begun = performance.now();
    socket.say(event('hello', helloOf('slow')));
    const gone = socket.closed.then(() => 'cut off');
    const sync = socket.hear(/^42\/client,\["sync"/).then((text) => text.length);
    expect(await Promise.race([sync, gone])).toBeGreaterThan(120 * 64_000);
    // Several looks of the server at who reads found it waiting.
    expect(performance.now() - begun).toBeGreaterThan(7000);
    socket.end();
  }, 60_000);
});
