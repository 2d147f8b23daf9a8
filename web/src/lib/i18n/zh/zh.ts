import type { Texts } from '../texts.ts';
import { nodes, permissions, rolesPage, sessions } from './accounts.ts';
import { admin, audit, environments, tokens } from './admin.ts';
import { alerts, webhooks } from './alerts.ts';
import { apps, connect, instances, namespaces, why } from './catalog.ts';
import { drills } from './drills.ts';
import { access, common, format, live, problem, roles } from './everywhere.ts';
import { guardrail } from './guardrail.ts';
import { incident } from './incident.ts';
import { kill } from './kill.ts';
import { links } from './links.ts';
import { draft, history, merge, namespace, settings, values } from './namespace.ts';
import {
  act,
  approval,
  groups,
  layers,
  past,
  plan,
  proof,
  risk,
  selector,
  setOne,
  timeBox,
  track,
  wizard,
} from './pushes.ts';
import { changes, diff, publish, push, rollback } from './release.ts';
import { keys, overview, shell, signIn } from './shell.ts';

/** Every text of the console in Chinese. */
export const zh = {
  common,
  format,
  problem,
  access,
  roles,
  live,
  shell,
  keys,
  signIn,
  overview,
  apps,
  namespaces,
  connect,
  instances,
  why,
  diff,
  publish,
  rollback,
  push,
  changes,
  plan,
  selector,
  timeBox,
  wizard,
  approval,
  act,
  track,
  groups,
  layers,
  risk,
  proof,
  past,
  setOne,
  guardrail,
  namespace,
  links,
  values,
  draft,
  merge,
  history,
  settings,
  admin,
  tokens,
  environments,
  audit,
  permissions,
  rolesPage,
  sessions,
  nodes,
  kill,
  incident,
  alerts,
  webhooks,
  drills,
} satisfies Texts;
