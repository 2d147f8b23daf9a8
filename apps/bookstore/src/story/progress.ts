import type { Figures } from './chapter.ts';
import { type ChapterName, chapterNames } from './chapter-name.ts';
import { inBoth, type Words } from './said.ts';

export interface ToldChapter {
  readonly name: ChapterName;
  readonly title: Words;
  readonly does: Words;
  readonly state: 'waiting' | 'playing' | 'cameTrue' | 'notTrue' | 'left';
  readonly startedAt?: string;
  readonly tookMs?: number;
  readonly commands: readonly string[];
  /** Paths of the console. */
  readonly pages: readonly string[];
  readonly came?: Words;
  readonly figures: Figures;
}

export type StoryEnd = 'cameTrue' | 'notTrue' | 'stopped';

/** How far the story is, as the console shows it. */
export interface StoryNow {
  readonly state: 'waiting' | 'playing' | 'stopping' | StoryEnd;
  readonly shops: number;
  readonly pace?: 'reader' | 'fast';
  readonly by?: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly reason?: Words;
  readonly chapters: readonly ToldChapter[];
}

const untold = (): readonly ToldChapter[] =>
  chapterNames.map((name) => ({
    name,
    title: inBoth((t) => t.title[name]),
    does: inBoth((t) => t.does[name]),
    state: 'waiting',
    commands: [],
    pages: [],
    figures: {},
  }));

/** Keeps how far the story is, and shows each change of it. */
export class Progress {
  readonly #show: (now: StoryNow) => void;
  #now: StoryNow;

  constructor(shops: number, show: (now: StoryNow) => void) {
    this.#show = show;
    this.#now = { state: 'waiting', shops, chapters: untold() };
  }

  get now(): StoryNow {
    return this.#now;
  }

  begin(by: string, pace: 'reader' | 'fast'): void {
    const { shops } = this.#now;
    this.#set({ state: 'playing', shops, pace, by, startedAt: moment(), chapters: untold() });
  }

  stopping(): void {
    this.#set({ ...this.#now, state: 'stopping' });
  }

  /** What has not come true until now, and was not played to its end, is left. */
  end(state: StoryEnd, reason?: Words): void {
    const chapters = this.#now.chapters.map((chapter) =>
      chapter.state === 'waiting' || chapter.state === 'playing'
        ? { ...chapter, state: 'left' as const }
        : chapter,
    );
    this.#set({ ...this.#now, state, endedAt: moment(), chapters, ...(reason && { reason }) });
  }

  chapter(name: ChapterName): ToldChapter {
    return this.#now.chapters.find((each) => each.name === name)!;
  }

  change(name: ChapterName, change: Partial<ToldChapter>): void {
    const chapters = this.#now.chapters.map((each) => (each.name === name ? { ...each, ...change } : each));
    this.#set({ ...this.#now, chapters });
  }

  #set(now: StoryNow): void {
    this.#now = now;
    this.#show(now);
  }
}

export const moment = (): string => new Date().toISOString();
