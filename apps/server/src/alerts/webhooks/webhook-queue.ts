import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { WebhookOutcome } from '@sluice/protocol';
import type { Logger } from 'pino';
import { In, LessThanOrEqual, MoreThan } from 'typeorm';
import { Database } from '../../database/database.ts';
import { Clock } from '../../env/clock.ts';
import { LOGGER } from '../../env/tokens.ts';
import { AlertEntity, type ToldAlert, WebhookEntity, WebhookMessageEntity } from '../alerts.entities.ts';
import { toldAlert } from '../told-alert.ts';
import { WebhookSender } from './webhook-sender.ts';

const lookMs = 2000;
const atOnce = 20;
/** Who sends it has so long; then another may. */
const claimMs = 60_000;
/** After each try that failed; after the last one it is given up. */
const backoffMs = [5000, 30_000, 120_000, 600_000, 3_600_000] as const;

/** Messages as rows, so that none is lost with a node: sent at least once, tried again five times in an hour. */
@Injectable()
export class WebhookQueue implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #database: Database;
  readonly #sender: WebhookSender;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #timer: NodeJS.Timeout | undefined;
  #working: Promise<void> | undefined;
  #again = false;
  #lookedAt = 0;

  constructor(
    @Inject(Database) database: Database,
    @Inject(WebhookSender) sender: WebhookSender,
    @Inject(Clock) clock: Clock,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.#database = database;
    this.#sender = sender;
    this.#clock = clock;
    this.#logger = logger;
  }

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => this.wake(), lookMs);
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    await this.#working;
  }

  /** There may be something to send. */
  wake(): void {
    if (this.#working) {
      this.#again = true;
      return;
    }
    this.#working = this.#work()
      .catch((error: unknown) =>
        this.#logger.debug({ err: error }, 'messages to webhooks could not be read; it is tried again'),
      )
      .finally(() => {
        this.#working = undefined;
        if (!this.#again) return;
        this.#again = false;
        this.wake();
      });
  }

  async #work(): Promise<void> {
    const now = this.#clock.now();
    // What waits for another try would wait for as long again as the clock was set back.
    if (now < this.#lookedAt - lookMs)
      await this.#database.write((tx) =>
        tx.update(WebhookMessageEntity, { dueAt: MoreThan(now) }, { dueAt: now }),
      );
    this.#lookedAt = now;
    const due = await this.#database.read.find(WebhookMessageEntity, {
      where: { dueAt: LessThanOrEqual(now) },
      order: { dueAt: 'ASC' },
      take: atOnce,
    });
    await Promise.all(due.map((message) => this.#deliver(message)));
    if (due.length === atOnce) this.#again = true;
  }

  async #deliver(message: WebhookMessageEntity): Promise<void> {
    const { id, tries, dueAt } = message;
    const dueNext = this.#clock.now() + claimMs;
    const claim = await this.#database.write((tx) =>
      tx.update(WebhookMessageEntity, { id, dueAt }, { dueAt: dueNext, tries: tries + 1 }),
    );
    if (claim.affected !== 1) return;
    const webhook = await this.#database.read.findOneBy(WebhookEntity, { id: message.webhookId });
    if (!webhook?.enabled) return this.#settle(message, undefined);
    const outcome = await this.#sender.send(webhook, await this.#asNow(message.alerts), id);
    await this.#settle(message, outcome);
  }

  /** A message that comes through an hour late must not say that something goes on which is over. */
  async #asNow(alerts: readonly ToldAlert[]): Promise<ToldAlert[]> {
    const ids = In(alerts.map(({ id }) => id));
    const rows = await this.#database.read.findBy(AlertEntity, { id: ids });
    const now = new Map(rows.map((row) => [row.id, toldAlert(row)]));
    return alerts.map((told) => now.get(told.id) ?? told);
  }

  async #settle(message: WebhookMessageEntity, outcome: WebhookOutcome | undefined): Promise<void> {
    const { id, webhookId, tries } = message;
    const waitMs = outcome && !outcome.ok ? backoffMs[tries] : undefined;
    if (outcome && !outcome.ok)
      this.#logger.warn(
        { webhook: webhookId, status: outcome.status, reply: outcome.reply, try: tries + 1 },
        waitMs === undefined
          ? 'a webhook did not take a message; it is given up'
          : 'a webhook did not take a message',
      );
    await this.#database.write(async (tx) => {
      if (waitMs === undefined) await tx.delete(WebhookMessageEntity, { id });
      else await tx.update(WebhookMessageEntity, { id }, { dueAt: this.#clock.now() + waitMs });
      if (outcome) await tx.update(WebhookEntity, { id: webhookId }, { last: outcome });
    });
  }
}
