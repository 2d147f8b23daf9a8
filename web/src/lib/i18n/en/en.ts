import * as accounts from './accounts.ts';
import * as admin from './admin.ts';
import * as alerts from './alerts.ts';
import * as catalog from './catalog.ts';
import * as drills from './drills.ts';
import { access, common, format, live, problem, roles } from './everywhere.ts';
import * as guardrail from './guardrail.ts';
import * as incident from './incident.ts';
import * as kill from './kill.ts';
import * as links from './links.ts';
import * as namespace from './namespace.ts';
import * as pushes from './pushes.ts';
import * as release from './release.ts';
import * as shell from './shell.ts';

/** Every text of the console. The other language has the same names, or it doesn't compile. */
export const en = {
  common,
  format,
  problem,
  access,
  roles,
  live,
  ...shell,
  ...catalog,
  ...release,
  ...pushes,
  ...guardrail,
  ...namespace,
  ...links,
  ...admin,
  ...accounts,
  ...kill,
  ...incident,
  ...alerts,
  ...drills,
};
