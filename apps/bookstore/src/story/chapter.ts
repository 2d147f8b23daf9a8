import type { ChapterName } from './chapter-name.ts';
import type { Said } from './said.ts';
import type { Stage } from './stage.ts';
import type { StoryTexts } from './texts.ts';

/** What a chapter has really measured, by name. */
export type Figures = Readonly<Record<string, string | number | boolean>>;

/** How a chapter speaks while it plays. */
export interface Teller {
  readonly texts: StoryTexts;
  /** The command lines that would do the same. */
  command(...lines: string[]): void;
  /** The page of the console that shows it: its path. */
  look(page: string): void;
}

export interface Outcome {
  readonly figures: Figures;
  /** The same for people. */
  readonly came: Said;
}

/** What one chapter leaves for the next ones. */
export interface Threads {
  discountPercent: number;
  /** Of the gray that chapter 1 began. */
  gray: string;
  /** Of the rule that intercepts on one shop. */
  intercepting: string;
}

export interface Chapter {
  readonly name: ChapterName;
  /** Throws `NotTrue`, or whatever it met, when it has not come true; `Stopped` when it is not to go on. */
  play(stage: Stage, teller: Teller, threads: Threads): Promise<Outcome>;
}
