import type { Migration } from '../migration.ts';

/** How many others must approve what is released in an environment; 0, as it was, asks for nobody. */
export const approvals: Migration = {
  name: '0005-approvals',
  statements: () => ['ALTER TABLE environment ADD COLUMN approvals integer NOT NULL DEFAULT 0'],
};
