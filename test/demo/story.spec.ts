import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { contracts, drillDefinition } from '@sluice/protocol';
import { rule } from '@sluice/protocol/client';
import { parse } from 'yaml';
import { robotRule } from '../../apps/bookstore/src/story/shopping.ts';
import { designOf } from '../../apps/bookstore/src/story/slow-payment.ts';
import type { Told } from '../../apps/bookstore/src/story/story.ts';
import { RunningDemo, runs } from './running-demo.ts';
import { unusedPort } from './unused-port.ts';

/** At the pace of a reader with `SLUICE_LONG_TESTS=1`, else as fast as it goes. */
const pace = process.env.SLUICE_LONG_TESTS === '1' ? [] : ['--fast'];

describe('the story of the demo', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'sluice-story-'));
  let demo: RunningDemo;
  let exitCode: number | string;
  let pids: number[] = [];

  const told = (chapter: string): Told => {
    const found = demo.stdout
      .map((line) => JSON.parse(line) as Partial<Told>)
      .find((each) => each.chapter === chapter);
    if (!found) throw new Error(`${chapter} was not told:\n${demo.stderr}`);
    return found as Told;
  };

  beforeAll(async () => {
    demo = new RunningDemo(dataDir, '--port', String(await unusedPort()), '--story', ...pace);
    await demo.ready();
    pids = demo.pids();
    exitCode = await demo.ended;
  }, 700_000);

  afterAll(async () => {
    await demo?.stop('SIGKILL');
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('comes true, chapter by chapter, and ends with everything that it started', () => {
    const chapters = demo.stdout.slice(1).map((line) => JSON.parse(line) as Told);
    expect(chapters.filter(({ cameTrue }) => !cameTrue)).toEqual([]);
    expect(chapters.map(({ chapter }) => chapter)).toEqual([
      ...['gray', 'promote', 'watch', 'predict', 'intercept', 'drill', 'badRollout', 'serverGone'],
    ]);
    expect(exitCode).toBe(0);
    expect(pids.filter(runs)).toEqual([]);
  });

  it('changes a value for a part, then for everybody', () => {
    expect(told('gray').figures).toMatchObject({ holding: 2, targets: 2, shops: 4, shopsChanged: 2 });
    expect(told('promote').figures).toMatchObject({ state: 'promoted', holding: 4, shopsChanged: 4 });
  });

  it('watches before it refuses, and refuses where it was told to', () => {
    expect(told('watch').figures).toMatchObject({ holding: 4, targets: 4, pages: 10, refused: 0 });
    const { calls, wouldBlock, share } = told('predict').figures as Record<string, number>;
    expect(wouldBlock).toBeGreaterThanOrEqual(10);
    expect(calls).toBeGreaterThanOrEqual(wouldBlock!);
    expect(share).toBeCloseTo(wouldBlock! / calls!, 5);
    const { refused, ...others } = told('intercept').figures;
    expect(others).toEqual({ pages: 10, refusedElsewhere: 0, rule: 'robots/pace' });
    expect(refused).toBeGreaterThan(0);
  });

  it('slows payments down until the breaker opens and the fallback answers, and all is well again', () => {
    const { figures } = told('drill');
    expect(figures).toMatchObject({ verdict: 'held', allClean: true });
    expect(figures.injected).toBeGreaterThanOrEqual(6);
    expect(figures.degraded).toBeGreaterThan(0);
    expect(figures.timeToOpenMs).toBeGreaterThan(0);
  });

  it('lets a bad change undo itself', () => {
    expect(told('badRollout').figures).toMatchObject({
      state: 'abandoned',
      reason: 'guardrail',
      because: expect.stringContaining('in the gray'),
      members: 1,
      stockTimeoutMs: 250,
    });
  });

  it('has everything stand while the server is gone', () => {
    const { figures } = told('serverGone');
    expect(figures).toMatchObject({ holding: 4, shops: 4, inSync: 4 });
    expect(figures.refused).toBeGreaterThan(0);
    expect(Number(figures.goneMs)).toBeGreaterThan(Number(figures.restartedMs));
  });

  it('tells for each chapter what it does, how to do it, where to look and what came of it', () => {
    for (const word of ['What', 'Command', 'Look', 'Came'])
      expect(demo.stderr.match(new RegExp(`^  ${word} `, 'gm'))?.length).toBeGreaterThanOrEqual(8);
    expect(demo.stderr).toMatch(/The story came true, all of it, in [\d.]+ s\./);
    expect(demo.stderr).toContain(`npx sluice push promote storefront`);
  });
});

describe('what the story writes', () => {
  it.each([true, false])('is a drill that may run and a rule that may be published (fast: %s)', (isFast) => {
    expect(drillDefinition.safeParse(parse(designOf(isFast).yaml)).error).toBeUndefined();
    for (const mode of ['monitor', 'intercept'] as const)
      expect(rule.safeParse(robotRule(mode)).error).toBeUndefined();
    expect(contracts.createDrill.body.safeParse({ yaml: designOf(isFast).yaml }).success).toBe(true);
  });
});
