import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { type AlertSetting, alertDefaults, SluiceError } from '@sluice/core';
import type { Alert, AlertSettingNow, AlertSilence, Contracts } from '@sluice/protocol';
import { IsNull } from 'typeorm';
import { AuditLog } from '../audit/audit-log.ts';
import { CatalogRead } from '../catalog/catalog.read.ts';
import { Database } from '../database/database.ts';
import { placed } from '../database/returning.ts';
import { Clock } from '../env/clock.ts';
import { type Caller, may, requireIn } from '../http/caller.ts';
import type { Input } from '../http/input.decorator.ts';
import { invalidField } from '../http/invalid.ts';
import { AlertSettings } from './alert-settings.ts';
import { AlertEntity, AlertSettingEntity, AlertSilenceEntity } from './alerts.entities.ts';
import { AlertsRead, settingNow, shownSilence } from './alerts.read.ts';

const minuteMs = 60_000;

/** What people do about alerts: look after one, keep some from the webhooks, say when one is raised. */
@Injectable()
export class AlertsService {
  readonly #database: Database;
  readonly #audit: AuditLog;
  readonly #catalog: CatalogRead;
  readonly #read: AlertsRead;
  readonly #settings: AlertSettings;
  readonly #clock: Clock;

  constructor(
    @Inject(Database) database: Database,
    @Inject(AuditLog) audit: AuditLog,
    @Inject(CatalogRead) catalog: CatalogRead,
    @Inject(AlertsRead) read: AlertsRead,
    @Inject(AlertSettings) settings: AlertSettings,
    @Inject(Clock) clock: Clock,
  ) {
    this.#database = database;
    this.#audit = audit;
    this.#catalog = catalog;
    this.#read = read;
    this.#settings = settings;
    this.#clock = clock;
  }

  async acknowledge({ params, body, caller }: Input<Contracts['acknowledgeAlert']>): Promise<Alert> {
    await this.#catalog.requireEnvironment(params.env);
    const row = await this.#database.read.findOneBy(AlertEntity, {
      environment: params.env,
      id: params.alert,
    });
    const isVisible = row && may(caller, 'instance:read', placeOf(params.env, row.app));
    if (!isVisible) throw new SluiceError('not_found', { what: { en: 'alert', zh: '告警' } });
    requireIn(caller, 'alert:use', params.env, row.app);
    await this.#database.write(async (tx) => {
      const { affected } = await tx.update(
        AlertEntity,
        { id: row.id, resolvedAt: IsNull() },
        { acknowledgedAt: this.#clock.now(), acknowledgedBy: caller.principal.name, note: body.note },
      );
      if (affected !== 1)
        throw new SluiceError('wrong_state', {
          reason: {
            en: 'this alert is over: there is nothing to look after any more',
            zh: '该告警已恢复，无需再处理',
          },
        });
      await this.#audit.append(tx, caller, {
        action: 'alert.acknowledge',
        environment: row.environment,
        ...(row.app !== '' && { app: row.app }),
        target: row.subject,
        detail: { alert: row.id, condition: row.condition, note: body.note },
      });
    });
    return this.#read.one(row.id);
  }

  async changeSetting({
    params,
    body,
    caller,
  }: Input<Contracts['changeAlertSetting']>): Promise<AlertSettingNow> {
    const { env: environment, condition } = params;
    const { app = '', ...asked } = body;
    await this.#require(environment, app, caller, 'alert:manage');
    for (const field of ['threshold', 'minCalls'] as const)
      if (asked[field] !== undefined && alertDefaults[condition][field] === undefined)
        throw invalidField(field, { en: 'this condition has no such bound', zh: '该条件没有这个界限' });
    await this.#database.write(async (tx) => {
      // Whoever changes another part of it at the same time waits here, and both count.
      await tx.query(placed(tx, 'UPDATE environment SET revision = revision WHERE name = ?'), [environment]);
      const key = { environment, app, condition };
      const before = (await tx.findOneBy(AlertSettingEntity, key))?.setting ?? {};
      const said = Object.entries({ ...before, ...asked }).filter(
        ([, value]) => value !== null && value !== undefined,
      );
      const setting = Object.fromEntries(said) as Partial<AlertSetting>;
      if (said.length === 0) await tx.delete(AlertSettingEntity, key);
      else await tx.upsert(AlertSettingEntity, { ...key, setting }, ['environment', 'app', 'condition']);
      await this.#audit.append(tx, caller, {
        action: 'alert.setting',
        environment,
        ...(app !== '' && { app }),
        target: condition,
        detail: { before, after: setting },
      });
    });
    return settingNow(await this.#settings.now(), environment, app, condition);
  }

  async silence({ params, body, caller }: Input<Contracts['createAlertSilence']>): Promise<AlertSilence> {
    const { app = '', condition, minutes, reason } = body;
    await this.#require(params.env, app, caller, 'alert:use');
    const now = this.#clock.now();
    const row: AlertSilenceEntity = {
      id: randomUUID(),
      environment: params.env,
      app,
      condition: condition ?? null,
      reason,
      createdBy: caller.principal.name,
      createdAt: now,
      until: now + minutes * minuteMs,
    };
    await this.#database.write(async (tx) => {
      await tx.insert(AlertSilenceEntity, row);
      await this.#audit.append(tx, caller, record('alert.silence', row));
    });
    return shownSilence(row);
  }

  async endSilence({ params, caller }: Input<Contracts['endAlertSilence']>): Promise<undefined> {
    await this.#catalog.requireEnvironment(params.env);
    const key = { environment: params.env, id: params.silence };
    const row = await this.#database.read.findOneBy(AlertSilenceEntity, key);
    if (!row || !may(caller, 'instance:read', placeOf(params.env, row.app)))
      throw new SluiceError('not_found', { what: { en: 'silence', zh: '静默' } });
    requireIn(caller, 'alert:use', params.env, row.app);
    await this.#database.write(async (tx) => {
      await tx.delete(AlertSilenceEntity, key);
      await this.#audit.append(tx, caller, record('alert.unsilence', row));
    });
  }

  /** What is for a whole environment needs the permission on every app in it. */
  async #require(
    environment: string,
    app: string,
    caller: Caller,
    permission: 'alert:use' | 'alert:manage',
  ): Promise<void> {
    requireIn(caller, permission, environment, app);
    if (app === '') await this.#catalog.requireEnvironment(environment);
    else await this.#catalog.requireApp(environment, app);
  }
}

const placeOf = (environment: string, app: string) => ({ environment, ...(app !== '' && { app }) });

const record = (action: string, row: AlertSilenceEntity) => ({
  action,
  environment: row.environment,
  ...(row.app !== '' && { app: row.app }),
  target: row.condition ?? (row.app === '' ? row.environment : row.app),
  detail: { reason: row.reason, until: new Date(row.until).toISOString() },
});
