import { badRollout } from './bad-rollout.ts';
import type { Chapter, Figures, Teller, Threads } from './chapter.ts';
import { type ChapterName, chapterNames } from './chapter-name.ts';
import { beginEvening } from './evening.ts';
import { moment, type Progress, type StoryEnd } from './progress.ts';
import { tidy } from './pushes.ts';
import { forgetRobots, intercept, predict, watch } from './robots.ts';
import { inBoth, saidIn } from './said.ts';
import { gray, promote } from './sale.ts';
import { serverGone } from './server-gone.ts';
import { drill } from './slow-payment.ts';
import { appPath, type Stage } from './stage.ts';
import { storyTextsIn } from './texts.ts';
import { NotTrue, pause, Stopped } from './until.ts';

const chapters: Readonly<Record<ChapterName, Chapter>> = {
  gray,
  promote,
  watch,
  predict,
  intercept,
  drill,
  badRollout,
  serverGone,
};
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

/** To whom it is told: people at a terminal, programs, the console. */
export interface Audience {
  say(line: string): void;
  tell(told: Told): void;
  readonly progress: Progress;
}

/** Plays every chapter, also after one that has not come true, until it is stopped. Answers what came of it. */
export async function playStory(stage: Stage, audience: Audience): Promise<StoryEnd> {
  const { say, tell } = audience;
  const texts = storyTextsIn(stage.language);
  const startedAt = performance.now();
  say(`\n${texts.opening(chapterNames.length)}`);
  await tidy(stage, texts.tidyMessage);
  await forgetRobots(stage, texts.tidyMessage);
  const evening = await beginEvening(stage, { busy: texts.busyMessage, calm: texts.calmMessage });
  say(texts.busy(evening.visitsPerSec));
  const threads: Threads = { discountPercent: 0, gray: '', intercepting: '' };
  const failed: ChapterName[] = [];
  for (const [index, name] of chapterNames.entries()) {
    if (stage.signal.aborted) break;
    say(`\n${texts.heading(index + 1, chapterNames.length, texts.title[name])}`);
    const told = await tellChapter(name, stage, threads, audience);
    if (!told) break;
    tell(told);
    if (!told.cameTrue) failed.push(name);
    if (!stage.isFast) await pause(stage, lookMs).catch(() => undefined);
  }
  await end(stage, evening, threads);
  if (stage.signal.aborted) {
    say(`\n${texts.stopped}`);
    return 'stopped';
  }
  const ms = performance.now() - startedAt;
  say(
    `\n${failed.length === 0 ? texts.ended(ms) : texts.failed(failed.map((name) => texts.title[name]).join(', '))}`,
  );
  return failed.length === 0 ? 'cameTrue' : 'notTrue';
}

/** Undefined when the story was stopped in the middle of it. */
async function tellChapter(
  name: ChapterName,
  stage: Stage,
  threads: Threads,
  { say, progress }: Audience,
): Promise<Told | undefined> {
  const texts = storyTextsIn(stage.language);
  const startedAt = performance.now();
  progress.change(name, { state: 'playing', startedAt: moment() });
  const teller: Teller = {
    texts,
    command(...lines) {
      for (const line of lines) say(`  ${texts.command}  ${line}`);
      progress.change(name, { commands: [...progress.chapter(name).commands, ...lines] });
    },
    look(page) {
      say(`  ${texts.look}  ${stage.url}${page}`);
      progress.change(name, { pages: [...progress.chapter(name).pages, page] });
    },
  };
  say(`  ${texts.what}  ${texts.does[name]}`);
  const over = (): { tookMs: number } => ({ tookMs: Math.round(performance.now() - startedAt) });
  const toldSoFar = () => {
    const { commands, pages } = progress.chapter(name);
    return { chapter: name, commands, links: pages.map((page) => `${stage.url}${page}`) };
  };
  try {
    const { figures, came } = await chapters[name].play(stage, teller, threads);
    say(`  ${texts.came}  ${saidIn(stage.language, came)}`);
    progress.change(name, { state: 'cameTrue', came: inBoth(came), figures, ...over() });
    return { ...toldSoFar(), cameTrue: true, figures };
  } catch (error) {
    if (error instanceof Stopped) return undefined;
    const why = error instanceof NotTrue ? error.said : () => (error as Error).message;
    const reason = saidIn(stage.language, why);
    say(`  ${texts.came}  ${texts.notTrue(reason)}`);
    progress.change(name, { state: 'notTrue', came: inBoth(why), ...over() });
    return { ...toldSoFar(), cameTrue: false, reason, figures: {} };
  }
}

/**
 * Fewer shoppers, and a rule that refuses nobody; the rest stays to be looked at. Of a story that was stopped nothing
 * stays in force on a part.
 */
async function end(
  stage: Stage,
  evening: { end(): Promise<void> },
  { intercepting }: Threads,
): Promise<void> {
  const { calmMessage, stopMessage } = storyTextsIn(stage.language);
  await evening.end();
  if (stage.signal.aborted) await tidy(stage, stopMessage);
  else if (intercepting)
    await stage.api.post(`${appPath(stage)}/pushes/${intercepting}/abandon`, { message: calmMessage });
}
