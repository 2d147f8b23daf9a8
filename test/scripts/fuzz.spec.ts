import { afterAll, expect, it } from '@jest/globals';
import { escapes, hangs, oddResults } from './hostile-sources.ts';
import { noiseMs, WatchedHost } from './watched-host.ts';

const fuzzMs = Number(process.env.SLUICE_FUZZ_MS ?? 6000);
const seed = Number(process.env.SLUICE_FUZZ_SEED ?? 1);
const watched = new WatchedHost();
afterAll(() => watched.close());

/** The same numbers for the same seed. */
function numbers(from: number): (below: number) => number {
  let state = from >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

const snippets = [
  ...[...hangs, ...oddResults].map(([, body]) => body),
  ...escapes.map(([, body]) => body),
  'class A extends Array { static get [Symbol.species]() { return Proxy } } return new A(3).map((x) => x)',
  'const b = new ArrayBuffer(8, { maxByteLength: 64 }); const d = new DataView(b); b.resize(0); return d.getInt8(0)',
  'return [3, 1, 2].sort(() => { throw new Proxy({}, {}) })',
  'return JSON.stringify({ toJSON: null, [Symbol.toPrimitive]: 1 }, (k, v) => (k ? this : v))',
  'return Reflect.construct(Date, [0], class { constructor() { return {} } })',
  'label: { try { return 1 } finally { break label } } return Object.getOwnPropertyDescriptors(call)',
  'return "x".replace(/x/, () => { throw { get name() { return 1n } } })',
  'async function* g() { yield* [1, Promise.reject(2)] } g().next(); return "pass"',
  'return structuredClone(call)',
  'with (call) { return now }',
  'return Array.from({ length: 1e6, 999999: 1 }).flat(Infinity).length',
  'return new Proxy(function () {}, { apply() { for (;;); } })()',
  'return parseInt.apply(null, { length: 1e8 })',
  'return (0, Object.getOwnPropertySymbols)(Symbol).concat(Reflect.ownKeys(globalThis).length)',
];
const pieces = [
  ';',
  '{',
  '}',
  '(',
  ')',
  '[',
  ']',
  '=>',
  '...',
  '`',
  '"',
  '/*',
  '//',
  '\\u0000',
  '\\u2028',
  'await ',
  'yield ',
  'new ',
  'delete ',
  'void ',
  'typeof ',
  '?.',
  '??',
  '**',
  'for(;;)',
  'call',
  'arguments',
  'this',
  'globalThis',
  'null',
  '0n',
  'NaN',
  'Symbol.iterator',
  '.constructor',
  '.__proto__',
  '.prototype',
  '.toString()',
  'throw ',
  'return ',
  'try{',
  '}catch{',
  '}finally{',
  'with(',
  'async ',
  'function*',
  'class ',
  '#x',
  'import(',
  'super',
  'debugger;',
];

function mutated(pick: (below: number) => number): string {
  let body = snippets[pick(snippets.length)]!;
  for (let n = pick(4); n > 0; n--) {
    const [at, length] = [pick(body.length + 1), pick(12)];
    const other = snippets[pick(snippets.length)]!;
    const from = pick(other.length);
    const put = [pieces[pick(pieces.length)]!, other.slice(from, from + pick(40)), ''][pick(3)]!;
    body = body.slice(0, at) + put + body.slice(at + length);
  }
  return `function decide(call) { ${body}\n}`;
}

it(
  'E23 outlives scripts that nobody would write',
  async () => {
    const pick = numbers(seed);
    const codes = new Map<string, number>();
    const until = performance.now() + fuzzMs;
    let tried = 0;
    const lane = async (): Promise<void> => {
      while (performance.now() < until) {
        const source = mutated(pick);
        const { result } = await watched.ask(source, { timeoutMs: 30, input: { a: {} } });
        const code = result.ok ? 'answered' : result.failure.code;
        codes.set(code, (codes.get(code) ?? 0) + 1);
        tried++;
        // Nothing of this process may ever be in an answer.
        const text = JSON.stringify(result);
        for (const secret of [process.execPath, process.cwd(), process.env.PATH ?? 'no path'])
          if (text.includes(secret)) throw new Error(`it knows ${secret}: ${source}`);
      }
    };
    watched.reset();
    await Promise.all([lane(), lane(), lane()]);
    expect(watched.longestStandstillMs).toBeLessThan(80 + noiseMs);
    expect(watched.host.pending).toBe(0);
    expect(watched.host.scriptsUnavailable).toBeUndefined();
    expect([...codes.values()].reduce((sum, n) => sum + n, 0)).toBe(tried);
    expect(tried).toBeGreaterThan(10);
    expect(await watched.word('function decide() { return "pass" }', { timeoutMs: 1000 })).toBe('pass');
    if (process.env.SLUICE_FUZZ_MS) console.log(tried, Object.fromEntries(codes));
  },
  fuzzMs + 60_000,
);
