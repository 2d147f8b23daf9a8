import { badRollout } from './bad-rollout.ts';
import type { Chapter, Figures, Teller, Threads } from './chapter.ts';
import type { ChapterName } from './chapter-name.ts';
import { beginEvening } from './evening.ts';
import { pause, tidy } from './pushes.ts';
import { intercept, predict, watch } from './robots.ts';
import { gray, promote } from './sale.ts';
import { serverGone } from './server-gone.ts';
import { drill } from './slow-payment.ts';
import { appPath, type Stage } from './stage.ts';
import { storyTextsIn } from './texts.ts';

const chapters: readonly Chapter[] = [
  gray,
  promote,
  watch,
  predict,
  intercept,
  drill,
  badRollout,
  serverGone,
];
/** For a look at the console, after each chapter. */
const lookMs = 20_000;

/** A chapter that is over, for programs. */
export interface Told {
  readonly chapter: ChapterName;
  readonly cameTrue: boolean;
  readonly reason?: string;
  readonly commands: readonly string[];
  readonly links: readonly string[];
  readonly figures: Figures;
}

/** Plays every chapter, also after one that has not come true. Answers whether all of them have. */
export async function playStory(
  stage: Stage,
  say: (line: string) => void,
  tell: (told: Told) => void,
): Promise<boolean> {
  const texts = storyTextsIn(stage.language);
  const startedAt = performance.now();
  say(`\n${texts.opening(chapters.length)}`);
  await tidy(stage, texts.tidyMessage);
  const evening = await beginEvening(stage, { busy: texts.busyMessage, calm: texts.calmMessage });
  say(texts.busy(evening.visitsPerSec));
  const threads: Threads = { discountPercent: 0, gray: '', intercepting: '' };
  const failed: ChapterName[] = [];
  for (const [index, chapter] of chapters.entries()) {
    say(`\n${texts.heading(index + 1, chapters.length, texts.title[chapter.name])}`);
    const told = await tellChapter(chapter, stage, threads, say);
    tell(told);
    if (!told.cameTrue) failed.push(chapter.name);
    if (!stage.isFast) await pause(lookMs);
  }
  await end(stage, evening, threads, texts.calmMessage);
  const ms = performance.now() - startedAt;
  say(
    `\n${failed.length === 0 ? texts.ended(ms) : texts.failed(failed.map((name) => texts.title[name]).join(', '))}`,
  );
  return failed.length === 0;
}

async function tellChapter(
  chapter: Chapter,
  stage: Stage,
  threads: Threads,
  say: (line: string) => void,
): Promise<Told> {
  const texts = storyTextsIn(stage.language);
  const commands: string[] = [];
  const links: string[] = [];
  const teller: Teller = {
    texts,
    command(...lines) {
      for (const line of lines) say(`  ${texts.command}  ${line}`);
      commands.push(...lines);
    },
    look(url) {
      say(`  ${texts.look}  ${url}`);
      links.push(url);
    },
  };
  say(`  ${texts.what}  ${texts.does[chapter.name]}`);
  try {
    const { figures, came } = await chapter.play(stage, teller, threads);
    say(`  ${texts.came}  ${came}`);
    return { chapter: chapter.name, cameTrue: true, commands, links, figures };
  } catch (error) {
    const reason = (error as Error).message;
    say(`  ${texts.came}  ${texts.notTrue(reason)}`);
    return { chapter: chapter.name, cameTrue: false, reason, commands, links, figures: {} };
  }
}

/** Fewer shoppers, and a rule that refuses nobody; the rest stays to be looked at. */
async function end(
  stage: Stage,
  evening: { end(): Promise<void> },
  { intercepting }: Threads,
  message: string,
): Promise<void> {
  await evening.end();
  if (intercepting) await stage.api.post(`${appPath(stage)}/pushes/${intercepting}/abandon`, { message });
}
