import { accessEntities } from './access/access.entities.ts';
import { alertsEntities } from './alerts/alerts.entities.ts';
import { auditEntities } from './audit/audit.entity.ts';
import { catalogEntities } from './catalog/catalog.entities.ts';
import type { EntityClass } from './database/open-database.ts';
import { deliveryEntities } from './delivery/delivery.entities.ts';
import { drillsEntities } from './drills/drill.entities.ts';
import { feedEntities } from './feed/change.entity.ts';
import { fleetEntities } from './fleet/fleet.entities.ts';
import { guardingEntities } from './guarding/guarding.entities.ts';
import { guardrailsEntities } from './guardrails/guardrails.entities.ts';
import { pushesEntities } from './pushes/pushes.entities.ts';
import { releasesEntities } from './releases/releases.entities.ts';
import { trafficEntities } from './traffic/rollup.entity.ts';

/** Every table that has a class; each feature lists its own. */
export const entities: readonly EntityClass[] = [
  ...auditEntities,
  ...accessEntities,
  ...feedEntities,
  ...catalogEntities,
  ...releasesEntities,
  ...fleetEntities,
  ...pushesEntities,
  ...deliveryEntities,
  ...trafficEntities,
  ...guardrailsEntities,
  ...guardingEntities,
  ...drillsEntities,
  ...alertsEntities,
];
