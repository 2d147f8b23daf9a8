import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { escapes, hangs, oddResults } from './hostile-sources.ts';
import { noiseMs, WatchedHost } from './watched-host.ts';

const watched = new WatchedHost();
const timeoutMs = 100;
const graceMs = 50;
const decide = (body: string): string => `function decide(call) { ${body} }`;

beforeEach(() => watched.reset());
afterAll(() => watched.close());

describe('a script that does not end by itself', () => {
  it.each(hangs)('is ended: %s', async (_, body, ends) => {
    const { result, tookMs } = await watched.ask(decide(body), { timeoutMs });
    expect(ends).toContain(result.ok ? JSON.stringify(result.value) : result.failure.code);
    // On a loaded machine a call is run once more, five times as long.
    expect(tookMs).toBeLessThan(6 * (timeoutMs + graceMs) + noiseMs);
    expect(watched.longestStandstillMs).toBeLessThan(timeoutMs + graceMs + noiseMs);
    // Whatever was left of the child, or the spare that took over, still works.
    expect(await watched.word(decide('return "pass"'), { timeoutMs: 1000 })).toBe('pass');
    expect(watched.host.pending).toBe(0);
  });
});

describe('a script that answers or throws odd things', () => {
  it.each(oddResults)('comes to text or to an error: %s', async (_, body, ends) => {
    expect(ends).toContain(await watched.word(decide(body), { timeoutMs: 1000 }));
  });

  it('cannot draw on a terminal with what it throws', async () => {
    expect(await watched.complaint(decide('throw new Error("a\\u001b[2J\\nb")'))).toContain(
      'threw: a [2J b.',
    );
  });
});

describe('a script that looks for a way out', () => {
  it.each(escapes)('finds nothing: %s', async (_, body) => {
    const { result } = await watched.ask(decide(body), { timeoutMs: 1000, input: { a: {} } });
    // It throws, or holds something of its own isolate that has no data.
    if (result.ok) expect(['{}', '[]', 'null']).toContain(JSON.stringify(result.value));
    else expect(['threw', 'bad_result']).toContain(result.failure.code);
  });

  it.each([
    ['closing the wrapper', '}); evil(); (function(){'],
    ['closing the function', '} return 1; function x() {'],
    ['closing it and opening another', '}, function evil() { for(;;);'],
    ['an open comment', 'function decide() { return "pass" } /*'],
    ['an open text', 'function decide() { return "pass" } `'],
    ['an import', 'import fs from "node:fs"; function decide() {}'],
    ['an export', 'export function decide() {}'],
    ['import.meta', 'function decide() { return import.meta.url }'],
    ['top-level await', 'await 1; function decide() {}'],
  ])('is not even compiled: %s', async (_, source) => {
    expect(await watched.word(source)).toBe('compile');
  });

  it('cannot load anything', async () => {
    const source = decide(
      'let got = "pass"; import("node:fs").then(() => { got = "loaded" }, () => {}); return got',
    );
    expect(['pass', 'threw']).toContain(await watched.word(source));
  });

  it('sees these globals and no others', async () => {
    const { result } = await watched.ask(decide('return Object.getOwnPropertyNames(globalThis).sort()'));
    expect(result).toMatchObject({ ok: true });
    expect((result as { value: unknown }).value).toEqual(
      (
        'AggregateError Array ArrayBuffer AsyncDisposableStack BigInt BigInt64Array BigUint64Array Boolean DataView ' +
        'Date DisposableStack Error EvalError Float16Array Float32Array Float64Array Function Infinity Int16Array ' +
        'Int32Array Int8Array Iterator JSON Map Math NaN Number Object Promise Proxy RangeError ReferenceError ' +
        'Reflect RegExp Set String SuppressedError Symbol SyntaxError TypeError URIError Uint16Array Uint32Array ' +
        'Uint8Array Uint8ClampedArray WeakMap WeakSet decodeURI decodeURIComponent encodeURI encodeURIComponent ' +
        'escape globalThis isFinite isNaN parseFloat parseInt undefined unescape'
      )
        .split(' ')
        .sort(),
    );
  });
});
