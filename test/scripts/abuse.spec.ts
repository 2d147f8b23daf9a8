import { readdirSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, describe, expect, it } from '@jest/globals';
import { until } from '../support/until.ts';
import { escapes, hangs, oddResults } from './hostile-sources.ts';
import { noiseMs, WatchedHost } from './watched-host.ts';

const watched = new WatchedHost();
const timeoutMs = 100;
const graceMs = 50;

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
const decide = (body: string): string => `function decide(call) { ${body} }`;

afterAll(() => watched.close());

describe('the watchdog of this process', () => {
  it('sees what stands still', async () => {
    const { standstillMs } = await watched.watchdog.during(async () => {
      await wait(5);
      // Asleep, so that what others do to this machine takes nothing off.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2 * (timeoutMs + graceMs));
    });
    expect(standstillMs).toBeGreaterThan(timeoutMs + graceMs);
  });
});

describe('a script that does not end by itself', () => {
  it.each(hangs)('is ended and holds up nobody: %s', async (_, body, ends) => {
    // What blocks by itself does so each time; what this machine adds, it doesn't.
    let heldUp = true;
    for (let tries = 0; heldUp && tries < 3; tries++) {
      const calm = await watched.watchdog.during(() => wait(timeoutMs + graceMs));
      const hung = await watched.watchdog.during(() => watched.ask(decide(body), { timeoutMs }));
      const { result, tookMs } = hung.result;
      expect(ends).toContain(result.ok ? JSON.stringify(result.value) : result.failure.code);
      // On a loaded machine a call is run once more, five times as long.
      expect(tookMs).toBeLessThan(6 * (timeoutMs + graceMs) + noiseMs);
      heldUp = hung.standstillMs > calm.standstillMs + timeoutMs + graceMs;
    }
    expect(heldUp).toBe(false);
    // Whatever was left of the child, or the spare that took over, still works.
    expect(await watched.word(decide('return "pass"'), { timeoutMs: 1000 })).toBe('pass');
    expect(watched.host.pending).toBe(0);
  });

  it('E1 leaves nothing behind when its process is killed, again and again', async () => {
    const { host } = watched;
    const pids = new Set<number>();
    const atRest = async () => {
      await until('a process and its spare', async () => host.pids.length === 2);
      for (const pid of host.pids) pids.add(pid);
      return {
        open: readdirSync('/dev/fd').length,
        listeners: process.listenerCount('exit'),
        versions: host.stats().length,
      };
    };
    const before = await atRest();
    for (const body of ['throw { get message() { for(;;); } }', 'return Array(1e9).fill(0)'])
      for (let n = 0; n < 3; n++) {
        await watched.ask(decide(body), { timeoutMs: 20 });
        await atRest();
      }
    const isGone = (pid: number) => host.pids.includes(pid) || !isAlive(pid);
    await until('the end of every one that was killed', async () => [...pids].every(isGone));
    expect(await atRest()).toEqual(before);
    expect(host.pending).toBe(0);
  });
});

describe('a script that answers or throws odd things', () => {
  it.each(oddResults)('comes to text or to an error: %s', async (_, body, ends) => {
    expect(ends).toContain(await watched.word(decide(body), { timeoutMs: 1000 }));
  });

  it('E1 cannot draw on a terminal with what it throws', async () => {
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
    ['E17 closing the wrapper', '}); evil(); (function(){'],
    ['E17 closing the function', '} return 1; function x() {'],
    ['E17 closing it and opening another', '}, function evil() { for(;;);'],
    ['E17 an open comment', 'function decide() { return "pass" } /*'],
    ['E17 an open text', 'function decide() { return "pass" } `'],
    ['E9 an import', 'import fs from "node:fs"; function decide() {}'],
    ['E9 an export', 'export function decide() {}'],
    ['E9 import.meta', 'function decide() { return import.meta.url }'],
    ['E9 top-level await', 'await 1; function decide() {}'],
  ])('is not even compiled: %s', async (_, source) => {
    expect(await watched.word(source)).toBe('compile');
  });

  it('E9 cannot load anything', async () => {
    const source = decide(
      'let got = "pass"; import("node:fs").then(() => { got = "loaded" }, () => {}); return got',
    );
    expect(['pass', 'threw']).toContain(await watched.word(source));
  });

  it('E9, E10, E11, E12 sees these globals and no others', async () => {
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
