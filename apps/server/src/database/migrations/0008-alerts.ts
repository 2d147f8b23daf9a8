import type { Migration } from '../migration.ts';

/** Alerts, what is said about when they are raised, silences, and the webhooks that are told of them. */
export const alertTables: Migration = {
  name: '0008-alerts',
  statements: () => [
    // The app is '' for the whole environment, in all of these.
    `CREATE TABLE alert (
      id text PRIMARY KEY,
      environment text NOT NULL REFERENCES environment (name),
      app text NOT NULL,
      condition text NOT NULL,
      subject text NOT NULL,
      severity text NOT NULL,
      link text NOT NULL,
      text text NOT NULL,
      fired_at bigint NOT NULL,
      resolved_at bigint,
      acknowledged_at bigint,
      acknowledged_by text,
      note text NOT NULL
    )`,
    // One at a time about one subject; and no two at one moment, so that the moment is a cursor.
    `CREATE UNIQUE INDEX alert_firing ON alert (environment, app, condition, subject) WHERE resolved_at IS NULL`,
    'CREATE UNIQUE INDEX alert_order ON alert (environment, fired_at)',
    // Which node sees that it still holds, and when it last said so.
    `CREATE TABLE alert_sighting (
      alert_id text NOT NULL REFERENCES alert (id) ON DELETE CASCADE,
      node_id text NOT NULL,
      at bigint NOT NULL,
      PRIMARY KEY (alert_id, node_id)
    )`,
    `CREATE TABLE alert_setting (
      environment text NOT NULL REFERENCES environment (name),
      app text NOT NULL,
      condition text NOT NULL,
      setting text NOT NULL,
      PRIMARY KEY (environment, app, condition)
    )`,
    `CREATE TABLE alert_silence (
      id text PRIMARY KEY,
      environment text NOT NULL REFERENCES environment (name),
      app text NOT NULL,
      condition text,
      reason text NOT NULL,
      created_by text NOT NULL,
      created_at bigint NOT NULL,
      until bigint NOT NULL
    )`,
    `CREATE TABLE webhook (
      id text PRIMARY KEY,
      environment text NOT NULL REFERENCES environment (name),
      app text NOT NULL,
      name text NOT NULL,
      kind text NOT NULL,
      origin text NOT NULL,
      sealed_url text NOT NULL,
      sealed_secret text,
      language text NOT NULL,
      conditions text,
      severity text NOT NULL,
      enabled boolean NOT NULL,
      created_by text NOT NULL,
      created_at bigint NOT NULL,
      last text
    )`,
    `CREATE TABLE webhook_message (
      id text PRIMARY KEY,
      webhook_id text NOT NULL REFERENCES webhook (id) ON DELETE CASCADE,
      alerts text NOT NULL,
      tries integer NOT NULL,
      created_at bigint NOT NULL,
      due_at bigint NOT NULL
    )`,
    'CREATE INDEX webhook_message_due ON webhook_message (due_at)',
  ],
};
