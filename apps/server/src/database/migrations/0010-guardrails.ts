import type { Migration } from '../migration.ts';

/** How grays were judged: what each node contributes while it happens, and what windows were judged to be. */
export const guardrailTables: Migration = {
  name: '0010-guardrails',
  statements: () => [
    `CREATE TABLE guardrail_part (
      push_id text NOT NULL,
      step integer NOT NULL,
      node_id text NOT NULL,
      reference text NOT NULL,
      windows text NOT NULL,
      at bigint NOT NULL,
      PRIMARY KEY (push_id, step, node_id)
    )`,
    `CREATE TABLE guardrail_judgement (
      push_id text NOT NULL,
      until_at bigint NOT NULL,
      is_notable boolean NOT NULL,
      data text NOT NULL,
      PRIMARY KEY (push_id, until_at)
    )`,
    'CREATE INDEX guardrail_judgement_until ON guardrail_judgement (until_at)',
  ],
};
