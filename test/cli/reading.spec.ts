import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { contents, instanceOf } from './order-api.ts';
import { type OrderCommand, startOrderCommand } from './order-command.ts';

let order: OrderCommand;
beforeEach(async () => {
  order = await startOrderCommand();
});
afterEach(() => order.fake.stop());

const json = (text: string): unknown => JSON.parse(text);

describe('get', () => {
  it('prints a value alone', async () => {
    expect(await order.sluice(['get', 'order-api', 'order.timeoutMs'])).toEqual({
      code: 0,
      out: '800\n',
      err: '',
    });
    expect((await order.sluice(['get', 'order-api', 'order.greeting'])).out).toBe('hello\n');
    expect((await order.sluice(['get', 'order-api', 'order.vip'])).out).toBe('["a"]\n');
  });

  it('finds the namespace whose name holds a dot', async () => {
    expect((await order.sluice(['get', 'order-api', 'order.eu.rate'])).out).toBe('0.19\n');
  });

  it('sends the token and the language, and changes nothing', async () => {
    await order.sluice(['get', 'order-api', 'order.timeoutMs', '--lang', 'zh']);
    const { headers } = order.fake.last('getNamespace');
    expect(headers).toMatchObject({ authorization: 'Bearer sl_test', 'accept-language': 'zh-CN,zh' });
    expect(order.fake.writes).toEqual([]);
  });

  it.each(['json', 'yaml', 'ndjson'])('gives the same data as %s', async (format) => {
    const { out } = await order.sluice(['get', 'order-api', 'order.timeoutMs', '-o', format]);
    expect(format === 'yaml' ? parse(out) : json(out)).toEqual({
      app: 'order-api',
      environment: 'prod',
      namespace: 'order',
      key: 'timeoutMs',
      type: 'number',
      value: 800,
      min: 50,
      max: 5000,
      release: 7,
      revision: 47,
    });
    if (format === 'ndjson') expect(out.trimEnd()).not.toContain('\n');
  });

  it('lists a whole map', async () => {
    expect((await order.sluice(['get', 'order-api', 'order'])).out).toBe(
      'KEY        TYPE    VALUE\ntimeoutMs  number  800\ngreeting   string  hello\nvip        json    ["a"]\n',
    );
    const rows = await order.sluice(['get', 'order-api', 'order', '-o', 'ndjson']);
    expect(rows.out.trimEnd().split('\n').map(json)).toHaveLength(3);
  });

  it('gives a document byte for byte', async () => {
    const { out } = await order.sluice(['get', 'order-api', 'gateway']);
    expect(out).toBe('\ufeffserver:\r\n  port: 1\r\n');
    const whole = await order.sluice(['get', 'order-api', 'gateway', '-o', 'yaml']);
    expect(parse(whole.out)).toMatchObject({ content: contents.gateway });
  });

  it('shows what a document would do to a terminal instead of doing it', async () => {
    order.fake.on('getNamespace', () => ({
      ...namespaceWith('a\u001b[2Jb\n'),
    }));
    expect((await order.sluice(['get', 'order-api', 'gateway'], { terminal: true })).out).toBe(
      'a\\u001b[2Jb\n',
    );
    expect((await order.sluice(['get', 'order-api', 'gateway'])).out).toBe('a\u001b[2Jb\n');
  });

  it('suggests the nearest name', async () => {
    const key = await order.sluice(['get', 'order-api', 'order.timeOutMs']);
    expect(key).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('Did you mean "timeoutMs"?'),
    });
    const ns = await order.sluice(['get', 'order-api', 'odrer.timeoutMs']);
    expect(ns.err).toContain('Did you mean "order"?');
    const app = await order.sluice(['get', 'order-ap', 'order.timeoutMs']);
    expect(app).toMatchObject({ code: 1, err: expect.stringContaining('Did you mean "order-api"?') });
    const env = await order.sluice(['get', 'order-api', 'order', '--env', 'prd']);
    expect(env.err).toContain('Did you mean "prod"?');
    const command = await order.sluice(['histroy', 'order-api', 'order']);
    expect(command).toMatchObject({ code: 2, err: expect.stringContaining('Did you mean history?') });
  });

  it('tells what one instance holds, and when that is not what was released', async () => {
    order.fake.on('explainInstance', () => explained(500));
    expect(await order.sluice(['get', 'order-api', 'order.timeoutMs', '--instance', 'i-1'])).toEqual({
      code: 0,
      out: '500\n',
      err: 'The release says 800.\n',
    });
    expect(order.fake.last('explainInstance').query).toEqual({ namespace: 'order', key: 'timeoutMs' });
  });

  it('explains the ladder, with the pushes that laid it, groups and ends', async () => {
    order.fake.on('explainInstance', () => {
      const all = explained(500);
      const laid = {
        layer: 'group' as const,
        pushId: 'p-9',
        group: 'eu',
        expiresAt: '2026-01-02T04:00:00.000Z',
        matched: true,
        wins: true,
        value: 500,
        reason: 'in the group eu',
      };
      return { ...all, ladder: [laid, ...all.ladder.map((rung) => ({ ...rung, wins: false }))] };
    });
    const { out } = await order.sluice(['get', 'order-api', 'order.timeoutMs', '--instance', 'i-1', '--why']);
    expect(out).toBe(
      [
        'i-1 holds 500',
        'LAYER     WINS  VALUE  RELEASE  PUSH  EXPIRES                   REASON',
        'group eu  *     500    -        p-9   2026-01-02T04:00:00.000Z  in the group eu',
        'global          500    7        -     -                         released to every instance',
        'default         -      -        -     -                         not asked',
        '',
      ].join('\n'),
    );
  });

  it('asks which instance, and suggests one for a wrong name', async () => {
    const which = await order.sluice(['get', 'order-api', 'order.timeoutMs', '--why']);
    expect(which).toMatchObject({ code: 2, err: expect.stringContaining('Online: i-1, i-2') });
    const wrong = await order.sluice(['get', 'order-api', 'order.timeoutMs', '--instance', 'i-3']);
    expect(wrong).toMatchObject({ code: 1, err: expect.stringContaining('Did you mean "i-1"?') });
  });

  it('counts who has which value of a key', async () => {
    order.fake.on('getKeySpread', () => ({
      key: 'timeoutMs',
      target: 800,
      online: 5,
      at: '2026-01-02T03:04:05.000Z',
      values: [
        { value: 500, isKnown: true, instanceCount: 1, instanceIds: ['i-3'] },
        { value: 800, isKnown: true, instanceCount: 2, instanceIds: ['i-1', 'i-2'] },
        { isKnown: true, instanceCount: 1, instanceIds: ['i-4'] },
        { isKnown: false, instanceCount: 1, instanceIds: ['i-5'] },
      ],
    }));
    const { out } = await order.sluice(['get', 'order-api', 'order.timeoutMs', '--distribution']);
    expect(out).toBe(
      [
        'VALUE           INSTANCES  AS RELEASED  WHO',
        '800             2/5        yes          i-1, i-2',
        '500             1/5        no           i-3',
        '(code default)  1/5        no           i-4',
        '(not known)     1/5        no           i-5',
        '',
      ].join('\n'),
    );
    expect(order.fake.last('getKeySpread').params).toMatchObject({ ns: 'order', key: 'timeoutMs' });
  });

  it('counts who holds which content of a whole namespace', async () => {
    order.fake.on('getLiveValues', () => ({
      online: 3,
      at: '2026-01-02T03:04:05.000Z',
      variants: [
        { digest: null, isTarget: false, instanceCount: 1, instanceIds: ['i-3'] },
        {
          digest: 'a'.repeat(64),
          release: 7,
          isTarget: true,
          instanceCount: 2,
          instanceIds: ['i-1', 'i-2'],
          content: contents['order.eu']!,
        },
      ],
    }));
    const { out } = await order.sluice(['get', 'order-api', 'order.eu', '--distribution']);
    expect(out).toMatch(
      /VALUE +INSTANCES +RELEASE +AS RELEASED +WHO\n.*0\.19.* 2\/3 +7 +yes +i-1, i-2\n- +1\/3/,
    );
  });
});

describe('lists', () => {
  it('show the history of a namespace', async () => {
    const { out } = await order.sluice(['history', 'order-api', 'order']);
    expect(out.split('\n')[0]).toMatch(/^RELEASE +REVISION +WHAT +WHO +WHEN +DIGEST +MESSAGE$/);
    expect(out.split('\n')[1]).toMatch(/^7 +47 +publish +li +2026-01-02T03:04:05.000Z +a{12} +tuning$/);
  });

  it('show instances, and keep escapes of their labels harmless', async () => {
    order.fake.on('listInstances', () => ({
      items: [
        instanceOf('i-1', { labels: { zone: '\u001b[31ma\nb' } }),
        instanceOf('i-2', { inSync: false }),
      ],
    }));
    const { out } = await order.sluice(['instances', 'ls', 'order-api']);
    expect(out).toContain('zone=\\u001b[31ma\\nb');
    expect(out).toMatch(/i-2 +online, differs/);
    expect(out.trimEnd().split('\n')).toHaveLength(3);
  });

  it('say who asks', async () => {
    const { out } = await order.sluice(['whoami']);
    expect(out).toMatch(/^name +li\n/);
    expect(out).toMatch(/role +admin \*\/\*/);
  });
});

describe('diff', () => {
  it('compares live with the draft, and exits 1 when they differ', async () => {
    const changes = [{ key: 'timeoutMs', change: 'changed', before: 800, after: 500 }] as const;
    order.fake.on('diff', ({ query }) => ({
      from: query.from!,
      to: query.to!,
      diff: { of: 'items', changes: [...changes] },
    }));
    expect(await order.sluice(['diff', 'order-api', 'order'])).toEqual({
      code: 1,
      out: 'KEY              CHANGE   BEFORE  AFTER\norder.timeoutMs  changed  800     500\n',
      err: '',
    });
    expect(order.fake.last('diff').query).toEqual({ from: 'live', to: 'draft' });
    await order.sluice(['diff', 'order-api', 'order', '#5']);
    expect(order.fake.last('diff').query).toEqual({ from: '5', to: 'live' });
    expect((await order.sluice(['diff', 'order-api', 'order', 'yesterday'])).code).toBe(2);
  });

  it('exits 0 when nothing differs', async () => {
    order.fake.on('diff', () => ({ from: 'live', to: 'draft', diff: { of: 'items', changes: [] } }));
    const same = await order.sluice(['diff', 'order-api', 'order', '-o', 'json']);
    expect(same.code).toBe(0);
    expect(json(same.out)).toEqual({
      namespace: 'order',
      from: 'live',
      to: 'draft',
      diff: { of: 'items', changes: [] },
    });
  });

  it('compares a document with a file, line by line', async () => {
    const { code, out } = await order.sluice(['diff', 'order-api', 'gateway', '-f', '-'], {
      stdin: '\ufeffserver:\r\n  port: 2\r\n',
    });
    expect(code).toBe(1);
    expect(out).toContain('--- gateway (live)\n+++ gateway (-)\n');
    expect(out).toContain('-  port: 1\\u000d\n+  port: 2\\u000d\n');
    const same = await order.sluice(['diff', 'order-api', 'gateway', '-f', '-'], {
      stdin: '\ufeffserver:\r\n  port: 1\r\n',
    });
    expect(same).toEqual({ code: 0, out: '', err: 'No difference.\n' });
  });
});

function namespaceWith(text: string) {
  const content = { kind: 'document', format: 'yaml', text } as const;
  return { ...namespaceDetail, kind: 'document' as const, format: 'yaml' as const, target: content };
}

const namespaceDetail = {
  app: 'order-api',
  name: 'gateway',
  description: '',
  revision: 47,
  etag: '"47"',
  itemCount: 0,
  hasDraft: false,
  public: false,
  linkers: 0,
  createdAt: '2026-01-02T03:04:05.000Z',
  schema: null,
};

const explained = (live: number) => ({
  namespace: 'order',
  key: 'timeoutMs',
  live,
  liveKnown: true,
  liveRelease: 7,
  target: 800,
  ladder: [
    {
      layer: 'global' as const,
      matched: true,
      wins: true,
      value: live,
      release: 7,
      revision: 47,
      reason: 'released to every instance',
    },
    { layer: 'default' as const, matched: false, wins: false, reason: 'not asked' },
  ],
  timeline: [],
});
