import { Inject, Injectable } from '@nestjs/common';
import { alertConditions, alertDefaults, alertTitles } from '@sluice/core';
import type { Alert, AlertSettingNow, AlertSilence, Contracts, ResponseOf } from '@sluice/protocol';
import { In, IsNull, LessThan, MoreThan, Not } from 'typeorm';
import { CatalogRead } from '../catalog/catalog.read.ts';
import { Database } from '../database/database.ts';
import { Clock } from '../env/clock.ts';
import { type Caller, may, requirePermission } from '../http/caller.ts';
import type { Input } from '../http/input.decorator.ts';
import { isSilenced } from './alert-keeper.ts';
import { AlertSettings, type AlertSettingsNow } from './alert-settings.ts';
import { AlertEntity, AlertSilenceEntity } from './alerts.entities.ts';

/** Alerts as people look at them, of the apps that they may see. */
@Injectable()
export class AlertsRead {
  readonly #database: Database;
  readonly #catalog: CatalogRead;
  readonly #settings: AlertSettings;
  readonly #clock: Clock;

  constructor(
    @Inject(Database) database: Database,
    @Inject(CatalogRead) catalog: CatalogRead,
    @Inject(AlertSettings) settings: AlertSettings,
    @Inject(Clock) clock: Clock,
  ) {
    this.#database = database;
    this.#catalog = catalog;
    this.#settings = settings;
    this.#clock = clock;
  }

  async list({
    params,
    query,
    caller,
  }: Input<Contracts['listAlerts']>): Promise<ResponseOf<Contracts['listAlerts']>> {
    const environment = params.env;
    await this.#catalog.requireEnvironment(environment);
    const apps = await this.#appsFor(environment, query.app, caller);
    const where = {
      environment,
      app: In(apps),
      ...(query.condition !== undefined && { condition: query.condition }),
    };
    const rows = await this.#database.read.find(AlertEntity, {
      where: {
        ...where,
        ...(query.state !== undefined && { resolvedAt: query.state === 'firing' ? IsNull() : Not(IsNull()) }),
        ...(query.before !== undefined && { firedAt: LessThan(query.before) }),
      },
      order: { firedAt: 'DESC' },
      take: query.limit + 1,
    });
    const firing = await this.#database.read.countBy(AlertEntity, { ...where, resolvedAt: IsNull() });
    const silences = await this.#silencesOf(environment);
    const shown = rows.slice(0, query.limit);
    return {
      items: shown.map((row) => shownAlert(row, silences)),
      ...(rows.length > shown.length && { next: shown.at(-1)!.firedAt }),
      firing,
      at: new Date(this.#clock.now()).toISOString(),
    };
  }

  async one(id: string): Promise<Alert> {
    const row = await this.#database.read.findOneByOrFail(AlertEntity, { id });
    return shownAlert(row, await this.#silencesOf(row.environment));
  }

  async settings({
    params,
    query,
    caller,
  }: Input<Contracts['listAlertSettings']>): Promise<ResponseOf<Contracts['listAlertSettings']>> {
    await this.#catalog.requireEnvironment(params.env);
    const [app = ''] = query.app === undefined ? [] : await this.#appsFor(params.env, query.app, caller);
    const now = await this.#settings.now();
    return { items: alertConditions.map((condition) => settingNow(now, params.env, app, condition)) };
  }

  async silences({
    params,
    caller,
  }: Input<Contracts['listAlertSilences']>): Promise<ResponseOf<Contracts['listAlertSilences']>> {
    await this.#catalog.requireEnvironment(params.env);
    const apps = new Set(await this.#appsFor(params.env, undefined, caller));
    const rows = await this.#silencesOf(params.env);
    return { items: rows.filter(({ app }) => apps.has(app)).map(shownSilence) };
  }

  #silencesOf(environment: string): Promise<AlertSilenceEntity[]> {
    return this.#database.read.find(AlertSilenceEntity, {
      where: { environment, until: MoreThan(this.#clock.now()) },
      order: { createdAt: 'ASC', id: 'ASC' },
    });
  }

  /** The apps that a list is about; alerts of the environment itself belong to everybody in it. */
  async #appsFor(environment: string, app: string | undefined, caller: Caller): Promise<string[]> {
    if (app !== undefined) {
      requirePermission(caller, 'instance:read', { environment, app });
      await this.#catalog.requireApp(environment, app);
      return [app];
    }
    const all = await this.#catalog.apps();
    const visible = all.filter(({ name }) => may(caller, 'instance:read', { environment, app: name }));
    return ['', ...visible.map(({ name }) => name)];
  }
}

const moment = (ms: number): string => new Date(ms).toISOString();

function shownAlert(row: AlertEntity, silences: readonly AlertSilenceEntity[]): Alert {
  return {
    id: row.id,
    ...(row.app !== '' && { app: row.app }),
    condition: row.condition,
    severity: row.severity,
    subject: row.subject,
    link: row.link,
    text: row.text,
    state: row.resolvedAt === null ? 'firing' : 'resolved',
    firedAt: moment(row.firedAt),
    ...(row.resolvedAt !== null && { resolvedAt: moment(row.resolvedAt) }),
    ...(row.acknowledgedAt !== null && {
      acknowledged: { by: row.acknowledgedBy ?? '', at: moment(row.acknowledgedAt), note: row.note },
    }),
    isSilenced: silences.some((silence) => isSilenced(row, silence)),
  };
}

export const shownSilence = (row: AlertSilenceEntity): AlertSilence => ({
  id: row.id,
  ...(row.app !== '' && { app: row.app }),
  ...(row.condition !== null && { condition: row.condition }),
  reason: row.reason,
  createdBy: row.createdBy,
  createdAt: moment(row.createdAt),
  until: moment(row.until),
});

export function settingNow(
  now: AlertSettingsNow,
  environment: string,
  app: string,
  condition: AlertSettingNow['condition'],
): AlertSettingNow {
  const { enabled, severity, forSec, threshold, minCalls } = now.of(environment, app, condition);
  const defaults = alertDefaults[condition];
  const isOfApp = app !== '' && now.said(environment, app, condition) !== undefined;
  const isOfEnvironment = now.said(environment, '', condition) !== undefined;
  return {
    condition,
    title: alertTitles[condition],
    enabled,
    severity,
    forSec,
    ...(defaults.threshold !== undefined && { threshold: threshold ?? defaults.threshold }),
    ...(defaults.minCalls !== undefined && { minCalls: minCalls ?? defaults.minCalls }),
    from: isOfApp ? 'app' : isOfEnvironment ? 'environment' : 'default',
  };
}
