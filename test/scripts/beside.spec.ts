import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { residentBytes } from '../../libs/scripts/src/process-times.ts';
import { closeAll, open, until } from './opened-hosts.ts';
import { noiseMs } from './watched-host.ts';

const passes = 'function decide() { return "pass" }';
const hangs = 'function decide() { return Array(1e9).fill(0) }';
const loops = 'function decide() { for (;;); }';
afterEach(closeAll);

describe('calls beside one that misbehaves', () => {
  it('lets calls of other scripts live through a kill', async () => {
    const { host } = open();
    const bad = host.acquire('bad', { entry: 'decide', source: hangs, timeoutMs: 20 });
    const good = host.acquire('good', { entry: 'decide', source: passes, timeoutMs: 1000 });
    await Promise.all([host.compiled(bad), host.compiled(good)]);
    await until(() => host.pids.length === 2, 'a spare');
    const all = await Promise.all([
      host.ask(bad, '[{},null]'),
      ...Array.from({ length: 50 }, () => host.ask(good, '[{},null]')),
    ]);
    expect(all[0]).toMatchObject({ ok: false });
    expect(all.slice(1).filter((one) => !one.ok)).toEqual([]);
  });

  it('answers a call that began late in its own time, and counts what it does all the same', async () => {
    const { host } = open();
    const timeoutMs = 1000;
    const [one, other] = ['one', 'other'].map((owner) =>
      host.acquire(owner, { entry: 'decide', source: loops, timeoutMs }),
    );
    await Promise.all([host.compiled(one!), host.compiled(other!)]);
    const startedAt = performance.now();
    const first = host.ask(one!, '[{},null]');
    const second = await host.ask(other!, '[{},null]');
    expect(second).toMatchObject({ ok: false, failure: { code: 'busy' } });
    expect(performance.now() - startedAt).toBeLessThan(2 * timeoutMs); // the first has taken one of them
    expect((await first).ok).toBe(false);
    await until(() => other!.counts.timeouts + other!.counts.kills > 0, 'a strike');
    expect(other!.counts.failures).toBe(1);
  }, 60_000);

  it('blames the call that had to be killed, and none that waited behind it', async () => {
    const { host, events } = open();
    const source = 'function decide(call) { return call.bad ? Array(1e9).fill(0) : "pass" }';
    const version = host.acquire('a', { entry: 'decide', source, timeoutMs: 5000 });
    await host.compiled(version);
    for (let turn = 0; turn < 10; turn++)
      await Promise.all(Array.from({ length: 200 }, () => host.ask(version, '[{},null]')));
    await until(() => host.pids.length === 2, 'a spare');
    const bad = host.ask(version, '[{"bad":true},null]');
    await wait(100); // it runs by now
    const good = Array.from({ length: 100 }, () => host.ask(version, '[{},null]'));
    expect(await bad).toMatchObject({ ok: false, failure: { code: 'killed' } });
    expect((await Promise.all(good)).filter(({ ok }) => !ok)).toEqual([]);
    expect(events).toEqual(['killed']);
    expect(version.counts.kills).toBe(1);
  });

  it('blames no script for a process that somebody else killed', async () => {
    const { host, events } = open();
    const version = host.acquire('a', { entry: 'decide', source: loops, timeoutMs: 10_000 });
    await host.compiled(version);
    const asked = host.ask(version, '[{},null]');
    for (let kills = 1; kills <= 3; kills++) {
      await until(() => host.pids.length > 0, 'a process');
      await wait(50); // it runs by now
      process.kill(host.pids[0]!, 'SIGKILL');
      await until(() => events.length === kills, 'its end');
    }
    expect(await asked).toMatchObject({ ok: false, failure: { code: 'interrupted' } });
    expect([version.counts.kills, version.broken]).toEqual([0, undefined]);
  });

  it('keeps no answer back for calls that take long', async () => {
    const { host } = open({ cpuMsPerSec: 100_000 });
    const source = 'function decide(call) { if (call.bad) for (;;); return "pass" }';
    const version = host.acquire('a', { entry: 'decide', source, timeoutMs: 2 * noiseMs });
    await host.compiled(version);
    for (let turn = 0; turn < 40; turn++)
      await Promise.all(Array.from({ length: 300 }, () => host.ask(version, '[{},null]')));
    // The first fill one run; the one that does not end is in the next.
    const startedAt = performance.now();
    const first = Array.from({ length: 64 }, () => host.ask(version, '[{},null]'));
    const next = Array.from({ length: 10 }, (_, n) => host.ask(version, `[{"bad":${n === 5}},null]`));
    for (const result of await Promise.all(first)) expect(result.ok).toBe(true);
    expect(performance.now() - startedAt).toBeLessThan(2 * noiseMs);
    host.close();
    await Promise.all(next);
  });

  it.each([
    ['answers', 'return call.warm ? 1 : "库存不足请稍后".repeat(7000)', 200, ''],
    ['inputs', 'return 1', 2000, '汉'.repeat(15_000)],
  ])('is not ended for many long %s at once', async (_, body, calls, text) => {
    const { host, events } = open({ cpuMsPerSec: 100_000 });
    const source = `function fallback(call) { ${body} }`;
    const version = host.acquire('a', { entry: 'fallback', source, timeoutMs: 10_000 });
    await host.compiled(version);
    for (let turn = 0; turn < 30; turn++)
      await Promise.all(Array.from({ length: 300 }, () => host.ask(version, '[{"warm":true},null]')));
    const asked = Array.from({ length: calls }, () => host.ask(version, `[{"text":"${text}"},null]`));
    expect((await Promise.all(asked)).filter(({ ok }) => !ok)).toEqual([]);
    expect(events).toEqual([]);
  });

  it('answers a call in its own time, also behind one that may take longer', async () => {
    const { host } = open();
    const slow = host.acquire('slow', { entry: 'decide', source: loops, timeoutMs: 20_000 });
    const quick = host.acquire('quick', { entry: 'decide', source: passes, timeoutMs: 20 });
    await Promise.all([host.compiled(slow), host.compiled(quick)]);
    const behind = host.ask(slow, '[{},null]').then(() => undefined);
    expect(await Promise.race([host.ask(quick, '[{},null]'), behind])).toMatchObject({
      ok: false,
      failure: { code: 'busy' },
    });
  });

  it('stops a script that takes too much memory, not its process, and switches it off after three times', async () => {
    const { host, events } = open({ spare: false, cpuMsPerSec: 100_000 });
    const source = 'function decide() { const a = []; for (;;) a.push({ a: 1 }) }';
    const version = host.acquire('a', { entry: 'decide', source, timeoutMs: 10_000 });
    await host.compiled(version);
    const pids = host.pids;
    const codes: string[] = [];
    for (let n = 0; n < 4; n++) {
      const result = await host.ask(version, '[{},null]');
      codes.push(result.ok ? 'answered' : result.failure.code);
    }
    expect(codes).toEqual(['memory', 'memory', 'memory', 'quarantined']);
    expect([host.pids, events]).toEqual([pids, ['quarantined']]);
  });

  it('lets what a child was given of a version that is switched off hold up nobody', async () => {
    const { host, events } = open();
    const source = 'function decide() { for (;;); }';
    const bad = host.acquire('bad', { entry: 'decide', source, timeoutMs: 20 });
    const good = host.acquire('good', { entry: 'decide', source: passes, timeoutMs: 4000 });
    await Promise.all([host.compiled(bad), host.compiled(good)]);
    await until(() => host.pids.length === 2, 'a spare');
    // Quick calls let the host believe that it may send hundreds ahead.
    for (let turn = 0; turn < 20; turn++)
      await Promise.all(Array.from({ length: 300 }, () => host.ask(good, '[{},null]')));
    const asked: ReturnType<typeof host.ask>[] = [];
    await until(() => {
      // On a busy machine it sends fewer ahead, and answers what waits too long: then too few have run for ten timeouts.
      if (host.pending === 0) for (let n = 0; n < 600; n++) asked.push(host.ask(bad, '[{},null]'));
      return events.includes('quarantined');
    }, 'that it is switched off');
    expect(await host.ask(good, '[{},null]')).toEqual({ ok: true, value: 'pass' });
    for (const each of await Promise.all(asked)) expect(each.ok).toBe(false);
  });

  it('holds no memory for the results that it gave', async () => {
    const { host, events } = open({ spare: false, cpuMsPerSec: 100_000 });
    const source = 'function fallback(call) { return call.n.padEnd(60000, "x") }';
    const version = host.acquire('a', { entry: 'fallback', source, timeoutMs: 10_000 });
    await host.compiled(version);
    const pid = host.pids[0]!;
    const mostBytes = 120 * 2 ** 20; // a host has a third of this when it has answered once
    for (let turn = 0; turn < 60; turn++) {
      const asked = Array.from({ length: 50 }, (_, n) => host.ask(version, `[{"n":"${turn} ${n}"},null]`));
      for (const result of await Promise.all(asked)) expect(result.ok).toBe(true);
      expect(residentBytes(pid)).toBeLessThan(mostBytes);
    }
    expect([host.pids, events]).toEqual([[pid], []]);
  }, 60_000);

  it('breaks no script because its process stood still while it was loaded', async () => {
    const { host, events } = open({ spare: false, cpuMsPerSec: 10_000 });
    // Its source has some 60 ms of work before its function is there.
    const work = (rounds: number) => `let n = 0; for (let i = 0; i < ${rounds}; i++) n = (n * 31 + i) | 0;`;
    const probe = host.acquire('probe', {
      entry: 'decide',
      source: `function decide() { ${work(200_000)} return "pass" }`,
      timeoutMs: 1000,
    });
    await host.compiled(probe);
    await host.ask(probe, '[{},null]');
    const rounds = Math.round((200_000 * 60) / probe.counts.cpuMs);
    for (let n = 0; n < 6; n++) {
      const source = `${work(rounds)} ${passes} // ${n}`;
      const version = host.acquire('slow', { entry: 'decide', source, timeoutMs: 1000 });
      await wait(30);
      process.kill(host.pids[0]!, 'SIGSTOP');
      await wait(300);
      process.kill(host.pids[0]!, 'SIGCONT');
      expect(await host.compiled(version)).toBeUndefined();
      host.release(version);
    }
    expect(events).toEqual([]);
  });
});
