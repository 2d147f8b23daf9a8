import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { contracts, drillDefinition } from '@sluice/protocol';
import { rule } from '@sluice/protocol/client';
import { parse } from 'yaml';
import { chapterNames } from '../../apps/bookstore/src/story/chapter-name.ts';
import { robotRule } from '../../apps/bookstore/src/story/shopping.ts';
import { designOf } from '../../apps/bookstore/src/story/slow-payment.ts';
import type { Told } from '../../apps/bookstore/src/story/story.ts';
import { installedBrowser } from '../e2e/browser.ts';
import { trueFigures } from '../support/story-figures.ts';
import { eventually, RunningDemo, runs } from './running-demo.ts';
import { unusedPort } from './unused-port.ts';

/** At the pace of a reader with `SLUICE_LONG_TESTS=1`, else as fast as it goes. */
const isLong = process.env.SLUICE_LONG_TESTS === '1';
const pace = isLong ? [] : ['--fast'];
/**
 * Where there is a browser, test/e2e/story.spec.ts plays all chapters and holds them to the same figures: then the
 * terminal need not tell more than its beginning.
 */
const isWhole = isLong || installedBrowser() === undefined;
if (!isWhole)
  process.stderr.write(
    'The story: all of its chapters are played in the console, by test/e2e/story.spec.ts.\n',
  );

describe('the story of the demo, told in the terminal', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'sluice-story-'));
  let demo: RunningDemo;
  let pids: number[] = [];

  const chapters = (): Told[] => demo.stdout.slice(1).map((line) => JSON.parse(line) as Told);
  const lines = (word: string): number => demo.stderr.match(new RegExp(`^  ${word} `, 'gm'))?.length ?? 0;

  beforeAll(async () => {
    demo = new RunningDemo(dataDir, '--port', String(await unusedPort()), '--story', ...pace);
    await demo.ready();
    pids = demo.pids();
  }, 150_000);
  afterAll(async () => {
    await demo?.stop('SIGKILL');
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('tells programs and people of each chapter what it does, how, where to look and what came of it', async () => {
    const [first, second] = await eventually(
      'two chapters are over',
      () => (chapters().length >= 2 ? chapters() : undefined),
      120_000,
    );
    expect([first, second]).toMatchObject([
      { chapter: 'gray', cameTrue: true, commands: [expect.stringContaining('npx sluice set storefront')] },
      { chapter: 'promote', cameTrue: true },
    ]);
    expect(first!.links).toEqual([expect.stringMatching(/^http:.*\/apps\/storefront\/pushes\/[\w-]+$/)]);
    for (const { chapter, figures } of [first!, second!]) trueFigures[chapter]!(figures);
    for (const word of ['What', 'Command', 'Look', 'Came']) expect(lines(word)).toBeGreaterThanOrEqual(2);
    expect(demo.stderr).toContain('npx sluice push promote storefront');
  }, 180_000);

  (isWhole ? it : it.skip)(
    'comes true, chapter by chapter, and ends with everything that it started',
    async () => {
      expect(await demo.ended).toBe(0);
      expect(chapters().filter(({ cameTrue }) => !cameTrue)).toEqual([]);
      expect(chapters().map(({ chapter }) => chapter)).toEqual(chapterNames);
      for (const { chapter, figures } of chapters()) trueFigures[chapter]!(figures);
      expect(demo.stderr).toMatch(/The story came true, all of it, in [\d.]+ s\./);
      expect(pids.filter(runs)).toEqual([]);
    },
    700_000,
  );

  (isWhole ? it.skip : it)('can be left in the middle, with everything that it started', async () => {
    expect(await demo.stop('SIGINT')).toBe(0);
    expect(pids.filter(runs)).toEqual([]);
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
