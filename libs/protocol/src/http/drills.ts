import { z } from 'zod';
import { drillDesign } from '../model/drill.ts';
import { id } from '../model/name.ts';
import { text } from '../model/text.ts';
import { contract } from './contract.ts';
import { drill, drillDetail, drillPlan, drillStates, drillTemplate } from './drill.ts';
import { drillComparison, drillReport } from './drill-report.ts';
import { page, pageOf } from './page.ts';
import { appParams, none, noQuery, nothing } from './request-parts.ts';

const drillParams = appParams.extend({ drill: id });
const path = '/api/v1/environments/:env/apps/:app/drills';

/** A drill as it is designed: as data, or as the YAML text of a file. */
const design = z.union([
  z.strictObject({ definition: drillDesign }),
  z.strictObject({ yaml: text(262_144).min(1) }),
]);

export const listDrills = contract({
  id: 'listDrills',
  summary: 'Drills of an app, newest first',
  method: 'GET',
  path,
  access: 'config:read',
  params: appParams,
  query: z.strictObject({ ...page, state: z.enum(['open', ...drillStates]).optional() }),
  body: none,
  status: 200,
  response: pageOf(drill),
});

export const listDrillTemplates = contract({
  id: 'listDrillTemplates',
  summary: 'Designs of drills to begin with, fitted to the resources that the app has',
  method: 'GET',
  path: '/api/v1/environments/:env/apps/:app/drilltemplates',
  access: 'config:read',
  params: appParams,
  query: noQuery,
  body: none,
  status: 200,
  response: z.object({ items: z.array(drillTemplate) }),
});

/** Stores nothing and starts nothing. */
export const planDrill = contract({
  id: 'planDrill',
  summary: 'Exactly which instances a drill would be in, and what would keep it from starting now',
  method: 'POST',
  path: '/api/v1/environments/:env/apps/:app/drillplans',
  access: 'config:read',
  params: appParams,
  query: noQuery,
  body: design,
  status: 200,
  response: drillPlan,
  errors: ['invalid_document'],
});

export const createDrill = contract({
  id: 'createDrill',
  summary: 'Store the design of a drill; it starts when somebody starts it',
  method: 'POST',
  path,
  access: 'drill:run',
  params: appParams,
  query: noQuery,
  body: design,
  status: 201,
  response: drillDetail,
  errors: ['invalid_document'],
});

export const getDrill = contract({
  id: 'getDrill',
  summary: 'A drill: its design, its targets, its checks and what happened so far',
  method: 'GET',
  path: `${path}/:drill`,
  access: 'config:read',
  params: drillParams,
  query: noQuery,
  body: none,
  status: 200,
  response: drillDetail,
});

export const changeDrill = contract({
  id: 'changeDrill',
  summary: 'Change the design of a drill that was not started yet',
  method: 'PUT',
  path: `${path}/:drill`,
  access: 'drill:run',
  params: drillParams,
  query: noQuery,
  body: design,
  status: 200,
  response: drillDetail,
  errors: ['wrong_state', 'invalid_document'],
});

export const deleteDrill = contract({
  id: 'deleteDrill',
  summary: 'Throw away a drill that was never started',
  method: 'DELETE',
  path: `${path}/:drill`,
  access: 'drill:run',
  params: drillParams,
  query: noQuery,
  body: none,
  status: 204,
  response: nothing,
  errors: ['wrong_state'],
});

export const checkDrill = contract({
  id: 'checkDrill',
  summary: 'Look whether a drill could start now, and keep the answer beside it',
  method: 'POST',
  path: `${path}/:drill/check`,
  access: 'drill:run',
  params: drillParams,
  query: noQuery,
  body: none,
  status: 200,
  response: drillDetail,
  errors: ['wrong_state'],
});

export const startDrill = contract({
  id: 'startDrill',
  summary: 'Start a drill, if all that must hold before it does',
  method: 'POST',
  path: `${path}/:drill/start`,
  access: 'drill:run',
  params: drillParams,
  query: noQuery,
  body: none,
  status: 200,
  response: drillDetail,
  errors: ['wrong_state', 'drill_refused'],
});

export const abortDrill = contract({
  id: 'abortDrill',
  summary: 'Stop a drill: every fault ends within two seconds',
  method: 'POST',
  path: `${path}/:drill/abort`,
  access: 'drill:run',
  params: drillParams,
  query: noQuery,
  body: z.strictObject({ reason: text(2000).default('') }),
  status: 200,
  response: drillDetail,
  errors: ['wrong_state'],
});

export const getDrillReport = contract({
  id: 'getDrillReport',
  summary: 'What a drill came to, so far while it runs',
  method: 'GET',
  path: `${path}/:drill/report`,
  access: 'config:read',
  params: drillParams,
  query: noQuery,
  body: none,
  status: 200,
  response: drillReport,
  errors: ['wrong_state'],
});

export const getDrillMarkdown = contract({
  id: 'getDrillMarkdown',
  summary: 'The report of a drill as a Markdown text for people',
  method: 'GET',
  path: `${path}/:drill/markdown`,
  access: 'config:read',
  params: drillParams,
  query: z.strictObject({ language: z.enum(['en', 'zh']).default('en') }),
  body: none,
  status: 200,
  response: z.object({ markdown: z.string() }),
  errors: ['wrong_state'],
});

export const compareDrills = contract({
  id: 'compareDrills',
  summary: 'A drill beside an earlier run: the one that is named, or the last of the same title',
  method: 'GET',
  path: `${path}/:drill/comparison`,
  access: 'config:read',
  params: drillParams,
  query: z.strictObject({ with: id.optional() }),
  body: none,
  status: 200,
  response: drillComparison,
  errors: ['wrong_state'],
});
