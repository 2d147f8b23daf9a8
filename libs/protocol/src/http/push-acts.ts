import { z } from 'zod';
import { digest, name } from '../model/name.ts';
import { record } from '../model/record.ts';
import { text } from '../model/text.ts';
import { contract } from './contract.ts';
import { push } from './push.ts';
import { pushActPlan } from './push-plan.ts';
import { pushesPath, pushParams } from './pushes.ts';
import { message, noQuery } from './request-parts.ts';

const act = {
  params: pushParams,
  query: noQuery,
  status: 200,
  response: push,
  access: 'config:publish',
} as const;
const said = z.strictObject({ message: message.default('') });

/** The hash of the preview that was looked at; when it has moved since, nothing happens and the answer says how. */
const confirmed = { plan: digest.optional() };
const step = z.int().min(0);
const merging = {
  /** By namespace and key, where global has changed since: whose value stays. A document has the key `''`. */
  choices: record(name, record(text(128), z.enum(['gray', 'global']))).optional(),
  /** Goes on although a group has one of the keys, so that members in that group fall back to its value. */
  groupsWin: z.boolean().default(false),
};

export const previewPushAct = contract({
  id: 'previewPushAct',
  summary:
    'Exactly whom the next step, a promotion, an abandoning or a rollback of a push would change, without doing it',
  method: 'POST',
  path: `${pushesPath}/:push/preview`,
  access: 'config:read',
  params: pushParams,
  query: noQuery,
  body: z.discriminatedUnion('act', [
    z.strictObject({ act: z.literal('advance'), step }),
    z.strictObject({ act: z.literal('promote'), ...merging }),
    z.strictObject({ act: z.literal('abandon') }),
    z.strictObject({ act: z.literal('rollback') }),
  ]),
  status: 200,
  response: pushActPlan,
  errors: ['base_moved', 'merge_conflict', 'gray_conflict', 'schema_violation', 'wrong_state'],
});

export const advancePush = contract({
  ...act,
  id: 'advancePush',
  summary: 'Go to the next step of a gray; `step` is the one that it is in, so that two clicks are one',
  method: 'POST',
  path: `${pushesPath}/:push/advance`,
  body: z.strictObject({
    step,
    /** Goes on although health is not known to hold, for this reason. A breach can't be passed over. */
    despiteHealth: text(2000).min(1).optional(),
    ...confirmed,
    message: message.default(''),
  }),
  errors: ['plan_moved', 'gray_conflict', 'frozen', 'wrong_state'],
});

export const pausePush = contract({
  ...act,
  id: 'pausePush',
  summary: 'Keep a gray in its step, whatever its gate says',
  method: 'POST',
  path: `${pushesPath}/:push/pause`,
  body: said,
  errors: ['wrong_state'],
});

export const resumePush = contract({
  ...act,
  id: 'resumePush',
  summary: 'Let a paused gray go on',
  method: 'POST',
  path: `${pushesPath}/:push/resume`,
  body: said,
  errors: ['wrong_state'],
});

export const promotePush = contract({
  ...act,
  id: 'promotePush',
  summary: 'Make a gray the value of everyone; its cohort sees no change',
  method: 'POST',
  path: `${pushesPath}/:push/promote`,
  body: z.strictObject({
    ...merging,
    /** Goes on although its instances do worse than the rest, for this reason. */
    despiteHealth: text(2000).min(1).optional(),
    ...confirmed,
    message: message.default(''),
  }),
  errors: [
    'plan_moved',
    'merge_conflict',
    'gray_conflict',
    'approval_required',
    'frozen',
    'schema_violation',
    'wrong_state',
  ],
});

export const abandonPush = contract({
  ...act,
  id: 'abandonPush',
  summary: 'Take away what a push laid for some instances; verified like a push',
  method: 'POST',
  path: `${pushesPath}/:push/abandon`,
  body: said.extend(confirmed),
  errors: ['plan_moved', 'wrong_state'],
});

export const rollbackPush = contract({
  ...act,
  id: 'rollbackPush',
  summary: 'Undo a push: the content before a global one comes back as a new push, any other is abandoned',
  method: 'POST',
  path: `${pushesPath}/:push/rollback`,
  body: said.extend({
    ...confirmed,
    /** While publishing is frozen: goes all the same, for this reason, and is flagged. */
    emergency: text(2000).min(1).optional(),
  }),
  errors: ['plan_moved', 'base_moved', 'schema_violation', 'frozen', 'wrong_state'],
});

export const repushPush = contract({
  ...act,
  id: 'repushPush',
  summary: 'Send a push again to all of its targets that do not hold it',
  method: 'POST',
  path: `${pushesPath}/:push/repush`,
  body: said,
  errors: ['wrong_state'],
});
