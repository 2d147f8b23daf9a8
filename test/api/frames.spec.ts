import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { RawSocket } from '../support/raw-socket.ts';
import { until } from '../support/until.ts';
import { events, spoiltFrames } from './bad-frames/frame-table.ts';
import { HostileLinks, silentMs } from './bad-frames/hostile-links.ts';

describe('frames that no client sends', () => {
  let links: HostileLinks;
  /** Connections that get nowhere: begun before all else, so that their time passes meanwhile. */
  let stuck: { silent: RawSocket[]; refused: RawSocket; strange: RawSocket };
  beforeAll(async () => {
    links = await HostileLinks.begin();
    const hundred = <T>(make: () => Promise<T>): Promise<T>[] => Array.from({ length: 100 }, make);
    const stays = { stays: true };
    stuck = {
      silent: await Promise.all([...hundred(() => links.dial(stays)), ...hundred(() => links.letIn(stays))]),
      refused: await links.dial(stays),
      strange: await links.dial(stays),
    };
    stuck.strange.say('40/client,{"token":"slc_x","protocol":1}');
    for (let n = 0; n < 1000; n++) stuck.refused.say(`40/made-up-${n},{}`);
  });
  afterEach(() => links.othersAreWell());
  afterAll(() => links?.end());

  describe('packets', () => {
    it.each([
      ...[
        '',
        ' ',
        '0',
        '1',
        '5',
        '6',
        '7',
        '8',
        '9',
        'x',
        '\0',
        '4',
        '40',
        '41',
        '43',
        '44',
        '45',
        '46',
        '47',
      ],
      ...['42', '42[', '42{}', '42""', '42null', '42[]', '42[1]', '42[null]', '42[{}]', '42["__proto__"]'],
      ...['42/client', '42/client,', '42/client,[', '42/client,{}', '42/client,[]', '42/client,[[]]'],
      ...['42/client,["connect"]', '42/client,["connect_error"]', '42/client,["disconnect"]'],
      ...['42/client,["disconnecting"]', '42/client,["newListener"]', '42/client,["removeListener"]'],
      ...['42/client,["error",{}]', '42/client,["__proto__",{}]', '42/client,["constructor",{}]'],
      ...['42/client,["hello"]', '42/client,["hello",null]', '42/client,["hello",[[[[]]]]]'],
      ...['42/client,999999999999999999999["alive"]', '42/client,-1["alive"]', '43/client,1[]'],
      ...['43/client,99999999999[{}]', '43/client,1{}', '44/client,{}', '44/client,"x"', '41/client,'],
      ...['45-1-', '450-["hello",{}]', '45x-["a"]', '451000000-["a"]', '451-["hello",{"_placeholder":true}]'],
      ...['451-/client,["hello",{"_placeholder":true,"num":-1}]', '4511111111111111111111-["a"]', '461-1[]'],
      ...['451-/client,["hello",{"_placeholder":true,"num":"constructor"}]', '42/__proto__,["a"]'],
      ...[
        '40/../,{}',
        '40/client/../admin,{}',
        '40/__proto__,{}',
        '40/constructor,{}',
        '40/admin,{}',
        '40/,{}',
      ],
      // What the server says, said to it: nobody is told anything by a client.
      ...['42/client,["sync",{"revision":99}]', '42/client,["kill",{}]', '42/client,["update",{}]'],
      ...['40/client,null', '40/client,[]', '40/client,"x"', '40/client,{', '40/console,{}', '40{"a":1}'],
      ...['40/client,{"pid":"x","offset":"y"}', '40/client,{"__proto__":{"token":"x"}}', '40?a=b,{}'],
    ])('%j kills nothing', async (packet) => {
      for (const socket of [await links.dial(), await links.letIn(), await links.greeted('fuzzed')]) {
        socket.say(packet);
        socket.frame(Buffer.from([1, 2, 3]), { opcode: 2 });
        socket.say(packet);
      }
    });

    it('to a thousand namespaces are refused one by one', async () => {
      const { heard, closed } = stuck.refused;
      await until(
        'a thousand refusals',
        async () => heard.filter((t) => t.startsWith('44/')).length === 1000,
      );
      expect(await closed).toBeLessThan(silentMs);
    });

    it('made at random kill nothing', async () => {
      const alphabet = '0123456789-/,[]{}":_abcé\0"client""hello""ack"num';
      const draw = (n: number): number => Math.floor(Math.random() * n);
      for (let round = 0; round < 60; round++) {
        const socket = await links.letIn();
        for (let n = 0; n < 20; n++) {
          const length = draw(60);
          const text = Array.from({ length }, () => alphabet[draw(alphabet.length)]).join('');
          socket.say(['4', '42', '42/client,', '45', '451-/client,', '40/', ''][draw(7)] + text);
        }
        socket.end();
      }
    });
  });

  describe('events', () => {
    /** So many that make no sense close a connection; one that were taken would leave it open. */
    const most = 5;

    it.each(events)('%s is refused with a wrong value at any of its places', async (event) => {
      const { sound, refused } = spoiltFrames(event);
      const packetOf = (frame: string): string => `42/client,["${event}",${frame}]`;
      expect(refused.length).toBeGreaterThan(10);
      // Without a frame, and with two of them where the first is none.
      const packets = [`42/client,["${event}"]`, `42/client,["${event}",null,${sound}]`].concat(
        refused.map(packetOf),
      );
      const left = Array.from({ length: Math.floor(packets.length / most) }, (_, n) =>
        packets.slice(n * most, (n + 1) * most),
      );
      const refuseNext = async (): Promise<void> => {
        for (let five = left.shift(); five; five = left.shift()) {
          const socket = await links.greeted(`spoilt-${left.length}`);
          for (const packet of five) socket.say(packet);
          socket.say('42/client,77["alive"]');
          await socket.closed;
          expect([five, socket.heard.filter((text) => text.startsWith('43/client,77'))]).toEqual([five, []]);
        }
      };
      await Promise.all(Array.from({ length: 10 }, refuseNext));
    });

    it.each(events)('%s is heard with any odd value that its check takes', async (event) => {
      const { sound, taken } = spoiltFrames(event);
      const socket = await links.greeted('odd');
      for (const frame of [sound, ...taken]) socket.say(`42/client,["${event}",${frame}]`);
      await links.isAlive(socket);
    });
  });

  describe('frames', () => {
    it.each([
      ['beyond the limit', Buffer.alloc(256 * 1024 + 1, 0x34), {}],
      ['that say they are 100 MB', Buffer.from('42'), { length: 100_000_000n }],
      ['that say they are 2^63 bytes', Buffer.from('42'), { length: 2n ** 63n }],
      ['compressed, which was not agreed', Buffer.from('42'), { rsv: 4 }],
      ['with reserved bits', Buffer.from('42'), { rsv: 3 }],
      ['without a mask', Buffer.from('42'), { masked: false }],
      ['of no known kind', Buffer.from('42'), { opcode: 3 }],
      ['that go on what never began', Buffer.from('42'), { opcode: 0 }],
      ['that are no UTF-8', Buffer.from([0x34, 0xc0, 0xaf, 0xff]), {}],
      ['with a ping of 126 bytes', Buffer.alloc(126), { opcode: 9 }],
      ['with a torn close', Buffer.from([3]), { opcode: 8 }],
    ])('%s close the connection', async (_, payload, options) => {
      const socket = await links.greeted('framed');
      socket.frame(payload, options);
      await socket.closed;
    });

    it('in fifty thousand pieces of one byte do not stop the server', async () => {
      const socket = await links.greeted('pieces');
      socket.frame(Buffer.from('4'), { fin: false });
      for (let n = 0; n < 50_000; n++) socket.frame(Buffer.from('2'), { opcode: 0, fin: false });
      socket.frame(Buffer.from('2'), { opcode: 0 });
      await links.isAlive(await links.greeted('another'));
    });
  });

  describe('handshakes', () => {
    it.each([
      ['EIO=3&transport=websocket'],
      ['transport=websocket'],
      ['EIO=99&transport=websocket'],
      ['EIO=4&transport=polling'],
      ['EIO=4&transport=__proto__'],
      ['EIO=4&transport=constructor'],
      ['EIO=4&transport=websocket&sid=__proto__'],
      ['EIO=4&transport=websocket&sid=constructor'],
      ['EIO=4&transport=websocket&sid=toString'],
      ['EIO=4&transport=webtransport'],
      ['%zz'],
    ])('with %s are refused', async (query) => {
      const opened = await RawSocket.open(links.url, {}, query).catch((error: Error) => error);
      // Some are told so in HTTP, and some by a websocket that is closed at once.
      if (opened instanceof RawSocket) {
        await opened.closed;
        expect(opened.heard.filter((text) => text.startsWith('0'))).toEqual([]);
      } else expect(opened.message).toMatch(/^HTTP\/1\.1 4\d\d|ECONNRESET/);
      const plain = { method: 'GET', path: `/socket.io/?${query}` };
      expect((await links.raw.send(plain)).status).toBe(400);
      const posted = await links.raw.send({ ...plain, method: 'POST', body: Buffer.from([0, 255, 1]) });
      expect(posted.status).toBeGreaterThanOrEqual(400);
      expect(posted.status).toBeLessThan(500);
    });

    it('that stay silent are closed within 5 s, before and after the token', async () => {
      const times = await Promise.all(stuck.silent.map((socket) => socket.closed));
      expect(Math.max(...times)).toBeLessThan(silentMs);
    });

    it('with a wrong token are refused and closed', async () => {
      expect(await stuck.strange.hear(/^44\/client/)).toContain('"code":"unauthenticated"');
      expect(await stuck.strange.closed).toBeLessThan(silentMs);
    });
  });
});
