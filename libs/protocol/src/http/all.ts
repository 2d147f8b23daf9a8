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
import { health, metrics, readiness } from './health.ts';
import { explainInstance, getInstance, listInstances } from './instances.ts';
import {
  changeNamespace,
  createNamespace,
  deleteNamespace,
  getLiveValues,
  getNamespace,
  listNamespaces,
} from './namespaces.ts';
import { getPush, listPushes, listPushInstances } from './pushes.ts';
import { diff, exportApp, getRelease, importApp, listHistory, publish, rollback } from './releases.ts';
import { whoAmI } from './session.ts';
import { setup, setupState, signIn, signOut } from './setup.ts';
import { createToken, listTokens, revokeToken } from './tokens.ts';
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
  listTokens,
  createToken,
  revokeToken,
  listEnvironments,
  createEnvironment,
  changeEnvironment,
  listApps,
  createApp,
  changeApp,
  listAppsOf,
  overview,
  listChanges,
  listNamespaces,
  createNamespace,
  getNamespace,
  changeNamespace,
  deleteNamespace,
  getLiveValues,
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
  getPush,
  listPushInstances,
  listInstances,
  getInstance,
  explainInstance,
  listAudit,
  getSnapshot,
  getBody,
  health,
  readiness,
  metrics,
} as const;

export type Contracts = typeof contracts;
export const allContracts: readonly Contract[] = Object.values(contracts) as unknown as readonly Contract[];
