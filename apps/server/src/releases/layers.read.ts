import { Inject, Injectable } from '@nestjs/common';
import {
  type Audience,
  type DocumentFormat,
  type LayerKind,
  type NamespaceKind,
  type PublicNamespace,
  SluiceError,
} from '@sluice/core';
import type { EntityManager } from 'typeorm';
import { Database } from '../database/database.ts';
import { placed } from '../database/returning.ts';
import {
  chainOfSchema,
  linkedArms,
  maxLinks,
  type Parts,
  releaseOfRow,
  schemaOfChain,
} from './linked-layers.ts';
import type { JsonSchema } from './namespace.entity.ts';
import { requireAtHome } from './secrets/opened.ts';

/** A layer as it is in force: what it says, for whom, and until when. */
export interface LayerInForce {
  /** Of the row, or the release: another audience, another time or another body is another row. */
  readonly rowId: string;
  /** Stays the same as long as the layer stands. */
  readonly id: string;
  readonly kind: LayerKind;
  readonly order: number;
  readonly revision: number;
  /** Of the global layer. */
  readonly release?: number;
  readonly digest: string;
  readonly sizeBytes: number;
  /** Canonical text, its secrets sealed: `digest` is of what instances see. */
  readonly body: string;
  readonly audience: Audience;
  readonly pushId?: string;
  readonly group?: string;
  /** Milliseconds since 1970. A layer whose time is over may still be listed: who reads it looks at the clock. */
  readonly expiresAt?: number;
  readonly createdAt: number;
  /** The public namespace that it comes from, by a link. */
  readonly from?: PublicNamespace;
}

/** A namespace that is there, with its global layer, if anything was released, and those for some instances. */
export interface NamespaceInForce {
  readonly namespaceId: string;
  readonly name: string;
  readonly kind: NamespaceKind;
  readonly format: DocumentFormat | null;
  readonly schema?: JsonSchema;
  /** Of the newest release or deletion: what writes are based on. */
  readonly revision: number;
  readonly layers: readonly LayerInForce[];
  /** The public namespace that it links. */
  readonly linkId?: string;
  /** Of one that links a public namespace, weakest first; among `layers` as soon as it released something itself. */
  readonly linked?: readonly LayerInForce[];
}

/** Everything that is in force of an app, at one revision of its environment. */
export interface InForce {
  readonly revision: number;
  readonly epoch: number;
  readonly namespaces: readonly NamespaceInForce[];
}

interface PlaceOfApp {
  readonly environment: string;
  readonly app: string;
}

interface Row {
  readonly revision: number | string;
  readonly epoch: number | string;
  readonly namespaceId: string | null;
  readonly name: string;
  readonly namespaceKind: NamespaceKind;
  readonly format: DocumentFormat | null;
  readonly schema: string | null;
  readonly namespaceRevision: number | string;
  readonly rowId: string | null;
  readonly layerId: string;
  readonly kind: LayerKind;
  readonly ordering: number;
  readonly layerRevision: number | string;
  readonly release: number | null;
  readonly digest: string;
  readonly sizeBytes: number;
  readonly body: string;
  readonly audience: string;
  readonly pushId: string | null;
  readonly groupName: string | null;
  readonly expiresAt: number | string | null;
  readonly createdAt: number | string;
  readonly linkId: string | null;
  readonly fromApp: string | null;
  readonly fromName: string | null;
}

const everyone = JSON.stringify({ who: 'everyone' } satisfies Audience);

/** What a release says after its content, so that SQLite has to read through all of that, and what a layer lays. */
const allOfIt: Parts = {
  content: 'r.content',
  pushId: 'r.push_id',
  createdAt: 'r.created_at',
  body: 'a.body',
};
const nothingOfIt: Parts = {
  content: 'CAST(NULL AS text)',
  pushId: 'CAST(NULL AS text)',
  createdAt: 'CAST(NULL AS bigint)',
  body: 'CAST(NULL AS text)',
};

/** Live releases and layers side by side; both databases know all of it. Bodies are most of it, so they can stay out. */
const statementWith = (parts: Parts): string => {
  const { content, pushId, createdAt, body } = parts;
  return `
  SELECT e.revision AS "revision", e.epoch AS "epoch", n.id AS "namespaceId", n.name AS "name",
    n.kind AS "namespaceKind", n.format AS "format", ${schemaOfChain} AS "schema", n.revision AS "namespaceRevision",
    l.row_id AS "rowId", l.layer_id AS "layerId", l.kind AS "kind", l.ordering AS "ordering",
    l.revision AS "layerRevision", l.release AS "release", l.digest AS "digest", l.size_bytes AS "sizeBytes",
    l.body AS "body", l.audience AS "audience", l.push_id AS "pushId", l.group_name AS "groupName",
    l.expires_at AS "expiresAt", l.created_at AS "createdAt",
    n.link_id AS "linkId", l.from_app AS "fromApp", l.from_name AS "fromName"
  FROM environment e
  LEFT JOIN namespace n ON n.environment = e.name AND n.app = ? AND n.deleted_at IS NULL${chainOfSchema}
  LEFT JOIN (
    SELECT r.id AS row_id, m.id AS layer_id, m.id AS namespace_id, 'global' AS kind, 0 AS ordering,
      r.revision AS revision, r.number AS release, r.digest AS digest, r.size_bytes AS size_bytes,
      ${content} AS body, '${everyone}' AS audience, ${pushId} AS push_id, CAST(NULL AS text) AS group_name,
      CAST(NULL AS bigint) AS expires_at, ${createdAt} AS created_at,
      CAST(NULL AS text) AS from_app, CAST(NULL AS text) AS from_name
    FROM namespace m JOIN release r ON r.id = m.live_release_id
    WHERE m.environment = ? AND m.app = ?
    UNION ALL
    SELECT a.row_id, a.layer_id, a.namespace_id, a.kind, a.ordering,
      a.revision, CAST(NULL AS integer), a.digest, a.size_bytes,
      ${body}, a.audience, a.push_id, a.group_name,
      a.expires_at, a.created_at, CAST(NULL AS text), CAST(NULL AS text)
    FROM layer a
    WHERE a.environment = ? AND a.app = ? AND a.ended_revision IS NULL
    UNION ALL ${linkedArms(parts).join(' UNION ALL ')}
  ) l ON l.namespace_id = n.id
  WHERE e.name = ?
  ORDER BY n.name, l.revision, l.row_id`;
};
const statement = statementWith(allOfIt);
const headsOnly = statementWith(nothingOfIt);
/** Rows of either kind have ids of their own. */
const bodiesOf = (count: number): string => {
  const ids = Array.from({ length: count }, () => '?').join(', ');
  return `
    SELECT id AS "rowId", content AS "body", push_id AS "pushId", created_at AS "createdAt"
    FROM release WHERE id IN (${ids})
    UNION ALL SELECT row_id, body, push_id, created_at FROM layer WHERE row_id IN (${ids})`;
};
/** What was released of public namespaces came to this app by a push of its own. */
const bodiesOfLinked = (count: number): string => `
  SELECT r.id AS "rowId", r.content AS "body", q.id AS "pushId", r.created_at AS "createdAt"
  FROM release r LEFT JOIN push q ON q.through = r.push_id AND q.environment = ? AND q.app = ?
  WHERE r.id IN (${Array.from({ length: count }, () => '?').join(', ')})`;
const valuesOf = ({ environment, app }: PlaceOfApp): string[] => [
  app,
  ...Array.from({ length: 2 + maxLinks }, () => [environment, app]).flat(),
  environment,
];
/** Beyond this all of them are read. */
const mostBodies = 50;

/** What is in force for the instances of an app. */
@Injectable()
export class LayersRead {
  readonly #database: Database;

  constructor(@Inject(Database) database: Database) {
    this.#database = database;
  }

  /** One statement, so that revision and layers belong together whatever is pushed meanwhile. */
  async inForce(place: PlaceOfApp, manager: EntityManager = this.#database.read): Promise<InForce> {
    const rows = (await manager.query(placed(manager, statement), valuesOf(place))) as Row[];
    return inForceOf(rows, place);
  }

  /**
   * The same for somebody who knows what was in force before: a row never changes, so that only bodies of new ones are
   * read, however much else the app has.
   */
  async inForceAfter(before: InForce, place: PlaceOfApp): Promise<InForce> {
    const { read } = this.#database;
    const rows = (await read.query(placed(read, headsOnly), valuesOf(place))) as Row[];
    const known = new Map(
      before.namespaces.flatMap(({ layers, linked = [] }) => [...layers, ...linked]).map((l) => [l.rowId, l]),
    );
    const missing = rows.flatMap(({ rowId }) => (rowId === null || known.has(rowId) ? [] : [rowId]));
    if (missing.length > mostBodies) return this.inForce(place);
    const rest = new Map<string, Partial<Row>>();
    const own = missing.filter((rowId) => releaseOfRow(rowId) === rowId);
    if (own.length > 0) {
      const found = await read.query(placed(read, bodiesOf(own.length)), [...own, ...own]);
      for (const { rowId, ...row } of found as Partial<Row>[]) rest.set(rowId!, row);
    }
    const linked = missing.filter((rowId) => !own.includes(rowId));
    if (linked.length > 0) {
      const values = [place.environment, place.app, ...linked.map(releaseOfRow)];
      const found = await read.query(placed(read, bodiesOfLinked(linked.length)), values);
      const byRelease = new Map((found as Partial<Row>[]).map(({ rowId, ...row }) => [rowId, row]));
      for (const rowId of linked) {
        const row = byRelease.get(releaseOfRow(rowId));
        if (row) rest.set(rowId, row);
      }
    }
    // What was removed between the two statements isn't in force any more.
    if (missing.some((rowId) => !rest.has(rowId))) return this.inForce(place);
    return inForceOf(
      rows.map((row) => ({ ...row, ...(row.rowId !== null && rest.get(row.rowId)) })),
      place,
      known,
    );
  }
}

function inForceOf(
  rows: readonly Row[],
  place: PlaceOfApp,
  known: ReadonlyMap<string, LayerInForce> = new Map(),
): InForce {
  const [first] = rows;
  if (!first) throw new SluiceError('not_found', { what: { en: 'environment', zh: '环境' } });
  const byNamespace = Map.groupBy(
    rows.filter((row) => row.namespaceId !== null),
    (row) => row.namespaceId!,
  );
  return {
    revision: Number(first.revision),
    epoch: Number(first.epoch),
    namespaces: [...byNamespace.values()].map((of) => namespaceOf(of, place, known)),
  };
}

function namespaceOf(
  rows: readonly Row[],
  place: PlaceOfApp,
  known: ReadonlyMap<string, LayerInForce>,
): NamespaceInForce {
  const row = rows[0]!;
  for (const { rowId, body, fromApp, fromName } of rows) {
    if (rowId === null || known.has(rowId)) continue;
    const { environment } = place;
    requireAtHome(body, { environment, app: fromApp ?? place.app, namespace: fromName ?? row.name });
  }
  const all = rows
    .filter((each) => each.rowId !== null)
    .map((each) => known.get(each.rowId!) ?? layerOf(each));
  const isLive = all.some((layer) => layer.id === row.namespaceId);
  const linked = all.filter((layer) => layer.from).sort((a, b) => a.order - b.order);
  return {
    namespaceId: row.namespaceId!,
    name: row.name,
    kind: row.namespaceKind,
    format: row.format,
    ...(row.schema !== null && { schema: JSON.parse(row.schema) as JsonSchema }),
    revision: Number(row.namespaceRevision),
    layers: isLive ? all : all.filter((layer) => !layer.from),
    ...(row.linkId !== null && { linkId: row.linkId, linked }),
  };
}

const layerOf = (row: Row): LayerInForce => ({
  rowId: row.rowId!,
  id: row.layerId,
  kind: row.kind,
  order: row.ordering,
  revision: Number(row.layerRevision),
  ...(row.release !== null && { release: row.release }),
  digest: row.digest,
  sizeBytes: row.sizeBytes,
  body: row.body,
  audience: JSON.parse(row.audience) as Audience,
  ...(row.pushId !== null && { pushId: row.pushId }),
  ...(row.groupName !== null && { group: row.groupName }),
  ...(row.expiresAt !== null && { expiresAt: Number(row.expiresAt) }),
  createdAt: Number(row.createdAt),
  ...(row.fromApp !== null && { from: { app: row.fromApp, namespace: row.fromName! } }),
});
