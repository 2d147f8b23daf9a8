import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { type AlertSeverity, alertSeverities } from '@sluice/core';
import { type EntityManager, In, IsNull, LessThanOrEqual, MoreThan } from 'typeorm';
import { Database } from '../database/database.ts';
import { placed } from '../database/returning.ts';
import { Clock } from '../env/clock.ts';
import { NodeLease } from '../fleet/node-lease.ts';
import {
  AlertEntity,
  AlertSightingEntity,
  AlertSilenceEntity,
  WebhookEntity,
  WebhookMessageEntity,
} from './alerts.entities.ts';
import { type Finding, findingKey } from './findings/finding.ts';
import { toldAlert } from './told-alert.ts';
import { WebhookQueue } from './webhooks/webhook-queue.ts';

/** So long nobody may have seen it before it is over: what comes and goes is one alert. */
const calmMs = 15_000;
/** A node that hasn't said so for longer doesn't see it any more, or is gone. */
const sightingMs = 30_000;
/** A sighting is written anew so often. */
const refreshMs = 10_000;
const never = Number.NEGATIVE_INFINITY;
/** Alerts that one look raises at most; the rest come with the next. */
const mostAtOnce = 200;

/** A finding that holds; `isDue` when it has held for long enough to be told. */
export interface Due {
  readonly key: string;
  readonly finding: Finding;
  readonly severity: AlertSeverity;
  readonly isDue: boolean;
}

/** Alerts as rows: raised once, kept as long as any node sees them, then over. What is told goes with it. */
@Injectable()
export class AlertKeeper {
  readonly #database: Database;
  readonly #node: NodeLease;
  readonly #queue: WebhookQueue;
  readonly #clock: Clock;
  /** Alerts that this node sees: when it saw them last, and when it last wrote that, on the steady clock. */
  readonly #seen = new Map<string, { seenAt: number; writtenAt: number }>();

  constructor(
    @Inject(Database) database: Database,
    @Inject(NodeLease) node: NodeLease,
    @Inject(WebhookQueue) queue: WebhookQueue,
    @Inject(Clock) clock: Clock,
  ) {
    this.#database = database;
    this.#node = node;
    this.#queue = queue;
    this.#clock = clock;
  }

  /** Takes over what one look found. */
  async keep(holding: readonly Due[]): Promise<void> {
    const [now, mono] = [this.#clock.now(), this.#clock.monotonic()];
    const firing = await this.#database.read.findBy(AlertEntity, { resolvedAt: IsNull() });
    const rowOf = new Map(firing.map((row) => [findingKey(row), row]));
    const fresh = holding.filter(({ key, isDue }) => isDue && !rowOf.has(key)).slice(0, mostAtOnce);
    const seen = holding.flatMap((each) => {
      const row = rowOf.get(each.key);
      return row ? [{ row, due: each }] : [];
    });
    for (const { row } of seen)
      this.#seen.set(row.id, { writtenAt: this.#seen.get(row.id)?.writtenAt ?? never, seenAt: mono });
    const stale = seen.filter(({ row }) => this.#seen.get(row.id)!.writtenAt <= mono - refreshMs);
    const over = await this.#noLongerSeen(firing, now, mono);
    if (fresh.length + stale.length + over.length === 0) return;
    const environments = [...fresh.map(({ finding }) => finding), ...over].map((each) => each.environment);
    const told = await this.#database.write(async (tx) => {
      // Nodes that raise alerts of one environment at once do it one after the other.
      for (const environment of [...new Set(environments)].sort())
        await tx.query(placed(tx, 'UPDATE environment SET revision = revision WHERE name = ?'), [
          environment,
        ]);
      const raised = await this.#raise(tx, fresh, now);
      await this.#refresh(tx, stale, now);
      const resolved = await this.#resolve(tx, over, now);
      return this.#tell(tx, [...raised, ...resolved], now);
    });
    for (const { row } of stale) this.#seen.get(row.id)!.writtenAt = mono;
    if (told) this.#queue.wake();
  }

  async #raise(tx: EntityManager, fresh: readonly Due[], now: number): Promise<AlertEntity[]> {
    const raised: AlertEntity[] = [];
    for (const { finding, severity } of fresh) {
      const { environment, app, condition, subject, link, text } = finding;
      const isThere = await tx.existsBy(AlertEntity, {
        environment,
        app,
        condition,
        subject,
        resolvedAt: IsNull(),
      });
      if (isThere) continue;
      const newest = await tx.maximum(AlertEntity, 'firedAt', { environment });
      const row: AlertEntity = {
        id: randomUUID(),
        environment,
        app,
        condition,
        subject,
        severity,
        link,
        text,
        firedAt: Math.max(now, Number(newest ?? 0) + 1),
        resolvedAt: null,
        acknowledgedAt: null,
        acknowledgedBy: null,
        note: '',
      };
      await tx.insert(AlertEntity, row);
      await tx.insert(AlertSightingEntity, { alertId: row.id, nodeId: this.#node.id, at: now });
      const mono = this.#clock.monotonic();
      this.#seen.set(row.id, { seenAt: mono, writtenAt: mono });
      raised.push(row);
    }
    return raised;
  }

  async #refresh(
    tx: EntityManager,
    stale: readonly { readonly row: AlertEntity; readonly due: Due }[],
    now: number,
  ): Promise<void> {
    for (const { row, due } of stale) {
      const { text } = due.finding;
      const isMoved = text.en !== row.text.en || due.severity !== row.severity;
      if (isMoved)
        await tx.update(AlertEntity, { id: row.id, resolvedAt: IsNull() }, { text, severity: due.severity });
      await tx.upsert(AlertSightingEntity, { alertId: row.id, nodeId: this.#node.id, at: now }, [
        'alertId',
        'nodeId',
      ]);
    }
  }

  /** Firing alerts that this node has not seen for a while, and no other node says that it does. */
  async #noLongerSeen(firing: readonly AlertEntity[], now: number, mono: number): Promise<AlertEntity[]> {
    const gone = firing.filter(({ id }) => (this.#seen.get(id)?.seenAt ?? never) <= mono - calmMs);
    if (gone.length === 0) return [];
    const others = await this.#database.read.findBy(AlertSightingEntity, {
      alertId: In(gone.map(({ id }) => id)),
      at: MoreThan(now - sightingMs),
    });
    const held = new Set(
      others.filter(({ nodeId }) => nodeId !== this.#node.id).map(({ alertId }) => alertId),
    );
    return gone.filter(({ id }) => !held.has(id));
  }

  async #resolve(tx: EntityManager, over: readonly AlertEntity[], now: number): Promise<AlertEntity[]> {
    const resolved: AlertEntity[] = [];
    for (const row of over) {
      const { affected } = await tx.update(
        AlertEntity,
        { id: row.id, resolvedAt: IsNull() },
        { resolvedAt: now },
      );
      await tx.delete(AlertSightingEntity, { alertId: row.id });
      this.#seen.delete(row.id);
      if (affected === 1) resolved.push({ ...row, resolvedAt: now });
    }
    return resolved;
  }

  /** One message for each webhook that is for any of them. Answers whether there is anything to send. */
  async #tell(tx: EntityManager, alerts: readonly AlertEntity[], now: number): Promise<boolean> {
    if (alerts.length === 0) return false;
    const silences = await tx.findBy(AlertSilenceEntity, { until: MoreThan(now) });
    const loud = alerts.filter((alert) => !silences.some((silence) => isSilenced(alert, silence)));
    let isTold = false;
    for (const webhook of await tx.findBy(WebhookEntity, { enabled: true })) {
      const told = loud.filter((alert) => isFor(webhook, alert));
      if (told.length === 0) continue;
      isTold = true;
      await tx.insert(WebhookMessageEntity, {
        id: randomUUID(),
        webhookId: webhook.id,
        alerts: told.map(toldAlert),
        tries: 0,
        createdAt: now,
        dueAt: now,
      });
    }
    return isTold;
  }

  /** Forgets alerts that were over before then, and silences with them. */
  async forget(beforeMs: number): Promise<void> {
    await this.#database.write(async (tx) => {
      await tx.delete(AlertEntity, { resolvedAt: LessThanOrEqual(beforeMs) });
      await tx.delete(AlertSilenceEntity, { until: LessThanOrEqual(beforeMs) });
    });
  }
}

export const isSilenced = (alert: AlertEntity, silence: AlertSilenceEntity): boolean =>
  silence.environment === alert.environment &&
  (silence.app === '' || silence.app === alert.app) &&
  (silence.condition === null || silence.condition === alert.condition);

const isFor = (webhook: WebhookEntity, alert: AlertEntity): boolean =>
  webhook.environment === alert.environment &&
  (webhook.app === '' || webhook.app === alert.app) &&
  (webhook.conditions === null || webhook.conditions.includes(alert.condition)) &&
  alertSeverities.indexOf(alert.severity) >= alertSeverities.indexOf(webhook.severity);
