import { z } from 'zod';
import { digest, id, name } from '../model/name.ts';
import { text } from '../model/text.ts';
import { contract } from './contract.ts';
import { page, pageOf } from './page.ts';
import { push, pushInstance, pushStates } from './push.ts';
import { pushPlan } from './push-plan.ts';
import { proposal } from './push-target.ts';
import { appParams, none, noQuery } from './request-parts.ts';

export const pushParams = appParams.extend({ push: id });
export const pushesPath = '/api/v1/environments/:env/apps/:app/pushes';

export const listPushes = contract({
  id: 'listPushes',
  summary: 'Pushes of an app, newest first',
  method: 'GET',
  path: pushesPath,
  access: 'config:read',
  params: appParams,
  query: z.strictObject({
    ...page,
    namespace: name.optional(),
    /** The first letters of their id, at least 6. */
    id: z
      .string()
      .regex(/^[0-9a-f-]{6,36}$/, 'must be the first letters of an id: 6 to 36 of 0-9 a-f -')
      .optional(),
    /**
     * `open`: neither ended nor settled; grays that wait for somebody are open. `inForce`: what it laid for some
     * instances is in force now, whether it is on its way, waits for somebody, or has long been proven.
     */
    state: z.enum(['open', 'inForce', ...pushStates]).optional(),
  }),
  body: none,
  status: 200,
  response: pageOf(push),
});

export const previewPush = contract({
  id: 'previewPush',
  summary: 'Exactly whom a push would change and how, without doing it',
  method: 'POST',
  path: `${pushesPath}/preview`,
  access: 'config:read',
  params: appParams,
  query: noQuery,
  body: z.strictObject(proposal),
  status: 200,
  response: pushPlan,
  errors: [
    'base_moved',
    'draft_moved',
    'gray_conflict',
    'invalid_document',
    'schema_violation',
    'too_large',
    'wrong_state',
  ],
});

export const startPush = contract({
  id: 'startPush',
  summary: 'Push a change to a single instance, in gray, to a group or to everyone',
  method: 'POST',
  path: pushesPath,
  access: 'config:publish',
  params: appParams,
  query: noQuery,
  body: z.strictObject({
    ...proposal,
    /** The hash of the plan that was looked at; when it has moved since, nothing happens and the answer says how. */
    plan: digest.optional(),
    /** In a protected environment: goes without approval, for this reason, and is flagged. */
    emergency: text(2000).min(1).optional(),
  }),
  status: 201,
  response: push,
  idempotent: true,
  errors: [
    'base_moved',
    'draft_moved',
    'plan_moved',
    'gray_conflict',
    'approval_required',
    'frozen',
    'vetoed',
    'invalid_document',
    'schema_violation',
    'too_large',
    'wrong_state',
    'idempotency_mismatch',
  ],
});

export const getPush = contract({
  id: 'getPush',
  summary: 'A push with its verdict so far',
  method: 'GET',
  path: `${pushesPath}/:push`,
  access: 'config:read',
  params: pushParams,
  query: noQuery,
  body: none,
  status: 200,
  response: push,
});

export const getPushPlan = contract({
  id: 'getPushPlan',
  summary: 'The plan of a push: as it was confirmed, or as it is now while it is only proposed',
  method: 'GET',
  path: `${pushesPath}/:push/plan`,
  access: 'config:read',
  params: pushParams,
  query: noQuery,
  body: none,
  status: 200,
  response: pushPlan,
});

export const listPushInstances = contract({
  id: 'listPushInstances',
  summary: 'Every target of a push and how it does, id by id',
  method: 'GET',
  path: `${pushesPath}/:push/instances`,
  access: 'config:read',
  params: pushParams,
  query: noQuery,
  body: none,
  status: 200,
  response: z.object({ items: z.array(pushInstance) }),
});
