import type { Migration } from '../migration.ts';

/** What is kept of calls: sums by minute and hour, the names that calls came through, and the kill switches. */
export const guardTables: Migration = {
  name: '0003-guard',
  statements: () => [
    // Each node writes what its own instances told; a reader adds them up.
    `CREATE TABLE traffic_rollup (
      environment text NOT NULL,
      app text NOT NULL,
      resource text NOT NULL,
      type text NOT NULL,
      step_ms bigint NOT NULL,
      at bigint NOT NULL,
      node_id text NOT NULL,
      counts text NOT NULL,
      latency text NOT NULL,
      PRIMARY KEY (environment, app, resource, type, step_ms, at, node_id)
    )`,
    'CREATE INDEX traffic_rollup_age ON traffic_rollup (at)',
    `CREATE TABLE resource_seen (
      environment text NOT NULL,
      app text NOT NULL,
      resource text NOT NULL,
      type text NOT NULL,
      first_seen_at bigint NOT NULL,
      last_seen_at bigint NOT NULL,
      PRIMARY KEY (environment, app, resource, type)
    )`,
    // The app is '' for the switch of a whole environment.
    `CREATE TABLE kill_switch (
      environment text NOT NULL REFERENCES environment (name),
      app text NOT NULL,
      version bigint NOT NULL,
      freeze_publishes boolean NOT NULL,
      monitor_only boolean NOT NULL,
      end_faults boolean NOT NULL,
      reason text NOT NULL,
      turned_by text NOT NULL,
      turned_at bigint NOT NULL,
      PRIMARY KEY (environment, app)
    )`,
    // How many instances of an app a node has, and how many of them obey which version.
    `CREATE TABLE kill_ack (
      environment text NOT NULL,
      app text NOT NULL,
      node_id text NOT NULL,
      version bigint NOT NULL,
      instances integer NOT NULL,
      acked integer NOT NULL,
      at bigint NOT NULL,
      PRIMARY KEY (environment, app, node_id)
    )`,
    // What a node's instances want of the limits of the whole cluster, for the nodes that share them with it.
    `CREATE TABLE lease_demand (
      environment text NOT NULL,
      app text NOT NULL,
      node_id text NOT NULL,
      demand text NOT NULL,
      at bigint NOT NULL,
      PRIMARY KEY (environment, app, node_id)
    )`,
  ],
};
