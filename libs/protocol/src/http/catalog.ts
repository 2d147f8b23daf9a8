import { z } from 'zod';
import { moment, name, revision } from '../model/name.ts';
import { text } from '../model/text.ts';
import { contract } from './contract.ts';
import { environmentParams, none, noParams, noQuery } from './request-parts.ts';

const approvals = z.int().min(0).max(10);

const environment = z.object({
  name,
  revision,
  /** A protected one asks for more before a global push. */
  protected: z.boolean(),
  /** How many others must approve before anything is released there; rolling back and abandoning ask for nobody. */
  approvals: z.int(),
  createdAt: moment,
});
export type Environment = z.infer<typeof environment>;

const app = z.object({
  name,
  title: z.string(),
  owner: z.string(),
  createdAt: moment,
});
export type App = z.infer<typeof app>;

/** An app with what is going on in one environment. */
const appOverview = app.extend({
  namespaceCount: z.int(),
  instancesOnline: z.int(),
  instancesOffline: z.int(),
  /** Online instances that hold something else than the release says. */
  instancesDiffering: z.int(),
});
export type AppOverview = z.infer<typeof appOverview>;

export const listEnvironments = contract({
  id: 'listEnvironments',
  summary: 'Environments that you may see',
  method: 'GET',
  path: '/api/v1/environments',
  access: 'signedIn',
  params: noParams,
  query: noQuery,
  body: none,
  status: 200,
  response: z.object({ items: z.array(environment) }),
});

export const createEnvironment = contract({
  id: 'createEnvironment',
  summary: 'Create an environment',
  method: 'POST',
  path: '/api/v1/environments',
  access: 'environment:manage',
  params: noParams,
  query: noQuery,
  body: z.strictObject({ name, protected: z.boolean().default(false), approvals: approvals.default(0) }),
  status: 201,
  response: environment,
  errors: ['already_exists'],
});

export const changeEnvironment = contract({
  id: 'changeEnvironment',
  summary: 'Protect an environment, or lift it; say how many must approve',
  method: 'PATCH',
  path: '/api/v1/environments/:env',
  access: 'environment:manage',
  params: environmentParams,
  query: noQuery,
  body: z.strictObject({ protected: z.boolean().optional(), approvals: approvals.optional() }),
  status: 200,
  response: environment,
});

export const listApps = contract({
  id: 'listApps',
  summary: 'Apps that you may see',
  method: 'GET',
  path: '/api/v1/apps',
  access: 'signedIn',
  params: noParams,
  query: noQuery,
  body: none,
  status: 200,
  response: z.object({ items: z.array(app) }),
});

const title = text(200);

export const createApp = contract({
  id: 'createApp',
  summary: 'Create an app',
  method: 'POST',
  path: '/api/v1/apps',
  access: 'app:manage',
  params: noParams,
  query: noQuery,
  body: z.strictObject({ name, title: title.default(''), owner: title.default('') }),
  status: 201,
  response: app,
  errors: ['already_exists'],
});

export const changeApp = contract({
  id: 'changeApp',
  summary: 'Change the title or the owner of an app',
  method: 'PATCH',
  path: '/api/v1/apps/:app',
  access: 'app:manage',
  params: z.strictObject({ app: name }),
  query: noQuery,
  body: z.strictObject({ title: title.optional(), owner: title.optional() }),
  status: 200,
  response: app,
});

export const listAppsOf = contract({
  id: 'listAppsOf',
  summary: 'Apps of an environment with their instances at a glance',
  method: 'GET',
  path: '/api/v1/environments/:env/apps',
  access: 'config:read',
  params: environmentParams,
  query: noQuery,
  body: none,
  status: 200,
  response: z.object({ items: z.array(appOverview) }),
});
