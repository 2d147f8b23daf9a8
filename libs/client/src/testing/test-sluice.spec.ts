import { describe, expect, it, jest } from '@jest/globals';
import { bool, json, num, str } from '../config/spec.ts';
import { BlockedError } from '../guard/blocked-error.ts';
import { manualClock } from './manual-clock.ts';
import { testSluice } from './test-sluice.ts';

describe('reading', () => {
  it('gives pushed values where there are some, else the defaults', async () => {
    const sluice = testSluice({ 'order.timeoutMs': 50 });
    const order = sluice.config('order', {
      timeoutMs: num(800),
      vip: json<string[] | null>(['x']),
      on: bool(true),
    });
    expect(order.timeoutMs).toBe(50);
    expect(order.vip).toEqual(['x']);
    await sluice.set({ 'order.vip': null, 'order.on': false });
    expect(order.vip).toBeNull();
    expect(order.get('on')).toBe(false); // `on` is a method, so the key is read this way
    await sluice.unset('order.timeoutMs', 'order.vip');
    expect(order.values()).toEqual({ timeoutMs: 800, vip: ['x'], on: false });
  });

  it('serves one namespace to several declarations', async () => {
    const sluice = testSluice({ 'order.timeoutMs': 50, 'order.mode': 'fast' });
    const [a, b] = [
      sluice.config('order', { timeoutMs: num(1) }),
      sluice.config('order', { mode: str('slow'), timeoutMs: num(2) }),
    ];
    await sluice.set('order.timeoutMs', 70);
    expect([a.timeoutMs, b.timeoutMs, b.mode]).toEqual([70, 70, 'fast']);
  });

  it('gives the same config for the same declaration', () => {
    const sluice = testSluice();
    const spec = { timeoutMs: num(1) };
    expect(sluice.config('order', spec)).toBe(sluice.config('order', spec));
    expect(sluice.config('pay', spec)).not.toBe(sluice.config('order', spec));
  });

  it('takes a name for data, whatever JavaScript thinks of it', () => {
    const order = testSluice().config('order', { toString: str('text'), valueOf: num(1) });
    expect([order.toString, order.valueOf]).toEqual(['text', 1]);
    expect(() => testSluice().config('order', { 'bad name': num(1) })).toThrow('"bad name" is not a name');
  });

  it('freezes what all readers share', async () => {
    const sluice = testSluice({ 'order.vip': ['a'] });
    const order = sluice.config('order', { vip: json<string[]>([]) });
    expect(() => (order.vip as string[]).push('b')).toThrow(TypeError);
    expect(order.vip).toEqual(['a']);
  });

  it('of an unknown key answers undefined and names the nearest', () => {
    const sluice = testSluice({ 'order.timeoutMs': 50 });
    const heard: string[] = [];
    sluice.on('notice', (notice) => heard.push(notice.text));
    const order = sluice.config('order', { timeoutMs: num(800) });
    expect(order.get('timeOutMs' as 'timeoutMs')).toBeUndefined();
    expect(sluice.get('ordr.timeoutMs')).toBeUndefined();
    expect(heard).toEqual([
      'No config "order.timeOutMs". Did you mean "order.timeoutMs"? Reads of it answer undefined.',
      'No config "ordr.timeoutMs". Did you mean "order.timeoutMs"? Reads of it answer undefined.',
    ]);
  });
});

describe('a snapshot', () => {
  it('stays as it was taken, over several keys and namespaces', async () => {
    const sluice = testSluice({ 'order.low': 1, 'order.high': 2, 'pay.fee': 3 });
    const order = sluice.config('order', { low: num(0), high: num(0) });
    const taken = sluice.snapshot();
    await sluice.set({ 'order.low': 10, 'order.high': 20, 'pay.fee': 30 });
    expect(taken.of(order)).toEqual({ low: 1, high: 2 });
    expect([taken.get('pay.fee'), sluice.get('pay.fee')]).toEqual([3, 30]);
    expect(sluice.snapshot().revision).toBe(taken.revision + 1);
  });

  it('is swapped whole: no listener sees half of a push', async () => {
    const sluice = testSluice({ 'order.low': 1, 'order.high': 2 });
    const order = sluice.config('order', { low: num(0), high: num(0) });
    const seen: unknown[] = [];
    order.on('low', () => void seen.push(order.values()));
    order.on('high', () => void seen.push(order.values()));
    await sluice.set({ 'order.low': 10, 'order.high': 20 });
    expect(seen).toEqual([
      { low: 10, high: 20 },
      { low: 10, high: 20 },
    ]);
  });
});

describe('a document', () => {
  it('is read as text, and as data when it is JSON', async () => {
    const sluice = testSluice();
    const banner = sluice.document<{ title: string }>('banner', { text: '{"title":"none"}', format: 'json' });
    const heard: unknown[] = [];
    banner.on('change', (value, previous, meta) => void heard.push([value.text, previous.text, meta.layer]));
    expect(banner.data?.title).toBe('none');
    await sluice.set('banner', { title: 'Sale' });
    expect([banner.data?.title, banner.format]).toEqual(['Sale', 'json']);
    expect(banner.data).toBe(banner.data); // parsed once
    await sluice.set('banner', 'plain: text');
    expect([banner.text, banner.format, banner.data]).toEqual(['plain: text', 'text', undefined]);
    await sluice.unset('banner');
    expect(banner.data?.title).toBe('none');
    expect(heard).toEqual([
      ['{"title":"Sale"}', '{"title":"none"}', 'global'],
      ['plain: text', '{"title":"Sale"}', 'global'],
      ['{"title":"none"}', 'plain: text', 'default'],
    ]);
  });

  it('is no map, and a map is no document', async () => {
    const sluice = testSluice({ 'order.timeoutMs': 1, banner: 'text' });
    expect(() => sluice.document('order')).toThrow('it is a map, and the code reads it as a document');
    expect(() => sluice.config('banner', { a: num(1) })).toThrow(
      'it is a document, and the code reads it as a map',
    );
  });
});

describe('explain', () => {
  it('says value, layer, release, source, age and the whole ladder', async () => {
    const clock = manualClock();
    const sluice = testSluice({ 'order.timeoutMs': 50 }, { clock });
    sluice.config('order', { timeoutMs: num(800), retries: num(3) });
    await clock.advance(1500);
    expect(sluice.explain('order.timeoutMs')).toEqual({
      namespace: 'order',
      key: 'timeoutMs',
      value: 50,
      layer: 'global',
      release: 1,
      revision: 1,
      source: 'server',
      ageMs: 1500,
      ladder: [
        { layer: 'global', wins: true, value: 50, release: 1, revision: 1, ageMs: 1500 },
        { layer: 'default', wins: false, value: 800 },
      ],
    });
    expect(sluice.explain('order.retries')).toMatchObject({ value: 3, layer: 'default', source: 'default' });
    expect(sluice.explain('order.timeOutMs')).toMatchObject({
      layer: 'none',
      hint: 'No config "order.timeOutMs". Did you mean "order.timeoutMs"?',
    });
  });

  it('finds its way through names with dots', () => {
    const sluice = testSluice();
    sluice.config('order', { 'v2.timeoutMs': num(1) });
    sluice.config('order.v2', { retries: num(2) });
    expect(sluice.explain('order.v2.timeoutMs')).toMatchObject({ namespace: 'order', key: 'v2.timeoutMs' });
    expect(sluice.explain('order.v2.retries')).toMatchObject({ namespace: 'order.v2', key: 'retries' });
  });
});

describe('a client for tests', () => {
  it('is live at once, and rejects what the code would refuse', async () => {
    const sluice = testSluice({ 'order.timeoutMs': 50 });
    expect(await sluice.ready()).toBe('live');
    const order = sluice.config('order', { timeoutMs: num(800, { min: 1 }) });
    await expect(sluice.set('order.timeoutMs', 0)).rejects.toThrow('order was refused: timeoutMs = 0');
    expect(order.timeoutMs).toBe(50);
    expect(() => sluice.config('order', { timeoutMs: str('') })).toThrow("can't be served as declared");
  });

  it('lets a test hear of a listener that fails', async () => {
    const sluice = testSluice();
    sluice.config('order', { timeoutMs: num(800) }).on('timeoutMs', () => {
      throw new Error('pool closed');
    });
    await expect(sluice.set('order.timeoutMs', 1)).rejects.toThrow(
      'listener of order.timeoutMs: pool closed',
    );
  });

  it('lets no listener of calls change what becomes of one, and tells of it', async () => {
    const sluice = testSluice();
    const heard: string[] = [];
    sluice.on('notice', ({ text }) => void heard.push(text));
    for (const event of ['breaker', 'blocked', 'wouldBlock'] as const)
      sluice.on(event, () => {
        throw new Error(`no ${event}`);
      });
    const resource = { match: 'exact', value: 'pay' } as const;
    await sluice.rules({
      one: { kind: 'limit', algorithm: 'concurrency', max: 1, queue: 0, mode: 'intercept', resource },
      never: { kind: 'degrade', mode: 'monitor', resource, onBlock: { answer: 'empty' } },
      trip: {
        kind: 'breaker',
        strategy: 'consecutiveErrors',
        threshold: 1,
        minCalls: 1,
        windowMs: 1000,
        openMs: 1000,
        mode: 'monitor',
        resource,
      },
    });
    const passage = sluice.entry('pay');
    expect(() => sluice.entry('pay')).toThrow(BlockedError);
    passage.exit('error');
    sluice.entry('pay').exit();
    expect(heard.map((text) => /no \w+/.exec(text)?.[0])).toEqual([
      'no wouldBlock',
      'no blocked',
      'no breaker',
      'no wouldBlock',
    ]);
    expect(heard[1]).toContain("A listener of the client's event blocked failed: no blocked.");
  });

  it('lets a call go on that waited for a permit, though the timers are those of the test', async () => {
    jest.useFakeTimers();
    try {
      const sluice = testSluice();
      const resource = { match: 'exact', value: 'pay' } as const;
      const limit = { kind: 'limit', algorithm: 'concurrency', max: 1, queue: 1, mode: 'intercept' } as const;
      await sluice.rules({ one: { ...limit, resource } });
      const passage = sluice.entry('pay');
      const waiting = sluice.enter('pay');
      passage.exit();
      (await waiting).exit();
    } finally {
      jest.useRealTimers();
    }
  });

  it('proves what it holds', async () => {
    const [a, b] = [testSluice({ 'x.a': 1, 'x.b': 2 }), testSluice({ 'x.b': 2, 'x.a': 1 })];
    expect(a.digests().rootDigest).toBe(b.digests().rootDigest);
    await b.set('x.a', 2);
    expect(a.digests().rootDigest).not.toBe(b.digests().rootDigest);
    await a.close();
    expect(a.get('x.a')).toBe(1);
  });
});
