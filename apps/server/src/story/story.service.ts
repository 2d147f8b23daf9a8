import { Inject, Injectable } from '@nestjs/common';
import { SluiceError } from '@sluice/core';
import type { Contracts, Story } from '@sluice/protocol';
import { AuditLog } from '../audit/audit-log.ts';
import { Database } from '../database/database.ts';
import { type Caller, requirePermission } from '../http/caller.ts';
import type { Input } from '../http/input.decorator.ts';
import { StoryTeller } from './story-teller.ts';

/** Plays and stops the story of the demo, for those who could do by hand what it does. */
@Injectable()
export class StoryService {
  readonly #database: Database;
  readonly #audit: AuditLog;
  readonly #teller: StoryTeller;

  constructor(
    @Inject(Database) database: Database,
    @Inject(AuditLog) audit: AuditLog,
    @Inject(StoryTeller) teller: StoryTeller,
  ) {
    this.#database = database;
    this.#audit = audit;
    this.#teller = teller;
  }

  get(): Promise<Story> {
    return this.#teller.now();
  }

  async play({ body, caller }: Input<Contracts['playStory']>): Promise<Story> {
    requireAllOfIt(caller);
    const { state } = await this.#teller.now();
    if (isOnStage(state))
      throw new SluiceError('wrong_state', {
        reason: { en: 'the story is being played already', zh: '故事正在播放' },
      });
    const pace = body.pace ?? 'reader';
    await this.#note(caller, 'story.play', { pace });
    return this.#teller.play(pace, caller.principal.name);
  }

  async stop({ caller }: Input<Contracts['stopStory']>): Promise<Story> {
    requireAllOfIt(caller);
    const { state } = await this.#teller.now();
    if (!isOnStage(state))
      throw new SluiceError('wrong_state', {
        reason: { en: 'the story is not being played', zh: '故事没有在播放' },
      });
    await this.#note(caller, 'story.stop', {});
    return this.#teller.stop();
  }

  /** What the story then does is audited, too, under the name of the demo's own token. */
  async #note(caller: Caller, action: string, detail: object): Promise<void> {
    await this.#database.write((tx) =>
      this.#audit.append(tx, caller, { action, target: 'story', detail: { ...detail } }),
    );
  }
}

const isOnStage = (state: Story['state']): boolean => state === 'playing' || state === 'stopping';

/** It publishes and drills with the demo's own token: nobody gets more by it than he has. */
function requireAllOfIt(caller: Caller): void {
  for (const permission of ['config:publish', 'drill:run'] as const)
    requirePermission(caller, permission, { environment: '*', app: '*' });
}
