import { Inject, Injectable } from '@nestjs/common';
import { blockCodes, breakerStates, resourceTypes, ruleKinds, SluiceError } from '@sluice/core';
import type { RefusedCall } from '@sluice/protocol';
import type { Explained } from '@sluice/protocol/client';
import { z } from 'zod';
import { LinkFrames } from '../delivery/link-frames.ts';
import type { Connection } from '../fleet/connection.ts';
import { Fleet } from '../fleet/fleet.ts';
import { OtherNodes } from '../fleet/other-nodes.ts';
import type { Place } from '../fleet/place.ts';

const answerMs = 3000;
/** For another node, which itself waits no longer than 2.5 s. */
const answerThereMs = 2000;

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

/** What an instance remembers of a refusal. */
interface Remembered {
  readonly instanceId: string;
  readonly call: RefusedCall;
}
/** To another node. */
interface NodeQuestion {
  readonly place: Place;
  readonly decisionId: string;
}

interface Question {
  readonly place: Place;
  waiting: number;
  readonly found: (answer: Remembered | undefined) => void;
}

/** Asks the instances of an app, on whichever node, why a call was refused. Whoever remembers it answers; the others say that they don't. */
@Injectable()
export class CallAsker {
  readonly #fleet: Fleet;
  readonly #nodes: OtherNodes;
  readonly #questions = new Map<number, Question>();
  #lastAsk = 0;

  constructor(
    @Inject(Fleet) fleet: Fleet,
    @Inject(OtherNodes) nodes: OtherNodes,
    @Inject(LinkFrames) frames: LinkFrames,
  ) {
    this.#fleet = fleet;
    this.#nodes = nodes;
    nodes.answers('decision', async ({ place, decisionId }: NodeQuestion) => {
      const remembered = await this.#askHere(place, decisionId, answerThereMs);
      return remembered ? { remembered } : {};
    });
    frames.on('explained', (connection, frame) => this.#answered(connection, frame));
  }

  /** Rejects with `not_found` when nobody remembers it. */
  async ask(place: Place, decisionId: string): Promise<Remembered> {
    const question: NodeQuestion = { place, decisionId };
    const elsewhere = this.#nodes
      .ask<{ readonly remembered?: Remembered }>('decision', question)
      .then(({ answers }) => answers.find(({ remembered }) => remembered)?.remembered);
    const remembered = await firstFound([this.#askHere(place, decisionId, answerMs), elsewhere]);
    if (remembered) return remembered;
    throw new SluiceError('not_found', {
      what: { en: 'refused call that an instance remembers', zh: '实例仍记得的被拒绝调用' },
    });
  }

  /** Undefined when no instance of this node remembers it. */
  async #askHere(place: Place, decisionId: string, withinMs: number): Promise<Remembered | undefined> {
    const connections = [...this.#fleet.of(place)];
    const askId = ++this.#lastAsk;
    return await new Promise<Remembered | undefined>((found) => {
      if (connections.length === 0) return found(undefined);
      const timer = setTimeout(() => found(undefined), withinMs);
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

/** The first that is found; undefined when all have come to nothing. */
async function firstFound<T>(all: readonly Promise<T | undefined>[]): Promise<T | undefined> {
  return new Promise((resolve) => {
    for (const each of all) void each.then((found) => found !== undefined && resolve(found));
    void Promise.all(all).then(() => resolve(undefined));
  });
}
