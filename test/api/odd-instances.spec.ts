import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { contracts } from '@sluice/protocol';
import { type Postgres, startPostgres } from '../support/databases.ts';
import type { RawSocket } from '../support/raw-socket.ts';
import { until } from '../support/until.ts';
import { ackOf, event, HostileLinks, helloOf, nothing, place, silentMs } from './bad-frames/hostile-links.ts';

/** What makes no sense in a hello. */
const oddHellos: readonly object[] = [
  { labels: JSON.parse('{"__proto__":"x"}') },
  { instanceId: 'a\0b' },
  { instanceId: '\ud800' },
  { instanceId: '..' },
  { instanceId: 'a'.repeat(10_000) },
  { revision: 1e300 },
  { startedAt: '9999-99-99T00:00:00Z' },
  { namespaces: [{ name: '__proto__', digest: nothing }] },
  { namespaces: Array(1001).fill({ name: 'a', digest: nothing }) },
];

describe.each(['sqlite', 'postgres'] as const)('an instance that says odd things, on %s', (dialect) => {
  let postgres: Postgres | undefined;
  let links: HostileLinks;
  /** They have said a hello that makes no sense: begun before all else, so that their time passes meanwhile. */
  let odd: RawSocket[];
  beforeAll(async () => {
    if (dialect === 'postgres') postgres = await startPostgres();
    links = await HostileLinks.begin(await postgres?.createDatabase());
    odd = await Promise.all(
      oddHellos.map(async (more) => {
        const socket = await links.letIn({ stays: true });
        socket.say(event('hello', helloOf('odd', more)));
        return socket;
      }),
    );
  });
  afterEach(() => links.othersAreWell());
  afterAll(async () => {
    await links?.end();
    await postgres?.stop();
  });

  describe('a conversation out of order', () => {
    it('says hello twice: the second is not heard', async () => {
      const socket = await links.greeted('twice');
      socket.say(event('hello', helloOf('somebody-else')));
      await links.isAlive(socket);
      const { items } = await links.admin.call(contracts.listInstances, { params: place });
      const ids = items.map((instance) => instance.instanceId);
      expect(ids).toContain('twice');
      expect(ids).not.toContain('somebody-else');
    });

    it('acks before the hello, and with ids that were never given', async () => {
      const early = await links.letIn();
      early.say(event('ack', ackOf(1)));
      early.say(event('state', { probeId: 1, epoch: 0, revision: 0, rootDigest: nothing, namespaces: [] }));
      await links.isAlive(early);
      const late = await links.greeted('late');
      for (const id of [-1, 0, 2 ** 40, Number.MAX_SAFE_INTEGER]) late.say(event('ack', ackOf(id)));
      await links.isAlive(late);
    });

    it('is ended after five frames that make no sense', async () => {
      const socket = await links.greeted('babble');
      for (let n = 0; n < 5; n++) socket.say(event('ack', { deliveryId: 'x' }));
      await socket.closed;
    });

    it('comes from a hundred processes that say they are one', async () => {
      const twins = await Promise.all(
        Array.from({ length: 100 }, (_, n) => links.greeted('twin', { bootId: `boot-${n}` })),
      );
      const params = { ...place, instance: 'twin' };
      expect(await links.admin.call(contracts.getInstance, { params })).toMatchObject({
        conflict: true,
      });
      await Promise.all(twins.slice(0, 5).map((socket) => links.isAlive(socket)));
    });
  });

  describe('what an instance says of itself', () => {
    it('its id is any text that may be one', async () => {
      const ids = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', '<b>x</b>'];
      const holds = ['toString', 'hasOwnProperty', 'valueOf'].map((name) => ({ name, digest: nothing }));
      const comesAndGoes = async (instanceId: string): Promise<void> => {
        const socket = await links.greeted(instanceId, { namespaces: holds, bootId: '__proto__' });
        const params = { ...place, instance: instanceId };
        const detail = await links.admin.call(contracts.getInstance, { params });
        expect(detail).toMatchObject({ instanceId, bootId: '__proto__', online: true });
        const query = { namespace: 'toString', key: '__proto__' };
        await links.admin.call(contracts.explainInstance, { params, query });
        await links.admin.call(contracts.listInstances, { params: place });
        socket.end();
        // Until its row is written it is nowhere.
        await until(`${instanceId} is offline in the database`, async () => {
          const now = await links.admin.attempt(contracts.getInstance, { params });
          return now.status === 200 && !(now.body as { online: boolean }).online;
        });
      };
      await Promise.all([...ids, "' OR 1=1 --", 'a/b?c#d', '%00'].map(comesAndGoes));
    });

    it('is not understood where it makes no sense, and closed', async () => {
      for (const socket of odd) {
        expect(await socket.closed).toBeLessThan(silentMs);
        expect(socket.heard.filter((text) => text.includes('"sync"'))).toEqual([]);
      }
    });

    it('extremes are taken and told as they are', async () => {
      const most = Number.MAX_SAFE_INTEGER;
      const socket = await links.greeted('extreme', {
        revision: most,
        epoch: -most,
        startedAt: '0000-01-01T00:00:00Z',
      });
      const sync = JSON.parse((await socket.hear(/"sync"/)).slice('42/client,'.length)) as [
        string,
        { deliveryId: number },
      ];
      const namespaces = [
        {
          name: 'limits',
          digest: links.known.digest,
          state: 'failed',
          pushId: links.known.push,
          error: '\0\ud800',
        },
      ];
      socket.say(event('ack', ackOf(sync[1].deliveryId, { ms: 1e308, namespaces })));
      socket.say(
        event('heartbeat', { epoch: most, revision: most, rootDigest: nothing, ready: 'live', cache: 'ok' }),
      );
      await links.isAlive(socket);
      const { admin } = links;
      const params = { ...place, instance: 'extreme' };
      expect(await admin.call(contracts.getInstance, { params })).toMatchObject({ revision: most });
      // A later push is proven by everybody's answers, whatever this one says took it how long.
      const { etag } = await admin.call(contracts.getNamespace, { params: { ...place, ns: 'limits' } });
      const changes = { set: { timeout: { type: 'number' as const, value: Math.random() } }, remove: [] };
      const released = await admin.call(contracts.publish, {
        params: { ...place, ns: 'limits' },
        ifMatch: etag,
        body: { changes, message: '' },
      });
      const answer = await socket.hear(new RegExp(`"sync".*${released.release.digest}`));
      const [, { deliveryId }] = JSON.parse(answer.slice('42/client,'.length)) as [
        string,
        { deliveryId: number },
      ];
      const applied = {
        name: 'limits',
        digest: released.release.digest,
        state: 'applied',
        pushId: released.push.id,
      };
      socket.say(event('ack', ackOf(deliveryId, { ms: 1e308, namespaces: [applied] })));
      const push = { ...place, push: released.push.id };
      await until('its verdict is written', async () => {
        const { items } = await admin.call(contracts.listPushInstances, { params: push });
        const { state } = await admin.call(contracts.getPush, { params: push });
        return state !== 'running' && items.find((i) => i.instanceId === 'extreme')?.state === 'applied';
      });
      const { number: release, revision } = released.release;
      expect((await admin.call(contracts.getInstance, { params })).namespaces).toMatchObject([
        { name: 'limits', release, revision, expectedRelease: release, inSync: true },
      ]);
    });

    it('things that it could hold are bounded', async () => {
      const socket = await links.greeted('hoarder');
      for (let round = 0; round < 20; round++) {
        const namespaces = Array.from({ length: 1000 }, (_, n) => ({
          name: `made-up-${round}-${n}`,
          digest: nothing,
          state: 'applied',
        }));
        socket.say(event('ack', ackOf(0, { namespaces })));
      }
      const params = { ...place, instance: 'hoarder' };
      await Promise.race([socket.closed, links.isAlive(socket)]);
      const answer = await links.admin.call(contracts.getInstance, { params });
      expect(answer.namespaces.length).toBeLessThanOrEqual(1001);
      // And whoever looks at them keeps nobody from the database.
      const looked = await Promise.all([
        ...Array.from({ length: 10 }, () => links.admin.attempt(contracts.getInstance, { params })),
        links.admin.attempt(contracts.listNamespaces, { params: place }),
      ]);
      expect(looked.map(({ status }) => status)).toEqual(looked.map(() => 200));
    });
  });
});
