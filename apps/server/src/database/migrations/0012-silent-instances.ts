import type { Migration } from '../migration.ts';

/** Which instances of a node have not said that they obey a kill switch, for those who ask another node. */
export const silentInstances: Migration = {
  name: '0012-silent-instances',
  statements: () => ["ALTER TABLE kill_ack ADD COLUMN silent text NOT NULL DEFAULT '[]'"],
};
