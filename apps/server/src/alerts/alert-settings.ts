import { Inject, Injectable } from '@nestjs/common';
import { type AlertCondition, type AlertSetting, settingOf } from '@sluice/core';
import { Database } from '../database/database.ts';
import { AlertSettingEntity } from './alerts.entities.ts';

/** What was said of conditions, all of it, to be asked often. */
export class AlertSettingsNow {
  readonly #said: ReadonlyMap<string, Partial<AlertSetting>>;

  constructor(rows: readonly AlertSettingEntity[]) {
    this.#said = new Map(rows.map((row) => [keyOf(row.environment, row.app, row.condition), row.setting]));
  }

  /** What is said for one place alone; the app is '' for the environment. */
  said(environment: string, app: string, condition: AlertCondition): Partial<AlertSetting> | undefined {
    return this.#said.get(keyOf(environment, app, condition));
  }

  of(environment: string, app: string, condition: AlertCondition): AlertSetting {
    const ofApp = app === '' ? undefined : this.said(environment, app, condition);
    return settingOf(condition, this.said(environment, '', condition), ofApp);
  }
}

@Injectable()
export class AlertSettings {
  readonly #database: Database;

  constructor(@Inject(Database) database: Database) {
    this.#database = database;
  }

  async now(): Promise<AlertSettingsNow> {
    return new AlertSettingsNow(await this.#database.read.find(AlertSettingEntity));
  }
}

const keyOf = (environment: string, app: string, condition: AlertCondition): string =>
  `${environment} ${app} ${condition}`;
