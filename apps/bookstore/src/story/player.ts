import type { Language } from '../demo/language.ts';
import { Progress, type StoryEnd, type StoryNow } from './progress.ts';
import { inBoth, saidIn } from './said.ts';
import type { Stage } from './stage.ts';
import { playStory, type Told } from './story.ts';

/** How fast it is played: at the pace of a reader, or with waits as short as they may be. */
export type Pace = 'reader' | 'fast';

interface Outlets {
  readonly language: Language;
  readonly shops: number;
  stage(pace: Pace, signal: AbortSignal): Stage;
  say(line: string): void;
  tell(told: Told): void;
  show(now: StoryNow): void;
}

/** Plays the story, one at a time, whoever asked for it: the command line or a page of the console. */
export class StoryPlayer {
  readonly #outlets: Outlets;
  readonly #progress: Progress;
  #playing: AbortController | undefined;

  constructor(outlets: Outlets) {
    this.#outlets = outlets;
    this.#progress = new Progress(outlets.shops, outlets.show);
  }

  get now(): StoryNow {
    return this.#progress.now;
  }

  /** Undefined when it is being played already. Never throws: what breaks it off is told. */
  async play(by: string, pace: Pace): Promise<StoryEnd | undefined> {
    if (this.#playing) return undefined;
    const { language, say, tell } = this.#outlets;
    const playing = new AbortController();
    this.#playing = playing;
    this.#progress.begin(by, pace);
    try {
      const stage = this.#outlets.stage(pace, playing.signal);
      const end = await playStory(stage, { say, tell, progress: this.#progress });
      this.#progress.end(end);
      return end;
    } catch (error) {
      const { message } = error as Error;
      say(`\n${saidIn(language, (t) => t.brokeOff(message))}`);
      this.#progress.end(
        'notTrue',
        inBoth((t) => t.brokeOff(message)),
      );
      return 'notTrue';
    } finally {
      this.#playing = undefined;
    }
  }

  /** It ends soon: what it has in force on a part is taken back first. */
  stop(): void {
    if (!this.#playing || this.#playing.signal.aborted) return;
    this.#progress.stopping();
    this.#playing.abort();
  }
}
