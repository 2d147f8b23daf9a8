import { Module } from '@nestjs/common';
import type { Env } from '../env/env.ts';
import { ENV } from '../env/tokens.ts';
import { PARENT_LINE, parentLineOf } from './parent-line.ts';
import { StoryController } from './story.controller.ts';
import { StoryService } from './story.service.ts';
import { StoryTeller } from './story-teller.ts';

/** The story that the demo plays on its server. On any other server there is none. */
@Module({
  controllers: [StoryController],
  providers: [
    {
      provide: PARENT_LINE,
      inject: [ENV],
      useFactory: (env: Env) => parentLineOf(env.isDemo, process),
    },
    StoryTeller,
    StoryService,
  ],
})
export class StoryModule {}
