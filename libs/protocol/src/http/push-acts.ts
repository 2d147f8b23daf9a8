import { z } from 'zod';
import { name } from '../model/name.ts';
import { record } from '../model/record.ts';
import { text } from '../model/text.ts';
import { contract } from './contract.ts';
import { push } from './push.ts';
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

export const advancePush = contract({
  ...act,
  id: 'advancePush',
  summary: 'Go to the next step of a gray; `step` is the one that it is in, so that two clicks are one',
  method: 'POST',
  path: `${pushesPath}/:push/advance`,
  body: z.strictObject({ step: z.int().min(0), message: message.default('') }),
  errors: ['gray_conflict', 'frozen', 'wrong_state'],
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
    /** By namespace and key, where global has changed since: whose value stays. A document has the key `''`. */
    choices: record(name, record(text(128), z.enum(['gray', 'global']))).optional(),
    /** Goes on although a group has one of the keys, so that members in that group fall back to its value. */
    groupsWin: z.boolean().default(false),
    message: message.default(''),
  }),
  errors: [
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
  body: said,
  errors: ['wrong_state'],
});

export const rollbackPush = contract({
  ...act,
  id: 'rollbackPush',
  summary: 'Undo a push: the content before a global one comes back as a new push, any other is abandoned',
  method: 'POST',
  path: `${pushesPath}/:push/rollback`,
  body: said,
  errors: ['base_moved', 'schema_violation', 'frozen', 'wrong_state'],
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
