import { Inject, Injectable } from '@nestjs/common';
import { blockCodes, breakerStates, resourceTypes, ruleKinds, SluiceError } from '@sluice/core';
import type { RefusedCall } from '@sluice/protocol';
import type { Explained } from '@sluice/protocol/client';
import { z } from 'zod';
import { LinkFrames } from '../delivery/link-frames.ts';
import type { Connection } from '../fleet/connection.ts';
import { Fleet } from '../fleet/fleet.ts';
import type { Place } from '../fleet/place.ts';

const answerMs = 3000;

/** Core's `Block` as an instance sends it. What an application made of it is not believed unread. */
const block = z.object({
  code: z.enum(blockCodes),
  resource: z.string(),
  type: z.enum(resourceTypes),
  ruleId: z.string(),
  kind: z.enum(ruleKinds),
  revision: z.int(),
  value: z.number().optional().catch(undefined),
  threshold: z.number().optional().catch(undefined),
  key: z.string().optional().catch(undefined),
  state: z.enum(breakerStates).optional().catch(undefined),
  reason: z.string().max(200).optional().catch(undefined),
  retryAfterMs: z.number().optional().catch(undefined),
});

interface Question {
  readonly place: Place;
  waiting: number;
  readonly found: (answer: { instanceId: string; call: RefusedCall } | undefined) => void;
}

/** Asks the instances of an app why a call was refused. Whoever remembers it answers; the others say that they don't. */
@Injectable()
export class CallAsker {
  readonly #fleet: Fleet;
  readonly #questions = new Map<number, Question>();
  #lastAsk = 0;

  constructor(@Inject(Fleet) fleet: Fleet, @Inject(LinkFrames) frames: LinkFrames) {
    this.#fleet = fleet;
    frames.on('explained', (connection, frame) => this.#answered(connection, frame));
  }

  /** Rejects with `not_found` when nobody remembers it. */
  async ask(place: Place, decisionId: string): Promise<{ instanceId: string; call: RefusedCall }> {
    const connections = [...this.#fleet.of(place)];
    const askId = ++this.#lastAsk;
    const answer = await new Promise<{ instanceId: string; call: RefusedCall } | undefined>((found) => {
      if (connections.length === 0) return found(undefined);
      const timer = setTimeout(() => found(undefined), answerMs);
      this.#questions.set(askId, {
        place,
        waiting: connections.length,
        found: (given) => {
          clearTimeout(timer);
          found(given);
        },
      });
      for (const connection of connections) connection.wire.send('explain', { askId, decisionId });
    }).finally(() => this.#questions.delete(askId));
    if (answer) return answer;
    throw new SluiceError('not_found', {
      what: { en: 'refused call that an instance remembers', zh: '实例仍记得的被拒绝调用' },
    });
  }

  #answered({ place, instanceId }: Connection, frame: Explained): void {
    const question = this.#questions.get(frame.askId);
    if (question?.place.environment !== place.environment || question.place.app !== place.app) return;
    question.waiting -= 1;
    const parsed = frame.block === undefined ? undefined : block.safeParse(frame.block);
    if (parsed?.success) {
      const { ruleId: rule, ...call } = parsed.data;
      question.found({ instanceId, call: { ...call, rule } });
    } else if (question.waiting <= 0) question.found(undefined);
  }
}
