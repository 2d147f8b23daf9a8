import { z } from 'zod';
import { digest } from '../model/name.ts';
import { text } from '../model/text.ts';
import { contract } from './contract.ts';
import { push } from './push.ts';
import { proposal } from './push-target.ts';
import { pushesPath, pushParams } from './pushes.ts';
import { appParams, message, noQuery } from './request-parts.ts';

export const proposePush = contract({
  id: 'proposePush',
  summary: 'Store a push without starting it, for others to approve',
  method: 'POST',
  path: `${pushesPath}/proposals`,
  access: 'config:edit',
  params: appParams,
  query: noQuery,
  body: z.strictObject(proposal),
  status: 201,
  response: push,
  idempotent: true,
  errors: ['base_moved', 'draft_moved', 'gray_conflict', 'wrong_state', 'idempotency_mismatch'],
});

export const changeProposal = contract({
  id: 'changeProposal',
  summary: 'Edit a proposed push; approvals that it had are void',
  method: 'PUT',
  path: `${pushesPath}/:push/proposal`,
  access: 'config:edit',
  params: pushParams,
  query: noQuery,
  body: z.strictObject(proposal),
  status: 200,
  response: push,
  errors: ['base_moved', 'draft_moved', 'gray_conflict', 'wrong_state'],
});

export const approvePush = contract({
  id: 'approvePush',
  summary: 'Approve a proposed push of somebody else, as it is by this plan',
  method: 'POST',
  path: `${pushesPath}/:push/approve`,
  access: 'config:publish',
  params: pushParams,
  query: noQuery,
  body: z.strictObject({ plan: digest, message: message.default('') }),
  status: 200,
  response: push,
  errors: ['plan_moved', 'wrong_state'],
});

export const startProposedPush = contract({
  id: 'startProposedPush',
  summary: 'Start a proposed push that has its approvals',
  method: 'POST',
  path: `${pushesPath}/:push/start`,
  access: 'config:publish',
  params: pushParams,
  query: noQuery,
  body: z.strictObject({ plan: digest, emergency: text(2000).min(1).optional() }),
  status: 200,
  response: push,
  errors: [
    'base_moved',
    'plan_moved',
    'gray_conflict',
    'approval_required',
    'frozen',
    'vetoed',
    'wrong_state',
  ],
});
