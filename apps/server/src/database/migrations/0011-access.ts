import type { Migration } from '../migration.ts';

/**
 * Tokens have an owner and may be rotated; sessions say from which browser; failed sign-ins are counted for all nodes
 * together; a node says what it is. Tokens of before belong to whoever made them, where that is an account.
 */
export const accessTables: Migration = {
  name: '0011-access',
  statements: () => [
    'ALTER TABLE token ADD COLUMN owner_id text',
    'ALTER TABLE token ADD COLUMN only_permissions text',
    'ALTER TABLE token ADD COLUMN generation integer NOT NULL DEFAULT 1',
    'ALTER TABLE token ADD COLUMN rotated_at bigint',
    'ALTER TABLE token ADD COLUMN old_secret_hash text',
    'ALTER TABLE token ADD COLUMN old_until bigint',
    'ALTER TABLE token ADD COLUMN old_used_at bigint',
    'UPDATE token SET owner_id = (SELECT account.id FROM account WHERE account.name = token.created_by)',
    'CREATE INDEX token_owner ON token (owner_id)',
    "ALTER TABLE session ADD COLUMN user_agent text NOT NULL DEFAULT ''",
    `CREATE TABLE sign_in_failures (
      key text PRIMARY KEY,
      times text NOT NULL,
      until bigint NOT NULL
    )`,
    'CREATE INDEX sign_in_failures_until ON sign_in_failures (until)',
    "ALTER TABLE node ADD COLUMN version text NOT NULL DEFAULT ''",
    'ALTER TABLE node ADD COLUMN memory_bytes bigint NOT NULL DEFAULT 0',
    'ALTER TABLE node ADD COLUMN pages integer NOT NULL DEFAULT 0',
    'CREATE INDEX audit_at ON audit (at)',
  ],
};
