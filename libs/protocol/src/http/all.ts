import { listAudit, listChanges, overview } from './audit.ts';
import {
  changeApp,
  changeEnvironment,
  createApp,
  createEnvironment,
  listApps,
  listAppsOf,
  listEnvironments,
} from './catalog.ts';
import { getBody, getSnapshot } from './client.ts';
import type { Contract } from './contract.ts';
import { discardDraft, getDraft, saveDraft } from './drafts.ts';
import {
  abortDrill,
  changeDrill,
  checkDrill,
  compareDrills,
  createDrill,
  deleteDrill,
  getDrill,
  getDrillMarkdown,
  getDrillReport,
  listDrills,
  listDrillTemplates,
  planDrill,
  startDrill,
} from './drills.ts';
import { changeGroup, createGroup, deleteGroup, listGroups } from './groups.ts';
import { getPushGuardrail } from './guardrail.ts';
import { health, metrics, readiness } from './health.ts';
import { environmentTraffic, getIncident } from './incident.ts';
import {
  explainInstance,
  getInstance,
  instanceTimeline,
  listInstances,
  probeInstance,
  survivability,
} from './instances.ts';
import { getKill, setKill } from './kill.ts';
import {
  changeNamespace,
  createNamespace,
  deleteNamespace,
  getKeySpread,
  getLiveValues,
  getNamespace,
  listNamespaces,
} from './namespaces.ts';
import { listNodes } from './nodes.ts';
import { approvePush, changeProposal, proposePush, startProposedPush } from './proposals.ts';
import { listLinkers, listPublicNamespaces } from './public-namespaces.ts';
import {
  abandonPush,
  advancePush,
  pausePush,
  previewPushAct,
  promotePush,
  repushPush,
  resumePush,
  rollbackPush,
} from './push-acts.ts';
import { getPush, getPushPlan, listPushes, listPushInstances, previewPush, startPush } from './pushes.ts';
import { diff, exportApp, getRelease, importApp, listHistory, publish, rollback } from './releases.ts';
import { lintRules, predictRule, replayRules } from './rules.ts';
import { checkScript, listScripts, tryScript } from './scripts.ts';
import { revealItem } from './secrets.ts';
import {
  endOtherSessions,
  endOwnSession,
  endUserSessions,
  listOwnSessions,
  listSessions,
  whoAmI,
} from './session.ts';
import { setup, setupState, signIn, signOut } from './setup.ts';
import { createToken, listTokens, revokeToken, rotateToken } from './tokens.ts';
import { getDecision, getResource, getTraffic, listResources } from './traffic.ts';
import { changeOwnPassword, changeUser, createUser, listRoles, listUsers } from './users.ts';

/** Every operation of the server, by its id. */
export const contracts = {
  setupState,
  setup,
  signIn,
  signOut,
  whoAmI,
  changeOwnPassword,
  listUsers,
  createUser,
  changeUser,
  listRoles,
  listOwnSessions,
  endOwnSession,
  endOtherSessions,
  listSessions,
  endUserSessions,
  listTokens,
  createToken,
  rotateToken,
  revokeToken,
  listNodes,
  listEnvironments,
  createEnvironment,
  changeEnvironment,
  listApps,
  createApp,
  changeApp,
  listAppsOf,
  overview,
  listChanges,
  environmentTraffic,
  getIncident,
  listNamespaces,
  createNamespace,
  getNamespace,
  changeNamespace,
  deleteNamespace,
  listPublicNamespaces,
  listLinkers,
  getLiveValues,
  getKeySpread,
  revealItem,
  getDraft,
  saveDraft,
  discardDraft,
  publish,
  rollback,
  listHistory,
  getRelease,
  diff,
  exportApp,
  importApp,
  listPushes,
  previewPush,
  startPush,
  proposePush,
  getPush,
  getPushPlan,
  listPushInstances,
  getPushGuardrail,
  changeProposal,
  approvePush,
  startProposedPush,
  previewPushAct,
  advancePush,
  pausePush,
  resumePush,
  promotePush,
  abandonPush,
  rollbackPush,
  repushPush,
  listGroups,
  createGroup,
  changeGroup,
  deleteGroup,
  listInstances,
  survivability,
  getInstance,
  explainInstance,
  instanceTimeline,
  probeInstance,
  listResources,
  getResource,
  getTraffic,
  getDecision,
  lintRules,
  predictRule,
  replayRules,
  listScripts,
  checkScript,
  tryScript,
  getKill,
  setKill,
  listDrills,
  listDrillTemplates,
  planDrill,
  createDrill,
  getDrill,
  changeDrill,
  deleteDrill,
  checkDrill,
  startDrill,
  abortDrill,
  getDrillReport,
  getDrillMarkdown,
  compareDrills,
  listAudit,
  getSnapshot,
  getBody,
  health,
  readiness,
  metrics,
} as const;

export type Contracts = typeof contracts;
export const allContracts: readonly Contract[] = Object.values(contracts) as unknown as readonly Contract[];
