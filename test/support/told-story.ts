import type { Story } from '@sluice/protocol';
import type { ServerProcess } from './server-process.ts';

const chapter = {
  ...{ state: 'waiting' as const, commands: [], pages: [], figures: {} },
  does: { en: 'Makes it so.', zh: '使其如此。' },
};

export const waitingStory: Story = {
  state: 'waiting',
  shops: 4,
  chapters: [
    { ...chapter, name: 'first', title: { en: 'the beginning', zh: '开端' } },
    { ...chapter, name: 'second', title: { en: 'the end', zh: '结局' } },
  ],
};

/** As it stands when one chapter is over and the next one plays. */
export const halfStory: Story = {
  ...waitingStory,
  ...{ state: 'playing', pace: 'reader', by: 'admin', startedAt: '2026-01-01T00:00:00.000Z' },
  chapters: [
    {
      ...waitingStory.chapters[0]!,
      state: 'cameTrue',
      tookMs: 1234,
      commands: ['npx sluice instances ls'],
      pages: ['/environments/prod'],
      came: { en: 'It is so.', zh: '确实如此。' },
    },
    { ...waitingStory.chapters[1]!, state: 'playing', startedAt: '2026-01-01T00:00:02.000Z' },
  ],
};

/** Plays the part of the demo: tells its server a story that goes on as it is told to. */
export class ToldStory {
  readonly #server: ServerProcess;
  readonly wishes: unknown[] = [];
  now: Story = waitingStory;

  constructor(server: ServerProcess) {
    this.#server = server;
    server.onMessage = (message) => this.#hear(message);
    this.tell();
  }

  tell(now: Story = this.now): void {
    this.now = now;
    this.#server.say({ story: now });
  }

  #hear(message: unknown): void {
    const { story } = message as { story: { do: string; pace?: 'reader' | 'fast'; by?: string } };
    this.wishes.push(story);
    const startedAt = new Date().toISOString();
    if (story.do === 'play')
      this.tell({
        ...waitingStory,
        ...{ state: 'playing', startedAt, pace: story.pace, by: story.by },
        chapters: waitingStory.chapters.map((each, at) =>
          at === 0 ? { ...each, state: 'playing', startedAt, commands: ['true'], pages: ['/'] } : each,
        ),
      });
    else if (story.do === 'stop') this.tell({ ...this.now, state: 'stopping' });
    else this.tell();
  }
}
