import type { Migration } from '../migrate.ts';

/** Milliseconds since 1970 and revisions are `bigint`; plain data is JSON in `text`, alike in both databases. */
export const firstTables: Migration = {
  name: '0001-first-tables',
  statements: () => [
    `CREATE TABLE setting (
      name text PRIMARY KEY,
      value text NOT NULL
    )`,
    `INSERT INTO setting (name, value) VALUES ('audit', '{"sequence":0,"hash":""}')`,
    `CREATE TABLE environment (
      name text PRIMARY KEY,
      revision bigint NOT NULL DEFAULT 0,
      epoch bigint NOT NULL DEFAULT 1,
      protected boolean NOT NULL DEFAULT false,
      created_at bigint NOT NULL
    )`,
    `CREATE TABLE app (
      name text PRIMARY KEY,
      title text NOT NULL,
      owner text NOT NULL,
      created_at bigint NOT NULL
    )`,
    `CREATE TABLE namespace (
      id text PRIMARY KEY,
      environment text NOT NULL REFERENCES environment (name),
      app text NOT NULL REFERENCES app (name),
      name text NOT NULL,
      kind text NOT NULL,
      format text,
      description text NOT NULL,
      schema text,
      live_release_id text,
      revision bigint NOT NULL DEFAULT 0,
      release_count integer NOT NULL DEFAULT 0,
      item_count integer NOT NULL DEFAULT 0,
      deleted_at bigint,
      created_at bigint NOT NULL
    )`,
    'CREATE UNIQUE INDEX namespace_address ON namespace (environment, app, name)',
    `CREATE TABLE release (
      id text PRIMARY KEY,
      namespace_id text NOT NULL REFERENCES namespace (id),
      number integer NOT NULL,
      revision bigint NOT NULL,
      kind text NOT NULL,
      digest text NOT NULL,
      size_bytes integer NOT NULL,
      content text NOT NULL,
      message text NOT NULL,
      author text NOT NULL,
      restored integer,
      push_id text,
      created_at bigint NOT NULL
    )`,
    'CREATE UNIQUE INDEX release_number ON release (namespace_id, number)',
    'CREATE INDEX release_digest ON release (namespace_id, digest)',
    `CREATE TABLE draft (
      namespace_id text NOT NULL REFERENCES namespace (id),
      owner_id text NOT NULL,
      owner_name text NOT NULL,
      base_revision bigint NOT NULL,
      version integer NOT NULL,
      content text NOT NULL,
      updated_at bigint NOT NULL,
      PRIMARY KEY (namespace_id, owner_id)
    )`,
    `CREATE TABLE stash (
      namespace_id text NOT NULL REFERENCES namespace (id),
      owner_id text NOT NULL,
      base_revision bigint NOT NULL,
      content text NOT NULL,
      stashed_at bigint NOT NULL,
      PRIMARY KEY (namespace_id, owner_id)
    )`,
    `CREATE TABLE change (
      environment text NOT NULL REFERENCES environment (name),
      revision bigint NOT NULL,
      namespace_id text NOT NULL REFERENCES namespace (id),
      kind text NOT NULL,
      app text NOT NULL,
      namespace text NOT NULL,
      release integer,
      push_id text,
      actor text NOT NULL,
      message text NOT NULL,
      at bigint NOT NULL,
      PRIMARY KEY (environment, revision, namespace_id)
    )`,
    `CREATE TABLE push (
      id text PRIMARY KEY,
      environment text NOT NULL,
      app text NOT NULL,
      namespace text NOT NULL,
      namespace_id text NOT NULL REFERENCES namespace (id),
      mode text NOT NULL,
      state text NOT NULL,
      release integer NOT NULL,
      revision bigint NOT NULL,
      digest text NOT NULL,
      created_by text NOT NULL,
      message text NOT NULL,
      created_at bigint NOT NULL,
      settled_at bigint,
      last_applied_ms integer
    )`,
    'CREATE INDEX push_of_app ON push (environment, app, revision)',
    'CREATE INDEX push_open ON push (state, created_at)',
    `CREATE TABLE push_target (
      push_id text NOT NULL REFERENCES push (id),
      instance_id text NOT NULL,
      state text NOT NULL,
      stage text,
      error text,
      ms integer,
      digest text,
      at bigint NOT NULL,
      PRIMARY KEY (push_id, instance_id)
    )`,
    `CREATE TABLE instance (
      environment text NOT NULL,
      app text NOT NULL,
      instance_id text NOT NULL,
      boot_id text NOT NULL,
      node_id text,
      online boolean NOT NULL,
      conflict boolean NOT NULL DEFAULT false,
      labels text NOT NULL,
      sdk text NOT NULL,
      remote_address text NOT NULL,
      ready text NOT NULL,
      cache text NOT NULL,
      revision bigint NOT NULL,
      root_digest text NOT NULL,
      holds text NOT NULL,
      started_at bigint NOT NULL,
      last_seen_at bigint NOT NULL,
      PRIMARY KEY (environment, app, instance_id)
    )`,
    'CREATE INDEX instance_node ON instance (node_id)',
    `CREATE TABLE node (
      id text PRIMARY KEY,
      started_at bigint NOT NULL,
      lease_until bigint NOT NULL,
      instances integer NOT NULL
    )`,
    `CREATE TABLE account (
      id text PRIMARY KEY,
      name text NOT NULL UNIQUE,
      password_hash text NOT NULL,
      grants text NOT NULL,
      disabled boolean NOT NULL DEFAULT false,
      created_at bigint NOT NULL,
      last_seen_at bigint
    )`,
    `CREATE TABLE session (
      id_hash text PRIMARY KEY,
      account_id text NOT NULL REFERENCES account (id),
      remote_address text NOT NULL,
      created_at bigint NOT NULL,
      last_seen_at bigint NOT NULL
    )`,
    'CREATE INDEX session_account ON session (account_id)',
    `CREATE TABLE token (
      id text PRIMARY KEY,
      name text NOT NULL,
      kind text NOT NULL,
      secret_hash text NOT NULL,
      environment text NOT NULL,
      app text NOT NULL,
      role text,
      created_by text NOT NULL,
      created_at bigint NOT NULL,
      expires_at bigint,
      last_used_at bigint,
      revoked_at bigint
    )`,
    `CREATE TABLE audit (
      sequence bigint PRIMARY KEY,
      at bigint NOT NULL,
      actor text NOT NULL,
      actor_kind text NOT NULL,
      remote_address text NOT NULL,
      via text NOT NULL,
      action text NOT NULL,
      environment text,
      app text,
      target text NOT NULL,
      revision bigint,
      detail text NOT NULL,
      previous_hash text NOT NULL,
      hash text NOT NULL
    )`,
    `CREATE TABLE idempotency (
      actor text NOT NULL,
      key text NOT NULL,
      request_hash text NOT NULL,
      response text NOT NULL,
      created_at bigint NOT NULL,
      PRIMARY KEY (actor, key)
    )`,
  ],
};
