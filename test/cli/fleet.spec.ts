import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Refused } from './fake-server.ts';
import { contents, groupOf, instanceOf } from './order-api.ts';
import { type OrderCommand, startOrderCommand } from './order-command.ts';

let order: OrderCommand;
beforeEach(async () => {
  order = await startOrderCommand();
});
afterEach(() => order.fake.stop());

const at = '2026-01-02T03:04:05.000Z';
const digest = 'a'.repeat(64);

describe('groups', () => {
  it('are listed, and shown with whom they pick', async () => {
    order.fake.on('listInstances', () => ({
      items: [
        instanceOf('i-1'),
        instanceOf('i-2', { labels: { zone: 'b' } }),
        instanceOf('i-3', { online: false }),
      ],
    }));
    expect((await order.sluice(['groups', 'ls', 'order-api'])).out).toMatch(/eu +zone in \(a\) +0 +2 +-/);
    const { out } = await order.sluice(['groups', 'show', 'order-api', 'eu']);
    expect(out).toMatch(/i-1 +online\ni-3 +offline\n$/);
    const data = await order.sluice(['groups', 'show', 'order-api', 'eu', '-o', 'json']);
    expect(JSON.parse(data.out)).toMatchObject({ name: 'eu', instances: ['i-1', 'i-3'] });
    const unknown = await order.sluice(['groups', 'show', 'order-api', 'ue']);
    expect(unknown).toMatchObject({ code: 1, err: expect.stringContaining('Did you mean "eu"?') });
  });

  it('are created, changed and deleted', async () => {
    order.fake
      .on('createGroup', () => groupOf('us'))
      .on('changeGroup', () => groupOf('eu', { order: 3 }))
      .on('deleteGroup', () => undefined);
    await order.sluice(['groups', 'create', 'order-api', 'us', '--labels', 'zone in (c,d)', '--order', '2']);
    expect(order.fake.last('createGroup').body).toEqual({
      name: 'us',
      selector: 'zone in (c,d)',
      description: '',
      order: 2,
    });
    expect((await order.sluice(['groups', 'change', 'order-api', 'eu', '--order', '3'])).code).toBe(0);
    expect(order.fake.last('changeGroup').body).toEqual({ order: 3 });
    const no = await order.sluice(['groups', 'delete', 'order-api', 'eu'], { answers: ['n'] });
    expect(no).toMatchObject({ code: 1, err: expect.stringContaining('Not confirmed') });
    const ran = await order.sluice(['groups', 'delete', 'order-api', 'eu']);
    expect(ran).toMatchObject({ code: 0, err: 'Group eu is deleted.\n' });
    expect(order.fake.writes).toEqual(['createGroup', 'changeGroup', 'deleteGroup']);
  });

  it('with a value in force stay, and say how to take it away', async () => {
    order.fake.on('deleteGroup', () => {
      throw new Refused({ status: 409, code: 'wrong_state', message: 'order has a value for it' });
    });
    const ran = await order.sluice(['groups', 'delete', 'order-api', 'eu']);
    expect(ran).toMatchObject({
      code: 5,
      err: expect.stringContaining('sluice push abandon order-api <push>'),
    });
  });

  it.each([
    [['create', 'order-api', 'us']],
    [['create', 'order-api', 'us', '--labels', '']],
    [['create', 'order-api', 'us', '--labels', 'zone=']],
    [['create', 'order-api', 'us', '--labels', 'zone=a', '--order', '-1']],
    [['change', 'order-api', 'eu']],
  ])('%j is a usage error', async (argv) => {
    expect(await order.sluice(['groups', ...argv])).toMatchObject({ code: 2, out: '' });
    expect(order.fake.writes).toEqual([]);
  });
});

describe('instances', () => {
  const probe = (inSync: boolean, answered = true) =>
    order.fake.on('probeInstance', () => ({
      answered,
      ms: 4,
      namespaces: [{ name: 'order', held: digest, expected: 'b'.repeat(64), inSync }],
    }));

  it('are probed: exit 0 the same, 1 something else, 7 silent', async () => {
    probe(true);
    const same = await order.sluice(['instances', 'probe', 'order-api', 'i-1']);
    expect(same).toMatchObject({ code: 0, err: 'i-1 answered in 4 ms: it holds what it should.\n' });
    expect(same.out).toMatch(/order +a{12} +=/);
    probe(false);
    const other = await order.sluice(['instances', 'probe', 'order-api', 'i-1']);
    expect(other).toMatchObject({ code: 1, out: expect.stringMatching(/order +a{12} +b{12}/) });
    probe(false, false);
    const silent = await order.sluice(['instances', 'probe', 'order-api', 'i-1']);
    expect(silent).toMatchObject({
      code: 7,
      out: '',
      err: expect.stringContaining('did not answer within 3 s'),
    });
    order.fake.on('probeInstance', () => {
      throw new Refused({ status: 404, code: 'not_found', message: 'None.' });
    });
    const unknown = await order.sluice(['instances', 'probe', 'order-api', 'i-3']);
    expect(unknown).toMatchObject({ code: 1, err: expect.stringContaining('Did you mean "i-1"?') });
  });

  it('tell what they held at a moment', async () => {
    order.fake.on('instanceTimeline', () => ({
      at,
      recordedSince: '2026-01-02T03:00:00.000Z',
      items: [
        { namespace: 'order', digest, since: at, release: 7, pushId: 'p-1', content: contents['order.eu']! },
      ],
    }));
    const ran = await order.sluice([
      'instances',
      'timeline',
      'order-api',
      'i-1',
      '--at',
      '2026-01-02T14:03:00+08:00',
    ]);
    expect(ran.code).toBe(0);
    expect(ran.out).toMatch(/order +2026-01-02T03:04:05.000Z +- +7 +p-1 +a{12} +rate=0.19\n/);
    expect(order.fake.last('instanceTimeline').query).toEqual({ at: '2026-01-02T06:03:00.000Z' });
    const early = await order.sluice([
      'instances',
      'timeline',
      'order-api',
      'i-1',
      '--from',
      '2026-01-01T00:00:00Z',
    ]);
    expect(early.err).toContain('Nothing is recorded of it before 2026-01-02T03:00:00.000Z');
    for (const bad of [
      ['--at', 'yesterday'],
      ['--at', '2026-13-01T00:00:00Z'],
      ['--from', '2026-01-02T00:00:00Z', '--at', '2026-01-01T00:00:00Z'],
    ])
      expect((await order.sluice(['instances', 'timeline', 'order-api', 'i-1', ...bad])).code).toBe(2);
  });

  it('that would not survive are listed with why; exit 1', async () => {
    const told = (atRisk: { instanceId: string; reasons: ['cacheOff', 'notInSync'] }[]) =>
      order.fake.on('survivability', () => ({ online: 2, surviving: 2 - atRisk.length, atRisk, at }));
    told([{ instanceId: 'i-2', reasons: ['cacheOff', 'notInSync'] }]);
    const ran = await order.sluice(['instances', 'survivability', 'order-api']);
    expect(ran.code).toBe(1);
    expect(ran.out).toContain('i-2       its disk cache is off; it does not hold what it should\n');
    expect(ran.err).toBe('1 of 2 online instances would come back with their values.\n');
    told([]);
    expect((await order.sluice(['instances', 'survivability', 'order-api'])).code).toBe(0);
  });

  it('whose layers make up no release are told as the server recorded them', async () => {
    order.fake
      .on('getInstance', () => ({
        ...instanceOf('i-1'),
        bootId: 'b',
        ready: 'live' as const,
        namespaces: [{ name: 'order', digest, inSync: true }],
      }))
      .on('instanceTimeline', () => ({
        at,
        items: [{ namespace: 'order', digest, since: at, content: contents.order! }],
      }));
    const { out } = await order.sluice(['get', 'order-api', 'order', '--instance', 'i-1']);
    expect(out).toMatch(/timeoutMs +800/);
  });
});
