import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { Dropped, Refused } from './fake-server.ts';
import { contents, instanceOf, namespaceOf, pushOf, released, releaseOf } from './order-api.ts';
import { type OrderCommand, startOrderCommand } from './order-command.ts';

let order: OrderCommand;
beforeEach(async () => {
  order = await startOrderCommand();
});
afterEach(() => order.fake.stop());

const set = ['set', 'order-api', 'order.timeoutMs=500'];
const plan = 'Change order.timeoutMs 800 -> 500 on 2 instances of order-api in prod (global)\n';

describe('set', () => {
  it('says its plan, releases on what it read, and prints what was released', async () => {
    const ran = await order.sluice([...set, '-m', 'INC-12']);
    expect(ran.code).toBe(0);
    expect(ran.err).toContain(plan);
    expect(ran.out).toBe(
      'NAMESPACE  OUTCOME  RELEASE  REVISION  PUSH  HOLDING\norder      changed  8        48        p-1   0/2\n',
    );
    const { body, headers } = order.fake.last('publish');
    expect(headers['if-match']).toBe('"order-47"');
    expect(headers['idempotency-key']).toMatch(/^[0-9a-f-]{36}$/);
    expect(body).toEqual({
      changes: { set: { timeoutMs: { type: 'number', value: 500, min: 50, max: 5000 } } },
      message: 'INC-12',
    });
  });

  it('takes several keys of one namespace in one release', async () => {
    const ran = await order.sluice(['set', 'order-api', 'order.timeoutMs=500', 'order.retries=3']);
    expect(ran.err).toContain('Add order.retries = 3, Change order.timeoutMs 800 -> 500 on 2 instances');
    expect(order.fake.writes).toEqual(['publish']);
  });

  it('keeps the type of the item, and refuses what is not of it or out of its bounds', async () => {
    await order.sluice(['set', 'order-api', 'order.greeting=500']);
    expect(order.fake.last('publish').body).toMatchObject({
      changes: { set: { greeting: { type: 'string', value: '500' } } },
    });
    const before = order.fake.writes.length;
    for (const value of ['fast', '49', '5001'])
      expect((await order.sluice(['set', 'order-api', `order.timeoutMs=${value}`])).code).toBe(1);
    expect(order.fake.writes).toHaveLength(before);
    const typed = await order.sluice(['set', 'order-api', 'order.timeoutMs=fast', '--type', 'string']);
    expect(typed.code).toBe(0);
    expect(order.fake.last('publish').body).toMatchObject({
      changes: { set: { timeoutMs: { type: 'string', value: 'fast' } } },
    });
  });

  it('does nothing when it is so already', async () => {
    const ran = await order.sluice(['set', 'order-api', 'order.timeoutMs=800']);
    expect(ran).toMatchObject({ code: 0, err: 'Nothing to do: order says so already.\n' });
    expect(order.fake.writes).toEqual([]);
  });

  it('creates nothing by a slip', async () => {
    const slip = await order.sluice(['set', 'order-api', 'order.timeOutMs=500']);
    expect(slip).toMatchObject({ code: 1, err: expect.stringContaining('Did you mean order.timeoutMs?') });
    const unknown = await order.sluice(['set', 'order-api', 'odrer.timeoutMs=500']);
    expect(unknown).toMatchObject({ code: 1, err: expect.stringContaining('Did you mean "order"?') });
    const document = await order.sluice(['set', 'order-api', 'gateway.port=1']);
    expect(document).toMatchObject({ code: 2, err: expect.stringContaining('released whole') });
    expect(order.fake.writes).toEqual([]);
  });

  it('creates a namespace when told to', async () => {
    order.fake.on('createNamespace', () => {
      const { live: _, ...empty } = namespaceOf('order');
      return { ...empty, name: 'fresh', etag: '"0"', revision: 0, schema: null, linkers: 0 };
    });
    const ran = await order.sluice(['set', 'order-api', 'fresh.a=1', '--create']);
    expect(ran.err).toContain('Create fresh: Add fresh.a = 1 on 2 instances');
    expect(order.fake.writes).toEqual(['createNamespace', 'publish']);
    expect(order.fake.last('publish').headers['if-match']).toBe('"0"');
  });

  it('changes nothing in a dry run', async () => {
    const ran = await order.sluice([...set, '--dry-run']);
    expect(ran).toEqual({
      code: 0,
      out: 'KEY              CHANGE   BEFORE  AFTER\norder.timeoutMs  changed  800     500\n',
      err: `${plan}Dry run: nothing was changed.\n`,
    });
    expect(order.fake.writes).toEqual([]);
    const data = await order.sluice([...set, '--dry-run', '-o', 'yaml', '--quiet']);
    expect(data.err).toBe('');
    expect(parse(data.out)).toMatchObject({ dryRun: true, namespaces: [{ name: 'order' }] });
  });

  it('is a plain release with --mode global too', async () => {
    expect((await order.sluice([...set, '--mode', 'global'])).code).toBe(0);
    expect(order.fake.writes).toEqual(['publish']);
    const ran = await order.sluice(['rollback', 'order-api', 'order', '--mode', 'gray']);
    expect(ran).toMatchObject({ code: 2, err: expect.stringContaining('for every instance') });
  });

  it('names the instances that are offline', async () => {
    order.fake.on('listInstances', () => ({
      items: [instanceOf('i-1'), instanceOf('i-2', { online: false })],
    }));
    const { err } = await order.sluice(set);
    expect(err).toContain('on 1 instance of order-api in prod (global); 1 more are offline');
  });

  it('asks for the name of the app in a protected environment, where somebody can answer', async () => {
    const wrong = await order.sluice(set, { answers: ['yes'] });
    expect(wrong).toMatchObject({ code: 1, err: expect.stringContaining('Not confirmed') });
    expect(order.fake.writes).toEqual([]);
    expect((await order.sluice(set, { answers: ['order-api'] })).code).toBe(0);
    expect(order.machine.asked).toHaveLength(2);
    expect((await order.sluice([...set, '--yes'], { answers: [] })).code).toBe(0);
    expect(order.machine.asked).toHaveLength(2);
  });

  it('shows all three versions when somebody was faster', async () => {
    let reads = 0;
    const theirs = { kind: 'map', items: { timeoutMs: { type: 'number', value: 600 } } } as const;
    order.fake
      .on('getNamespace', () => ({
        ...namespaceOf('order'),
        schema: null,
        linkers: 0,
        target: reads++ === 0 ? contents.order! : theirs,
      }))
      .on('publish', () => {
        throw new Refused({ status: 412, code: 'base_moved', message: 'Somebody released revision 48.' });
      });
    const ran = await order.sluice(set);
    expect(ran.code).toBe(5);
    expect(ran.out).toBe('');
    expect(ran.err).toContain('Error: Somebody released revision 48.');
    expect(ran.err).toMatch(/KEY +BASE +YOURS +LIVE NOW/);
    expect(ran.err).toMatch(/order.timeoutMs +800 +500 +600 +<- both changed it/);
    expect(ran.err).toContain('[base_moved · request req-1]');
  });
});

describe('--wait', () => {
  it('follows the push to its verdict', async () => {
    const states = [pushOf('running', { pending: 1, applied: 1 }), pushOf('converged', { applied: 2 })];
    order.fake.on('getPush', () => states.shift()!);
    const ran = await order.sluice([...set, '--wait']);
    expect(ran.code).toBe(0);
    expect(ran.err.split('\n').slice(1)).toEqual([
      'order 8: holding 0/2  pending 2',
      'order 8: holding 1/2  pending 1',
      'order 8: holding 2/2',
      'Converged: 2 of 2 instances hold release 8 of order; the last applied after 118 ms.',
      '',
    ]);
    expect(ran.out).toContain('2/2');
  });

  it('exits 3 when not every instance holds it, and says who', async () => {
    order.fake
      .on('getPush', () => pushOf('diverged', { applied: 1, rejected: 1 }))
      .on('listPushInstances', () => ({
        items: [{ instanceId: 'i-2', state: 'rejected', error: 'min 50', at: '2026-01-02T03:04:05.000Z' }],
      }));
    const ran = await order.sluice([...set, '--wait', '-o', 'json']);
    expect(ran.code).toBe(3);
    expect(ran.err).toContain('Partly applied: 1 of 2 instances hold release 8 of order');
    expect(ran.err).toContain('  i-2: rejected (min 50)');
    expect(JSON.parse(ran.out)).toMatchObject({ namespaces: [{ push: { state: 'diverged' } }] });
  });

  it('exits 7 when the time is up, and tells what was released before', async () => {
    order.fake.on('getPush', () => pushOf('running', { pending: 1, applied: 1 }));
    const ran = await order.sluice([...set, '--wait', '--timeout', '2s']);
    expect(ran.code).toBe(7);
    expect(ran.out).toContain('p-1');
    expect(ran.err).toContain('Push p-1 has no verdict after 2 s: 1 of 2 instances hold it.');
    expect(ran.err).toContain('Still true: The release is live and the push goes on.');
    expect(ran.err).toContain('sluice push watch order-api p-1 --env prod');
  });

  it('stops at Ctrl+C without undoing anything', async () => {
    order.fake.on('getPush', () => pushOf('running', { pending: 2 }));
    const ran = await order.sluice(['push', 'watch', 'p-1'], { onSleep: (interrupt) => interrupt() });
    expect(ran).toMatchObject({ code: 130, err: expect.stringContaining('Stopped waiting for push p-1') });
  });
});

describe('rollback', () => {
  it('names the release that comes back, by default the one before', async () => {
    const ran = await order.sluice(['rollback', 'order-api', 'order', '-m', 'undo']);
    expect(ran.code).toBe(0);
    expect(ran.err).toContain(
      'Roll back to release 6: Remove order.greeting (was hello), Change order.timeoutMs 800 -> 600,',
    );
    expect(order.fake.last('rollback')).toMatchObject({
      body: { to: 6, message: 'undo' },
      headers: { 'if-match': '"order-47"' },
    });
    expect(ran.err).toContain('on 2 instances of order-api in prod');
    expect(ran.err).toContain('\n  i-1, i-2\n');
    await order.sluice(['rollback', 'order-api', 'order', '--to', '5', '--emergency', 'INC-7']);
    expect(order.fake.last('previewRollback').body).toEqual({ to: 5 });
    expect(order.fake.last('rollback').body).toMatchObject({ to: 5, emergency: 'INC-7' });
  });

  it('refuses a release that is not there', async () => {
    const ran = await order.sluice(['rollback', 'order-api', 'order', '--to', '99']);
    expect(ran).toMatchObject({ code: 1, err: expect.stringContaining('order has no release 99') });
  });
});

describe('apply', () => {
  const put = (data: unknown): string => {
    const path = join(order.machine.home, 'order.json');
    writeFileSync(path, JSON.stringify(data));
    return path;
  };
  const file = (timeoutMs: number) => ({
    name: 'order',
    kind: 'map',
    content: {
      kind: 'map',
      items: {
        ...(contents.order as { items: object }).items,
        timeoutMs: { type: 'number', value: timeoutMs, min: 50, max: 5000 },
      },
    },
  });

  it('releases one namespace on exactly what it read', async () => {
    const path = put({ app: 'order-api', namespaces: [file(500)] });
    const ran = await order.sluice(['apply', '-f', path, '-m', 'why']);
    expect(ran.code).toBe(0);
    expect(ran.err).toContain(plan);
    expect(order.fake.last('publish')).toMatchObject({
      body: { content: file(500).content, message: 'why' },
      headers: { 'if-match': '"order-47"' },
    });
  });

  it('releases a document from a file', async () => {
    const path = join(order.machine.home, 'gateway.yml');
    writeFileSync(path, 'server:\n  port: 2\n');
    const ran = await order.sluice(['apply', 'order-api', '-f', path, '--namespace', 'gateway']);
    expect(ran.err).toContain('Replace document gateway (3 -> 3 lines)');
    expect(order.fake.last('publish').body).toMatchObject({
      content: { kind: 'document', format: 'yaml', text: 'server:\n  port: 2\n' },
    });
  });

  it('refuses a file that is older than what somebody else released', async () => {
    order.fake.on('listHistory', () => ({
      items: [releaseOf(7, { author: 'wang' }), releaseOf(6), releaseOf(5)],
    }));
    const path = put({ app: 'order-api', environment: 'prod', revision: 46, namespaces: [file(500)] });
    const stale = await order.sluice(['apply', '-f', path]);
    expect(stale).toMatchObject({
      code: 5,
      err: expect.stringContaining('wang released order 7 (revision 47)'),
    });
    expect(stale.err).toMatch(/order.timeoutMs +600 +500 +800 +<- both changed it/);
    expect(order.fake.writes).toEqual([]);
    expect((await order.sluice(['apply', '-f', path, '--overwrite'])).code).toBe(0);
  });

  it('does not count my own releases as somebody else', async () => {
    const path = put({ app: 'order-api', environment: 'prod', revision: 46, namespaces: [file(500)] });
    expect((await order.sluice(['apply', '-f', path])).code).toBe(0);
  });

  it('says what is wrong with a file', async () => {
    const path = put({
      app: 'order-api',
      namespaces: [{ ...file(500), content: { kind: 'map', items: { 'bad key': 1 } } }],
    });
    const ran = await order.sluice(['apply', '-f', path]);
    expect(ran).toMatchObject({ code: 1, err: expect.stringContaining('bad key') });
    expect((await order.sluice(['apply'])).code).toBe(2);
  });
});

describe('export', () => {
  it('writes a folder of documents byte for byte, and never over something else', async () => {
    const namespaces = Object.entries(contents).map(([name, content]) => ({
      name,
      kind: content.kind,
      content,
    }));
    order.fake.on('exportApp', () => ({ app: 'order-api', environment: 'prod', revision: 47, namespaces }));
    const ran = await order.sluice(['export', 'order-api', '--dir', 'out']);
    expect(ran.code).toBe(0);
    const path = join(order.machine.home, 'out', 'gateway.yaml');
    expect(readFileSync(path, 'utf8')).toBe('\ufeffserver:\r\n  port: 1\r\n');
    expect((await order.sluice(['export', 'order-api', '--dir', 'out'])).code).toBe(0);
    writeFileSync(path, 'mine');
    const refused = await order.sluice(['export', 'order-api', '--dir', 'out']);
    expect(refused).toMatchObject({ code: 5, err: expect.stringContaining('No file was written') });
    expect(readFileSync(path, 'utf8')).toBe('mine');
    expect((await order.sluice(['export', 'order-api', '--dir', 'out', '--force'])).code).toBe(0);
    const yaml = await order.sluice(['export', 'order-api']);
    expect(parse(yaml.out)).toMatchObject({ revision: 47, namespaces });
  });
});

describe('a write whose connection breaks', () => {
  it('is sent again with the same key, so that it happens once', async () => {
    let tries = 0;
    order.fake.on('publish', () => {
      if (++tries === 1) throw new Dropped();
      return released();
    });
    expect((await order.sluice(set)).code).toBe(0);
    const keys = order.fake.asked.filter((a) => a.id === 'publish').map((a) => a.headers['idempotency-key']);
    expect(keys).toHaveLength(2);
    expect(keys[0]).toBe(keys[1]);
  });

  it('says that nobody knows, when it breaks every time', async () => {
    order.fake.on('publish', () => {
      throw new Dropped();
    });
    const ran = await order.sluice(set);
    expect(ran).toMatchObject({
      code: 8,
      err: expect.stringContaining('It is not known whether the server'),
    });
  });
});
