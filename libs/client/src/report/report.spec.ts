import { describe, expect, it } from '@jest/globals';
import type { Rule } from '@sluice/core';
import { type Report, report } from '@sluice/protocol/client';
import { CallDoor } from '../guard/call-door.ts';
import { CallGuard } from '../guard/call-guard.ts';
import { ClusterShares } from '../guard/cluster-shares.ts';
import { Notices } from '../notices/notices.ts';
import { manualClock } from '../testing/manual-clock.ts';
import type { CallsSecond } from './calls-second.ts';
import { packReports } from './pack-reports.ts';
import { Recorder } from './recorder.ts';
import { Reporter } from './reporter.ts';

const resource = { match: 'glob', value: '**' } as const;
const limit = (more: object = {}): Rule =>
  ({
    kind: 'limit',
    resource,
    mode: 'intercept',
    algorithm: 'tokenBucket',
    limit: 5,
    intervalMs: 86_400_000,
    ...more,
  }) as Rule;

function bench() {
  const clock = manualClock();
  const notices = new Notices(false, clock, 'en');
  const recorder = new Recorder(() => 0.5);
  const guard = new CallGuard({
    clock,
    notices,
    context: true,
    recorder,
    loaded: (rules) => shares.follow(rules),
  });
  const shares = new ClusterShares(guard.core, clock);
  const sent: Report[] = [];
  const link = { isUp: true, send: (frame: Report) => void sent.push(report.parse(frame)) };
  const heard: CallsSecond[] = [];
  const reporter = new Reporter({
    guard,
    shares,
    recorder,
    link,
    looked: () => undefined,
    heard: () => (second) => void heard.push(second),
  });
  guard.watcher = reporter;
  const door = new CallDoor(guard);
  const call = (name = 'pay'): boolean => {
    try {
      door.entry(name).exit();
      return true;
    } catch {
      return false;
    }
  };
  return { clock, guard, shares, link, sent, heard, reporter, door, call };
}

describe('reports', () => {
  it('say nothing while nothing happens, and number what they say', async () => {
    const { clock, sent, call } = bench();
    await clock.advance(60_000);
    call();
    await clock.advance(60_000);
    call();
    await clock.advance(60_000);
    expect(sent.map(({ sequence, seconds }) => [sequence, seconds.length])).toEqual([
      [1, 1],
      [2, 1],
    ]);
  });

  it('wake up for a call that ends long after it came', async () => {
    const { clock, guard, sent } = bench();
    const passage = new CallDoor(guard).entry('pay');
    await clock.advance(30_000);
    passage.exit(new Error('down'));
    await clock.advance(2000);
    expect(sent.map(({ seconds }) => seconds[0]?.resources[0])).toMatchObject([
      { passed: 1, active: 1, errors: 0 },
      { passed: 0, active: 0, errors: 1 },
    ]);
  });

  it('tell of calls that waited long and gave up, though nothing else came', async () => {
    const { clock, guard, heard } = bench();
    const permits = limit({ algorithm: 'concurrency', max: 1, queue: 9, maxQueueMs: 60_000 });
    guard.load({ permits }, 1);
    const door = new CallDoor(guard);
    door.entry('pay');
    const stop = new AbortController();
    const given = Array.from({ length: 5 }, () => door.enter('pay', { signal: stop.signal }));
    await clock.advance(30_000);
    stop.abort(new Error('gone'));
    for (const each of given) await expect(each).rejects.toThrow('gone');
    await clock.advance(2000);
    expect(heard.flatMap(({ resources }) => resources)).toMatchObject([
      { passed: 1, waited: 5, gaveUp: 0 },
      { passed: 0, waited: 0, gaveUp: 5 },
    ]);
  });

  it('keep the last minute while nobody listens, and leave out the numbers of what is lost', async () => {
    const { clock, link, sent, call } = bench();
    link.isUp = false;
    for (let second = 0; second < 100; second++) {
      call();
      await clock.advance(1000);
    }
    expect(sent).toEqual([]);
    link.isUp = true;
    await clock.advance(1000);
    const seconds = sent.flatMap((frame) => frame.seconds);
    expect(seconds).toHaveLength(60);
    expect(seconds[0]!.agoMs).toBeGreaterThan(58_000);
    expect(sent[0]!.sequence).toBeGreaterThan(40);
  });

  it('ask twice a second for shares of a cluster limit, and tell whole seconds all the same', async () => {
    const { clock, guard, shares, sent, call } = bench();
    // Before the first lease an eighth of it: five calls.
    guard.load({ 'a/b': limit({ scope: 'cluster', limit: 40 }) }, 1);
    await clock.advance(5000);
    for (let half = 0; half < 4; half++) {
      call();
      await clock.advance(500);
    }
    expect(sent.map(({ leases, seconds }) => [leases[0]?.calls, seconds.length])).toEqual([
      [1, 0],
      [1, 1],
      [1, 0],
      [1, 1],
    ]);
    expect(sent[1]!.seconds[0]!.resources[0]).toMatchObject({ passed: 2 });
    shares.take({ ttlMs: 1000, leases: [{ rule: 'a/b', resource: 'pay', type: 'method', limit: 4 }] });
    // Of its five one is left, whatever its share is now.
    expect([call(), call()]).toEqual([true, false]);
    expect(call('other')).toBe(true);
    guard.load({ 'a/b': limit() }, 2);
    expect([call(), call()]).toEqual([true, false]);
  });

  it('begin anew after a time without calls by the shares that hold now, not by those that ran out', async () => {
    const { clock, guard, shares, call } = bench();
    guard.load({ 'a/b': limit({ scope: 'cluster', limit: 100, intervalMs: 1000 }) }, 1);
    call();
    const lease = { rule: 'a/b', resource: 'pay', type: 'method', limit: 90, fair: 10 } as const;
    shares.take({ ttlMs: 10_000, leases: [lease] });
    await clock.advance(60_000);
    expect(Array.from({ length: 200 }, () => call()).filter(Boolean)).toHaveLength(10);
  });

  it('ask for a limit that is about some of the calls by how many these are', async () => {
    const { clock, guard, sent, door } = bench();
    const when = { on: 'tag', name: 'tier', op: 'equals', value: 'gold' } as const;
    const ofSome = { when, scope: 'cluster', limit: 8 } as const;
    guard.load(
      {
        'a/some': limit(ofSome),
        'a/watched': limit({ ...ofSome, mode: 'monitor' }),
        'a/none': limit({ ...ofSome, when: { ...when, value: 'no' } }),
        'a/all': limit({ scope: 'cluster', limit: 800 }),
      },
      1,
    );
    for (const tier of ['gold', 'free', 'gold', 'free', 'free'])
      try {
        door.entry('pay', { tags: { tier } }).exit();
      } catch {}
    await clock.advance(500);
    const wishes = sent.flatMap(({ leases }) => leases.map(({ rule, calls }) => [rule, calls]));
    expect(Object.fromEntries(wishes)).toEqual({ 'a/some': 2, 'a/watched': 1, 'a/all': 5 });
  });

  it('ask for permits of the cluster by how many calls are under way together', async () => {
    const { clock, guard, sent, door } = bench();
    const ofAll = { scope: 'cluster', algorithm: 'concurrency', limit: undefined, intervalMs: undefined };
    guard.load({ 'a/jobs': limit({ ...ofAll, max: 24 }) }, 1);
    const wishes = () => sent.splice(0).flatMap(({ leases }) => leases);
    // Until it has heard otherwise it may have an eighth of them.
    const held = [door.entry('pay'), door.entry('pay'), door.entry('pay')];
    expect(() => door.entry('pay')).toThrow('limit');
    await clock.advance(500);
    expect(wishes()).toMatchObject([{ rule: 'a/jobs', calls: 4, underWay: 3 }]);
    // As long as they are under way they are told of, though nobody calls.
    await clock.advance(10_000);
    expect(wishes()).toEqual(
      Array.from({ length: 20 }, () => expect.objectContaining({ calls: 0, underWay: 3, wanted: 3 })),
    );
    for (const passage of held) passage.exit();
    await clock.advance(10_000);
    expect(wishes()).toEqual([]);
    // Many short ones are few together.
    for (let n = 0; n < 100; n++) {
      door.entry('pay').exit();
      if (n % 50 === 49) await clock.advance(500);
    }
    const [first, last] = wishes();
    expect([first!.calls, last!.calls]).toEqual([50, 50]);
    expect(last!.wanted).toBeLessThan(50);
    expect(last!.underWay).toBe(0);
    // After an hour without any they are as many at once.
    await clock.advance(3_600_000);
    wishes();
    for (let n = 0; n < 50; n++) door.entry('pay').exit();
    await clock.advance(500);
    expect(wishes()[0]!.wanted).toBeGreaterThan(last!.wanted! / 2);
  });

  it('say again which breakers are open when the connection is a new one', async () => {
    const { clock, guard, reporter, sent } = bench();
    const until = new Date(clock.now() + 3_600_000).toISOString();
    const breaker = {
      kind: 'breaker',
      resource,
      mode: 'intercept',
      strategy: 'errorCount',
      threshold: 1,
      minCalls: 1,
      windowMs: 1000,
      openMs: 1000,
      forced: { state: 'open', until },
    } as const;
    guard.load({ 'a/b': breaker }, 1);
    expect(() => new CallDoor(guard).entry('pay')).toThrow();
    await clock.advance(3000);
    const open = [{ rule: 'a/b', resource: 'pay', type: 'method', state: 'forcedOpen' }];
    expect(sent.at(-1)?.open).toEqual(open);
    const told = sent.length;
    await clock.advance(10_000);
    expect(sent).toHaveLength(told);
    reporter.connected();
    await clock.advance(1000);
    expect(sent.slice(told)).toMatchObject([{ open, seconds: [], breakers: [] }]);
  });

  it('hold at most some hundred calls a second, however many come and never end', async () => {
    const { clock, guard, sent } = bench();
    const door = new CallDoor(guard);
    for (let i = 0; i < 20_000; i++) {
      const passage = door.entry('pay');
      if (i % 2) passage.exit();
    }
    await clock.advance(1000);
    const calls = sent.flatMap((frame) => frame.calls);
    expect(calls.length).toBeGreaterThan(50);
    expect(calls.length).toBeLessThanOrEqual(500);
  });
});

describe('the size of a report', () => {
  it('stays below what a server reads, and nothing is lost', () => {
    const name = '资'.repeat(250);
    const resources = Array.from({ length: 700 }, (_, i) => ({
      resource: `${name}${i}`,
      type: 'web' as const,
      passed: 1,
      blocked: {},
      wouldBlock: 0,
      success: 1,
      errors: 0,
      degraded: 0,
      injected: 0,
      active: 0,
      latency: [[3, 1]] as [number, number][],
      rules: [],
    }));
    const calls = Array.from({ length: 400 }, (_, i) => ({
      agoMs: i,
      resource: 'pay',
      type: 'rpc' as const,
      inputs: { 'header:x': 'y'.repeat(256) },
      verdict: 'pass' as const,
      rules: [],
    }));
    const told = {
      seconds: [{ agoMs: 5, resources }],
      breakers: [],
      open: [],
      calls,
      leases: [],
      scripts: [],
    };
    const packed = packReports(told);
    expect(packed.length).toBeGreaterThan(2);
    for (const [i, each] of packed.entries()) {
      report.parse({ ...each, sequence: i + 1 });
      expect(Buffer.byteLength(JSON.stringify(each))).toBeLessThan(230 * 1024);
    }
    expect(packed.flatMap((each) => each.seconds.flatMap((second) => second.resources))).toEqual(resources);
    expect(packed.flatMap((each) => each.calls)).toEqual(calls);
  });
});
