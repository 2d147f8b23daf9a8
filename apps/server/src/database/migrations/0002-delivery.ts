import type { Migration } from '../migration.ts';

/** Of a push of before: where it stood, in the words of the state machine. */
const carriedState = `CASE p.state
  WHEN 'running' THEN '{"state":"running","step":0,"since":' || p.created_at || ',"bakedMs":0}'
  WHEN 'verifying' THEN '{"state":"verifying","since":' || p.created_at || '}'
  ELSE '{"state":"' || p.state || '","at":' || COALESCE(p.settled_at, p.created_at)
    || ',"proof":{"holding":'
    || (SELECT COUNT(*) FROM push_target t WHERE t.push_id = p.id AND t.state IN ('applied', 'repaired'))
    || ',"targets":' || (SELECT COUNT(*) FROM push_target t WHERE t.push_id = p.id) || '}}'
END`;

/** Layers for some instances, pushes over several namespaces in every mode, groups, cohorts, approvals. */
export const deliveryTables: Migration = {
  name: '0002-delivery',
  statements: () => [
    `CREATE TABLE new_push (
      id text PRIMARY KEY,
      environment text NOT NULL,
      app text NOT NULL,
      mode text NOT NULL,
      course text NOT NULL,
      target text NOT NULL,
      state text NOT NULL,
      state_data text NOT NULL,
      proposal text NOT NULL,
      plan_hash text,
      variants text NOT NULL,
      two_phase boolean NOT NULL DEFAULT false,
      began bigint NOT NULL,
      revision bigint NOT NULL,
      expires_at bigint,
      emergency text,
      ended text,
      of text,
      created_by text NOT NULL,
      created_by_id text NOT NULL,
      message text NOT NULL,
      created_at bigint NOT NULL,
      settled_at bigint,
      last_applied_ms integer
    )`,
    `INSERT INTO new_push (id, environment, app, mode, course, target, state, state_data, proposal, variants,
        began, revision, created_by, created_by_id, message, created_at, settled_at, last_applied_ms)
      SELECT p.id, p.environment, p.app, p.mode, '{"mode":"global"}', '{"mode":"global"}', p.state,
        ${carriedState}, '{"changes":[]}', '[]',
        p.revision, p.revision, p.created_by, '', p.message, p.created_at, p.settled_at, p.last_applied_ms
      FROM push p`,
    `CREATE TABLE push_namespace (
      push_id text NOT NULL REFERENCES new_push (id),
      namespace_id text NOT NULL REFERENCES namespace (id),
      namespace text NOT NULL,
      release integer,
      digest text,
      keys text NOT NULL,
      PRIMARY KEY (push_id, namespace_id)
    )`,
    'CREATE INDEX push_of_namespace ON push_namespace (namespace_id, push_id)',
    `INSERT INTO push_namespace (push_id, namespace_id, namespace, release, digest, keys)
      SELECT p.id, p.namespace_id, p.namespace, p.release, p.digest, '[]' FROM push p`,
    `CREATE TABLE new_push_target (
      push_id text NOT NULL REFERENCES new_push (id),
      instance_id text NOT NULL,
      variant integer NOT NULL DEFAULT 0,
      state text NOT NULL,
      stage text,
      error text,
      ms integer,
      digest text,
      at bigint NOT NULL,
      PRIMARY KEY (push_id, instance_id)
    )`,
    `INSERT INTO new_push_target (push_id, instance_id, variant, state, stage, error, ms, digest, at)
      SELECT push_id, instance_id, 0, state, stage, error, ms, digest, at FROM push_target`,
    'DROP TABLE push_target',
    'DROP TABLE push',
    'ALTER TABLE new_push RENAME TO push',
    'ALTER TABLE new_push_target RENAME TO push_target',
    'CREATE INDEX push_of_app ON push (environment, app, began)',
    'CREATE INDEX push_open ON push (state, created_at)',
    `CREATE TABLE push_plan (
      push_id text PRIMARY KEY REFERENCES push (id),
      plan text NOT NULL
    )`,
    `CREATE TABLE layer (
      row_id text PRIMARY KEY,
      layer_id text NOT NULL,
      environment text NOT NULL,
      app text NOT NULL,
      namespace_id text NOT NULL REFERENCES namespace (id),
      kind text NOT NULL,
      group_name text,
      ordering integer NOT NULL,
      push_id text NOT NULL REFERENCES push (id),
      revision bigint NOT NULL,
      body text NOT NULL,
      digest text NOT NULL,
      size_bytes integer NOT NULL,
      audience text NOT NULL,
      expires_at bigint,
      created_at bigint NOT NULL,
      ended_revision bigint,
      ended_at bigint
    )`,
    'CREATE INDEX layer_in_force ON layer (environment, app) WHERE ended_revision IS NULL',
    'CREATE INDEX layer_of_push ON layer (push_id)',
    'CREATE INDEX layer_of_namespace ON layer (namespace_id, revision)',
    'CREATE INDEX layer_end ON layer (expires_at) WHERE ended_revision IS NULL',
    `CREATE TABLE cohort (
      push_id text PRIMARY KEY REFERENCES push (id),
      data text NOT NULL
    )`,
    `CREATE TABLE approval (
      push_id text NOT NULL REFERENCES push (id),
      person text NOT NULL,
      name text NOT NULL,
      plan_hash text NOT NULL,
      message text NOT NULL,
      at bigint NOT NULL,
      PRIMARY KEY (push_id, person)
    )`,
    `CREATE TABLE instance_group (
      environment text NOT NULL,
      app text NOT NULL,
      name text NOT NULL,
      selector text NOT NULL,
      description text NOT NULL,
      ordering integer NOT NULL,
      created_by text NOT NULL,
      created_at bigint NOT NULL,
      PRIMARY KEY (environment, app, name)
    )`,
    `CREATE TABLE effective (
      namespace_id text NOT NULL REFERENCES namespace (id),
      digest text NOT NULL,
      content text NOT NULL,
      PRIMARY KEY (namespace_id, digest)
    )`,
    `CREATE TABLE holding_log (
      environment text NOT NULL,
      app text NOT NULL,
      instance_id text NOT NULL,
      namespace text NOT NULL,
      digest text,
      since bigint NOT NULL,
      push_id text,
      PRIMARY KEY (environment, app, instance_id, namespace, since)
    )`,
    'CREATE INDEX holding_log_age ON holding_log (since)',
  ],
};
