import type { Audience } from '@sluice/core';

/** A link may lead to a public namespace that links one itself, and so on: so many links in a row. */
export const maxLinks = 3;

const everyone = JSON.stringify({ who: 'everyone' } satisfies Audience);

/** Columns that are read with a layer, and only with it. */
export interface Parts {
  readonly content: string;
  readonly pushId: string;
  readonly createdAt: string;
  readonly body: string;
}

/**
 * The live releases of what the namespaces of an app link, below their own: one arm for each length of the chain. It
 * ends at a public namespace of which nothing is live. Each arm takes the environment and the app.
 */
export const linkedArms = (parts: Parts): string[] =>
  Array.from({ length: maxLinks }, (_, index) => {
    const depth = index + 1;
    const between = Array.from({ length: index }, (_none, at) => {
      const [low, high] = [at + 1, at + 2];
      return `JOIN namespace p${high} ON p${high}.id = p${low}.link_id AND p${low}.live_release_id IS NOT NULL`;
    });
    const wantsPush = parts.pushId !== 'CAST(NULL AS text)';
    const push = `LEFT JOIN push q ON q.through = r.push_id AND q.app = m.app AND q.environment = m.environment`;
    return `
    SELECT r.id || '@${depth}' AS row_id, p${depth}.id, m.id, 'global', ${-depth},
      r.revision, r.number, r.digest, r.size_bytes,
      ${parts.content}, '${everyone}', ${wantsPush ? 'q.id' : parts.pushId}, CAST(NULL AS text),
      CAST(NULL AS bigint), ${parts.createdAt}, p${depth}.app, p${depth}.name
    FROM namespace m JOIN namespace p1 ON p1.id = m.link_id ${between.join(' ')}
      JOIN release r ON r.id = p${depth}.live_release_id ${wantsPush ? push : ''}
    WHERE m.environment = ? AND m.app = ? AND m.link_id IS NOT NULL`;
  });

/** Rows that a link brought are known by the release and how far it was away. */
export const releaseOfRow = (rowId: string): string => rowId.replace(/@\d$/, '');

/** The JSON Schema of the public namespace at the end of the chain counts for all that lie over it. */
export const schemaOfChain = 'COALESCE(n.schema, s1.schema, s2.schema, s3.schema)';
export const chainOfSchema = `
  LEFT JOIN namespace s1 ON s1.id = n.link_id
  LEFT JOIN namespace s2 ON s2.id = s1.link_id
  LEFT JOIN namespace s3 ON s3.id = s2.link_id`;
