import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { SluiceError } from '@sluice/core';
import type { Contracts, ResponseOf, Webhook, WebhookOutcome } from '@sluice/protocol';
import { In } from 'typeorm';
import { AuditLog } from '../../audit/audit-log.ts';
import { CatalogRead } from '../../catalog/catalog.read.ts';
import { Database } from '../../database/database.ts';
import { Clock } from '../../env/clock.ts';
import { type Caller, may, requireIn } from '../../http/caller.ts';
import type { Input } from '../../http/input.decorator.ts';
import { invalidField } from '../../http/invalid.ts';
import { WebhookEntity, WebhookMessageEntity } from '../alerts.entities.ts';
import { WebhookSender } from './webhook-sender.ts';

/** Webhooks of an environment, or of one app in it. Their addresses are sealed at this door. */
@Injectable()
export class WebhooksService {
  readonly #database: Database;
  readonly #audit: AuditLog;
  readonly #catalog: CatalogRead;
  readonly #sender: WebhookSender;
  readonly #clock: Clock;

  constructor(
    @Inject(Database) database: Database,
    @Inject(AuditLog) audit: AuditLog,
    @Inject(CatalogRead) catalog: CatalogRead,
    @Inject(WebhookSender) sender: WebhookSender,
    @Inject(Clock) clock: Clock,
  ) {
    this.#database = database;
    this.#audit = audit;
    this.#catalog = catalog;
    this.#sender = sender;
    this.#clock = clock;
  }

  async list({
    params,
    caller,
  }: Input<Contracts['listWebhooks']>): Promise<ResponseOf<Contracts['listWebhooks']>> {
    await this.#catalog.requireEnvironment(params.env);
    const rows = await this.#database.read.find(WebhookEntity, {
      where: { environment: params.env },
      order: { createdAt: 'ASC', id: 'ASC' },
    });
    return { items: await this.#shown(rows.filter((row) => may(caller, 'alert:manage', placeOf(row)))) };
  }

  async create({ params, body, caller }: Input<Contracts['createWebhook']>): Promise<Webhook> {
    const environment = params.env;
    const { app = '' } = body;
    requireIn(caller, 'alert:manage', environment, app);
    if (app === '') await this.#catalog.requireEnvironment(environment);
    else await this.#catalog.requireApp(environment, app);
    this.#requireOpen(body.url);
    const id = randomUUID();
    const { url, secret } = body;
    const row: WebhookEntity = {
      id,
      environment,
      app,
      name: body.name,
      kind: body.kind,
      origin: new URL(url).origin,
      sealedUrl: this.#sender.seal(url, { environment, id }, 'url'),
      sealedSecret: secret ? this.#sender.seal(secret, { environment, id }, 'secret') : null,
      language: body.language,
      conditions: body.conditions ?? null,
      severity: body.severity,
      enabled: true,
      createdBy: caller.principal.name,
      createdAt: this.#clock.now(),
      last: null,
    };
    await this.#database.write(async (tx) => {
      await tx.insert(WebhookEntity, row);
      await this.#audit.append(tx, caller, record('webhook.create', row));
    });
    return this.#one(id);
  }

  async change({ params, body, caller }: Input<Contracts['changeWebhook']>): Promise<Webhook> {
    const before = await this.#mine(params.env, params.webhook, caller);
    if (body.url !== undefined) this.#requireOpen(body.url);
    const { url, secret, ...plain } = body;
    const changes = {
      ...plain,
      ...(url !== undefined && {
        origin: new URL(url).origin,
        sealedUrl: this.#sender.seal(url, before, 'url'),
      }),
      ...(secret !== undefined && {
        sealedSecret: secret === null ? null : this.#sender.seal(secret, before, 'secret'),
      }),
    };
    await this.#database.write(async (tx) => {
      if (Object.keys(changes).length > 0) await tx.update(WebhookEntity, { id: before.id }, changes);
      const said = record('webhook.change', { ...before, ...changes });
      await this.#audit.append(tx, caller, {
        ...said,
        detail: { ...said.detail, before: described(before), changed: Object.keys(body) },
      });
    });
    return this.#one(before.id);
  }

  async delete({ params, caller }: Input<Contracts['deleteWebhook']>): Promise<undefined> {
    const row = await this.#mine(params.env, params.webhook, caller);
    await this.#database.write(async (tx) => {
      await tx.delete(WebhookMessageEntity, { webhookId: row.id });
      await tx.delete(WebhookEntity, { id: row.id });
      await this.#audit.append(tx, caller, record('webhook.delete', row));
    });
  }

  async test({ params, caller }: Input<Contracts['testWebhook']>): Promise<WebhookOutcome> {
    const row = await this.#mine(params.env, params.webhook, caller);
    const outcome = await this.#sender.send(row, []);
    await this.#database.write(async (tx) => {
      await tx.update(WebhookEntity, { id: row.id }, { last: outcome });
      const said = record('webhook.test', row);
      await this.#audit.append(tx, caller, { ...said, detail: { ...said.detail, ok: outcome.ok } });
    });
    return outcome;
  }

  #requireOpen(url: string): void {
    if (this.#sender.mayReach(url)) return;
    throw invalidField('url', {
      en: 'is an address of a private network; whoever runs the server can allow its host with SLUICE_WEBHOOK_HOSTS',
      zh: '是内网地址；运行服务器的人可以用 SLUICE_WEBHOOK_HOSTS 放行该主机',
    });
  }

  async #mine(environment: string, id: string, caller: Caller): Promise<WebhookEntity> {
    await this.#catalog.requireEnvironment(environment);
    const row = await this.#database.read.findOneBy(WebhookEntity, { environment, id });
    if (!row || !may(caller, 'alert:manage', placeOf(row)))
      throw new SluiceError('not_found', { what: { en: 'webhook', zh: 'Webhook' } });
    return row;
  }

  async #one(id: string): Promise<Webhook> {
    const rows = await this.#database.read.findBy(WebhookEntity, { id });
    return (await this.#shown(rows))[0]!;
  }

  async #shown(rows: readonly WebhookEntity[]): Promise<Webhook[]> {
    const waiting = await this.#database.read.find(WebhookMessageEntity, {
      where: { webhookId: In(rows.map(({ id }) => id)) },
      select: { id: true, webhookId: true },
    });
    return rows.map((row) => ({
      id: row.id,
      name: row.name,
      kind: row.kind,
      origin: row.origin,
      hasSecret: row.sealedSecret !== null,
      language: row.language,
      ...(row.app !== '' && { app: row.app }),
      ...(row.conditions !== null && { conditions: [...row.conditions] }),
      severity: row.severity,
      enabled: row.enabled,
      createdBy: row.createdBy,
      createdAt: new Date(row.createdAt).toISOString(),
      waiting: waiting.filter(({ webhookId }) => webhookId === row.id).length,
      ...(row.last !== null && { last: row.last }),
    }));
  }
}

/** A webhook of the whole environment is managed by who manages alerts of every app in it. */
const placeOf = ({ environment, app }: WebhookEntity) => ({ environment, app: app === '' ? '*' : app });

const record = (action: string, row: WebhookEntity) => ({
  action,
  environment: row.environment,
  ...(row.app !== '' && { app: row.app }),
  target: row.name,
  detail: { id: row.id, kind: row.kind, ...described(row) },
});

/** What of it may change, but for what is sealed. */
const described = ({ name, origin, language, severity, conditions, enabled }: WebhookEntity) => ({
  name,
  origin,
  language,
  severity,
  conditions,
  enabled,
});
