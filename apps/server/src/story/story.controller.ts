import { Controller, Inject } from '@nestjs/common';
import { type Contracts, contracts, type ResponseOf } from '@sluice/protocol';
import { In, type Input } from '../http/input.decorator.ts';
import { Operation } from '../http/operation.decorator.ts';
import { StoryService } from './story.service.ts';

@Controller()
export class StoryController {
  readonly #story: StoryService;

  constructor(@Inject(StoryService) story: StoryService) {
    this.#story = story;
  }

  @Operation(contracts.getStory)
  get(@In() _: Input<Contracts['getStory']>): Promise<ResponseOf<Contracts['getStory']>> {
    return this.#story.get();
  }

  @Operation(contracts.playStory)
  play(@In() input: Input<Contracts['playStory']>): Promise<ResponseOf<Contracts['playStory']>> {
    return this.#story.play(input);
  }

  @Operation(contracts.stopStory)
  stop(@In() input: Input<Contracts['stopStory']>): Promise<ResponseOf<Contracts['stopStory']>> {
    return this.#story.stop(input);
  }
}
