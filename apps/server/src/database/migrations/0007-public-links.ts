import type { Migration } from '../migration.ts';

/** Public namespaces, those that link them, and the pushes that carry what is released on to these. */
export const publicLinks: Migration = {
  name: '0007-public-links',
  statements: () => [
    'ALTER TABLE namespace ADD COLUMN is_public boolean NOT NULL DEFAULT false',
    'ALTER TABLE namespace ADD COLUMN link_id text',
    'CREATE INDEX namespace_link ON namespace (link_id)',
    'ALTER TABLE push ADD COLUMN through text',
    'CREATE INDEX push_through ON push (through, app)',
  ],
};
