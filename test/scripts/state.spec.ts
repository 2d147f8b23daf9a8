import { afterAll, describe, expect, it } from '@jest/globals';
import { WatchedHost } from './watched-host.ts';

const watched = new WatchedHost({ spare: false });
afterAll(() => watched.close());

/** What a version of its own answers to some calls, one after the other and then in one turn. */
async function answers(body: string, calls = 3, owner = body): Promise<unknown[]> {
  const { host } = watched;
  const source = `function decide(call) { ${body} }`;
  const version = host.acquire(owner, { entry: 'decide', source, timeoutMs: 1000 });
  expect(await host.compiled(version)).toBeUndefined();
  const ask = (n: number) => host.ask(version, JSON.stringify([{ n }, null]));
  const results = [];
  for (let n = 0; n < calls; n++) results.push(await ask(n));
  results.push(...(await Promise.all(Array.from({ length: 30 }, (_, n) => ask(calls + n)))));
  host.release(version);
  return results.map((result) => (result.ok ? result.value : result.failure.code));
}

describe('a call', () => {
  it.each([
    [
      'E14 a global',
      'const was = globalThis.left; try { globalThis.left = 1 } catch {} return was ?? "none"',
    ],
    ['E14 a property of its function', 'const was = decide.left; decide.left = 1; return was ?? "none"'],
    [
      'E14 a prototype',
      'const was = [].left; try { Array.prototype.left = 1 } catch {} return was ?? "none"',
    ],
    ['E14 a built-in object', 'const was = JSON.left; try { JSON.left = 1 } catch {} return was ?? "none"'],
    [
      'E14 a hidden prototype',
      'const p = Object.getPrototypeOf([][Symbol.iterator]()); const was = p.left; try { p.left = 1 } catch {} return was ?? "none"',
    ],
    [
      'E14 a prototype of generators',
      'const p = (function*(){}).constructor.prototype; const was = p.left; try { p.left = 1 } catch {} return was ?? "none"',
    ],
    [
      'E14 the place in a pattern',
      'const r = /a/g; const was = r.lastIndex; r.test("aa"); return was === 0 ? "none" : was',
    ],
    [
      'E14 the last match',
      '/secret(\\d)/.exec("secret" + call.n); return RegExp.$1 ?? RegExp.lastMatch ?? RegExp["$&"] ?? "none"',
    ],
    ['E14 its input', 'const was = call.left; call.left = 1; return was ?? "none"'],
    [
      'E13 a promise that is still to come',
      'const was = globalThis.left; Promise.resolve().then(() => { try { globalThis.left = 1 } catch {} }); return was ?? "none"',
    ],
    [
      'E14 the texts of a template',
      'const f = (t) => t; const t = f`x`; const was = t.left; try { t.left = 1 } catch {} return was ?? "none"',
    ],
    [
      'E14 a global that is declared',
      'try { Function("globalThis.left = 1")() } catch {} return globalThis.left ?? "none"',
    ],
    [
      'E8 how JSON is written',
      'try { JSON.stringify = () => "1" } catch {} try { Object.prototype.toJSON = () => 1 } catch {} return "none"',
    ],
    ['E8 how promises go on', 'try { Promise.prototype.then = () => 1 } catch {} return "none"'],
    ['E8 how patterns run', 'try { RegExp.prototype.exec = () => 1 } catch {} return "none"'],
    [
      'E8 how lists are made',
      'try { Object.defineProperty(Array, Symbol.species, { value: 1 }) } catch {} return "none"',
    ],
  ])('finds nothing of the one before: %s', async (_, body) => {
    expect(new Set(await answers(body))).toEqual(new Set(['none']));
  });

  it('E14 finds nothing that is declared beside its function', async () => {
    const { host } = watched;
    const source =
      'let count = 0; const seen = new Map(); function decide() { seen.set(count, 1); return ++count + seen.size }';
    const version = host.acquire('beside', { entry: 'decide', source, timeoutMs: 1000 });
    for (let n = 0; n < 5; n++) expect(await host.ask(version, '[{},null]')).toEqual({ ok: true, value: 2 });
  });

  it.each([
    ['the time', 'return Date.now()'],
    ['a date of now', 'return new Date()'],
    ['a date as text', 'return Date()'],
    ['the constructor of a date', 'return new (new Date(0).constructor)()'],
    ['chance', 'return Math.random()'],
  ])('depends on nothing but its input: %s', async (_, body) => {
    expect(new Set(await answers(body))).toEqual(new Set(['threw']));
  });

  it('tells the hour from the time it is given, the same on every machine', async () => {
    expect((await answers('return new Date(call.n * 3600000).getHours()', 3)).slice(0, 5)).toEqual([
      0, 1, 2, 3, 4,
    ]);
    expect(new Set(await answers('return (1234.5).toLocaleString() + typeof Intl'))).toEqual(
      new Set(['1,234.5undefined']),
    );
  });

  it('gets its own answer, in order, also when some of a turn throw', async () => {
    const all = await answers('if (call.n % 3 === 0) throw new Error("x"); return call.n', 3);
    expect(all).toEqual(all.map((_, n) => (n % 3 === 0 ? 'threw' : n)));
  });

  it('is unharmed by one of its turn that does not end', async () => {
    const { host } = watched;
    const source = 'function decide(call) { if (call.n === 17) for(;;); return call.n }';
    const version = host.acquire('one of many', { entry: 'decide', source, timeoutMs: 100 });
    await host.compiled(version);
    for (let n = 100; n < 200; n++) await host.ask(version, JSON.stringify([{ n }, null])); // now they go in together
    const all = await Promise.all(
      Array.from({ length: 30 }, (_, n) => host.ask(version, JSON.stringify([{ n }, null]))),
    );
    expect(all.slice(0, 17).every((one) => one.ok)).toBe(true);
    expect(all[17]).toMatchObject({ ok: false });
  });

  it.each([
    'JSON.stringify = () => "[1,1]"',
    'Object.prototype.toJSON = () => 1',
    'Array.prototype.toJSON = () => 1',
    'String.prototype.slice = () => "x"',
    'String = () => "x"',
    'Object.freeze = () => 1',
    'Object.defineProperty(Array, Symbol.species, { value: Proxy })',
    'RegExp.prototype.exec = () => ["", "1", "1"]',
    'Promise.prototype.then = () => 1',
    'Function.prototype.call = () => 1',
    'Error.prepareStackTrace = () => 1',
  ])('E8 is not served by built-ins that its source changes first: %s', async (change) => {
    const { host } = watched;
    const changed = `${change};\nfunction decide() { return { list: [1, "a"] } }`;
    expect(await watched.word(changed, { timeoutMs: 1000 })).toBe('compile');
    const source = `try { ${change} } catch {}\nfunction decide() { return { list: [1, "a"] } }`;
    const version = host.acquire(change, { entry: 'decide', source, timeoutMs: 1000 });
    for (let n = 0; n < 2; n++)
      expect(await host.ask(version, '[{},null]')).toEqual({ ok: true, value: { list: [1, 'a'] } });
    host.release(version);
  });
});

describe('two owners of one source', () => {
  it('E15 share nothing', async () => {
    const body = 'const was = globalThis.left; try { globalThis.left = 1 } catch {} return was ?? "none"';
    const [one, other] = await Promise.all([answers(body, 3, 'one'), answers(body, 3, 'other')]);
    expect(new Set([...one, ...other])).toEqual(new Set(['none']));
    const { host } = watched;
    const source = { entry: 'decide', source: 'function decide() { return "pass" }', timeoutMs: 50 } as const;
    const [a, b, again] = [host.acquire('a', source), host.acquire('b', source), host.acquire('a', source)];
    expect(a.handle).not.toBe(b.handle);
    expect(again).toBe(a);
  });
});
