import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { Clock } from '../env/clock.ts';
import { LOGGER } from '../env/tokens.ts';
import { NodeLease } from './node-lease.ts';
import { NodeQuestions } from './node-questions.ts';

const answerWithinMs = 2500;
/** Who asks the same within this time gets the same answers: pages that many people look at ask the nodes once. */
const sameForMs = 800;

/** What the other nodes answered, and how many of them did not in time. */
export interface Answers<Answer> {
  readonly answers: readonly Answer[];
  readonly silent: number;
}

const alone: Answers<never> = { answers: [], silent: 0 };

/** What only the memory of all nodes together knows: asks each of the others. A node that is alone asks nobody. */
@Injectable()
export class OtherNodes {
  readonly #questions: NodeQuestions;
  readonly #node: NodeLease;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #asked = new Map<string, { readonly untilMs: number; readonly all: Promise<Answers<object>> }>();

  constructor(
    @Inject(NodeQuestions) questions: NodeQuestions,
    @Inject(NodeLease) node: NodeLease,
    @Inject(Clock) clock: Clock,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.#questions = questions;
    this.#node = node;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** This node answers questions of this kind so. */
  answers<Question extends object>(
    kind: string,
    answer: (question: Question) => object | Promise<object>,
  ): void {
    this.#questions.answers(kind, async (question: Question) => answer(question));
  }

  /** Never rejects: a node that can't be asked is a silent one. */
  ask<Answer extends object>(kind: string, question: object): Promise<Answers<Answer>> {
    const { others } = this.#node;
    if (others.length === 0) return Promise.resolve(alone);
    const nowMs = this.#clock.monotonic();
    const key = `${kind} ${JSON.stringify(question)}`;
    const known = this.#asked.get(key);
    if (known && nowMs < known.untilMs) return known.all as Promise<Answers<Answer>>;
    for (const [old, { untilMs }] of this.#asked) if (nowMs >= untilMs) this.#asked.delete(old);
    const all = this.#askAll(others, kind, question);
    this.#asked.set(key, { untilMs: nowMs + sameForMs, all });
    return all as Promise<Answers<Answer>>;
  }

  async #askAll(nodes: readonly string[], kind: string, question: object): Promise<Answers<object>> {
    const all = await Promise.all(
      nodes.map((nodeId) =>
        this.#questions.ask<object>(nodeId, kind, question, answerWithinMs).catch((error: unknown) => {
          this.#logger.debug({ err: error, nodeId, kind }, 'another node could not be asked');
          return undefined;
        }),
      ),
    );
    const answers = all.filter((answer) => answer !== undefined);
    return { answers, silent: all.length - answers.length };
  }
}
