import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { SluiceError } from '@sluice/core';
import { type Story, story } from '@sluice/protocol';
import { z } from 'zod';
import { PARENT_LINE, type ParentLine } from './parent-line.ts';

const heard = z.object({ story });
/** What is said to the demo. */
type Wish =
  | { readonly do: 'tell' }
  | { readonly do: 'play'; readonly pace: 'reader' | 'fast'; readonly by: string }
  | { readonly do: 'stop' };

const patienceMs = 3000;

/** The demo's end of the story: it plays, and says how far it is; here that is only known and passed on. */
@Injectable()
export class StoryTeller implements OnModuleInit, OnApplicationShutdown {
  readonly #line: ParentLine | undefined;
  #now: Story | undefined;
  #waiting: (() => void)[] = [];
  #hangUp: (() => void) | undefined;

  constructor(@Inject(PARENT_LINE) line: ParentLine | undefined) {
    this.#line = line;
  }

  onModuleInit(): void {
    this.#hangUp = this.#line?.listen((message) => this.#hear(message));
    // After a kill the demo has told it to the process before this one.
    this.#say({ do: 'tell' });
  }

  onApplicationShutdown(): void {
    this.#hangUp?.();
  }

  /** Throws `not_found` where no demo has one. */
  async now(): Promise<Story> {
    if (this.#line && !this.#now) await this.#heardThat(() => this.#now !== undefined);
    if (!this.#now) throw new SluiceError('not_found', { what: { en: 'story', zh: '故事' } });
    return this.#now;
  }

  play(pace: 'reader' | 'fast', by: string): Promise<Story> {
    return this.#until({ do: 'play', pace, by }, ({ state }) => state === 'playing');
  }

  stop(): Promise<Story> {
    return this.#until({ do: 'stop' }, ({ state }) => state !== 'playing');
  }

  async #until(wish: Wish, isDone: (story: Story) => boolean): Promise<Story> {
    this.#say(wish);
    await this.#heardThat(() => this.#now !== undefined && isDone(this.#now));
    const now = await this.now();
    if (isDone(now)) return now;
    throw new SluiceError('wrong_state', {
      reason: {
        en: 'the demo that started this server does not answer; see what it says in its terminal',
        zh: '启动此服务器的演示没有应答，请查看它在终端的输出',
      },
    });
  }

  #say(wish: Wish): void {
    this.#line?.send({ story: wish });
  }

  #hear(message: unknown): void {
    const parsed = heard.safeParse(message);
    if (!parsed.success) return;
    this.#now = parsed.data.story;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }

  /** Resolves when it is so, or when nobody has said so in time. */
  async #heardThat(isSo: () => boolean): Promise<void> {
    let isLate = false;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(() => {
      isLate = true;
      resolve();
    }, patienceMs);
    while (!isSo() && !isLate)
      await Promise.race([promise, new Promise<void>((wake) => this.#waiting.push(wake))]);
    clearTimeout(timer);
  }
}
