import { randomUUID } from 'node:crypto';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Logger } from 'pino';
import { In, IsNull, Not } from 'typeorm';
import { Database } from '../database/database.ts';
import { insertRows } from '../database/write-rows.ts';
import { LOGGER } from '../env/tokens.ts';
import { Doorbell } from '../feed/doorbell.ts';
import { NodeLease } from './node-lease.ts';
import { NodeQuestionEntity } from './node-question.entity.ts';

/** Both sides look this often, so that a lost doorbell costs a second and nothing else. */
const pollMs = 1000;

type Answering = (question: never) => Promise<object>;

/**
 * Questions of one node to another about instances that are connected there, through the database, with the doorbell
 * to tell that there is something to read. A node that is alone asks nobody.
 */
@Injectable()
export class NodeQuestions implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #database: Database;
  readonly #doorbell: Doorbell;
  readonly #node: NodeLease;
  readonly #logger: Logger;
  readonly #answering = new Map<string, Answering>();
  readonly #begun = new Set<string>();
  /** Who waits for an answer, by the id of the question. */
  readonly #waiting = new Map<string, (answer: object | undefined) => void>();
  #timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(Database) database: Database,
    @Inject(Doorbell) doorbell: Doorbell,
    @Inject(NodeLease) node: NodeLease,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.#database = database;
    this.#doorbell = doorbell;
    this.#node = node;
    this.#logger = logger;
    doorbell.on('questions', (nodeId) => nodeId === node.id && this.#look(() => this.#answerAll()));
    doorbell.on('answers', (nodeId) => nodeId === node.id && this.#look(() => this.#hearAnswers()));
  }

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => {
      if (this.#node.aliveNodes > 1) this.#look(() => this.#answerAll());
      if (this.#waiting.size > 0) this.#look(() => this.#hearAnswers());
    }, pollMs);
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
    for (const hear of this.#waiting.values()) hear(undefined);
  }

  /** This node answers questions of this kind so. */
  answers<Question extends object>(kind: string, answer: (question: Question) => Promise<object>): void {
    this.#answering.set(kind, answer);
  }

  /** The answer of another node, or undefined when there is none in time. */
  async ask<Answer extends object>(
    nodeId: string,
    kind: string,
    question: object,
    withinMs: number,
  ): Promise<Answer | undefined> {
    const id = randomUUID();
    const row: NodeQuestionEntity = { id, nodeId, askedBy: this.#node.id, kind, question, answer: null };
    await this.#database.write((tx) => insertRows(tx, 'node_question', [row]));
    const answer = await new Promise<object | undefined>((resolve) => {
      const late = setTimeout(() => resolve(undefined), withinMs);
      this.#waiting.set(id, (heard) => {
        clearTimeout(late);
        resolve(heard);
      });
      this.#doorbell.ring('questions', nodeId);
    });
    this.#waiting.delete(id);
    await this.#database.write((tx) => tx.delete(NodeQuestionEntity, { id }));
    return answer as Answer | undefined;
  }

  #look(look: () => Promise<void>): void {
    look().catch((error: unknown) =>
      this.#logger.debug({ err: error }, 'questions between nodes could not be read; they are read again'),
    );
  }

  async #answerAll(): Promise<void> {
    const where = { nodeId: this.#node.id, answer: IsNull() };
    const questions = await this.#database.read.findBy(NodeQuestionEntity, where);
    const isOpen = new Set(questions.map(({ id }) => id));
    for (const id of this.#begun) if (!isOpen.has(id)) this.#begun.delete(id);
    await Promise.all(questions.map((question) => this.#answer(question)));
  }

  async #answer({ id, kind, question, askedBy }: NodeQuestionEntity): Promise<void> {
    const answering = this.#answering.get(kind);
    if (!answering || this.#begun.has(id)) return;
    this.#begun.add(id);
    const answer = await answering(question as never);
    await this.#database.write((tx) => tx.update(NodeQuestionEntity, { id }, { answer }));
    this.#doorbell.ring('answers', askedBy);
  }

  async #hearAnswers(): Promise<void> {
    const where = { id: In([...this.#waiting.keys()]), answer: Not(IsNull()) };
    for (const { id, answer } of await this.#database.read.findBy(NodeQuestionEntity, where))
      this.#waiting.get(id)?.(answer ?? undefined);
  }
}
