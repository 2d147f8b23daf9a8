import type { Migration } from '../migration.ts';

/** Drills with what became of them: their targets by the word of each, what happened, and what each node measured. */
export const drills: Migration = {
  name: '0009-drills',
  statements: () => [
    `CREATE TABLE drill (
      id text PRIMARY KEY,
      environment text NOT NULL,
      app text NOT NULL,
      title text NOT NULL,
      state text NOT NULL,
      definition text NOT NULL,
      created_by text NOT NULL,
      created_at bigint NOT NULL,
      findings text NOT NULL,
      checked_at bigint,
      started_by text,
      started_at bigint,
      deadline_at bigint,
      ended_at bigint,
      finished_at bigint,
      outcome text,
      because text,
      node_id text,
      beat integer NOT NULL,
      beat_at bigint,
      measures text NOT NULL,
      recovered_at bigint,
      targets integer NOT NULL,
      active integer NOT NULL,
      clean integer NOT NULL,
      injected bigint NOT NULL
    )`,
    'CREATE INDEX drill_of ON drill (environment, app, created_at)',
    'CREATE INDEX drill_state ON drill (state)',
    `CREATE TABLE drill_target (
      drill_id text NOT NULL,
      instance_id text NOT NULL,
      node_id text,
      boot_id text NOT NULL,
      connected boolean NOT NULL,
      records text NOT NULL,
      clean_by text,
      clean_at bigint,
      heard_at bigint,
      PRIMARY KEY (drill_id, instance_id)
    )`,
    `CREATE TABLE drill_event (
      drill_id text NOT NULL,
      node_id text NOT NULL,
      number integer NOT NULL,
      at bigint NOT NULL,
      event text NOT NULL,
      PRIMARY KEY (drill_id, node_id, number)
    )`,
    `CREATE TABLE drill_part (
      drill_id text NOT NULL,
      node_id text NOT NULL,
      sequence integer NOT NULL,
      data text NOT NULL,
      PRIMARY KEY (drill_id, node_id)
    )`,
  ],
};
