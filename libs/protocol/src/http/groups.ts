import { z } from 'zod';
import { moment, name } from '../model/name.ts';
import { text } from '../model/text.ts';
import { contract } from './contract.ts';
import { appParams, none, noQuery, nothing } from './request-parts.ts';

const selector = text(2000).min(1);
const description = text(2000);

/** A named selector over instance labels. */
const group = z.object({
  name,
  /** As people write it: `zone in (a,b), version=2.3`. */
  selector: z.string(),
  description: z.string(),
  /** Layers of several groups on one instance: the higher order wins. */
  order: z.int(),
  /** Online instances that it picks now. */
  online: z.int(),
  /** Namespaces that have a layer for it. */
  namespaces: z.array(name),
  createdBy: z.string(),
  createdAt: moment,
});
export type Group = z.infer<typeof group>;

const base = '/api/v1/environments/:env/apps/:app/groups';
const groupParams = appParams.extend({ group: name });
const order = z.int().min(0).max(10_000);

export const listGroups = contract({
  id: 'listGroups',
  summary: 'Groups of an app: named label selectors',
  method: 'GET',
  path: base,
  access: 'config:read',
  params: appParams,
  query: noQuery,
  body: none,
  status: 200,
  response: z.object({ items: z.array(group) }),
});

export const createGroup = contract({
  id: 'createGroup',
  summary: 'Name a label selector',
  method: 'POST',
  path: base,
  access: 'config:edit',
  params: appParams,
  query: noQuery,
  body: z.strictObject({ name, selector, description: description.default(''), order: order.default(0) }),
  status: 201,
  response: group,
  errors: ['already_exists'],
});

export const changeGroup = contract({
  id: 'changeGroup',
  summary: 'Change a group; its selector and order only while no layer is in force for it',
  method: 'PATCH',
  path: `${base}/:group`,
  access: 'config:edit',
  params: groupParams,
  query: noQuery,
  body: z.strictObject({
    selector: selector.optional(),
    description: description.optional(),
    order: order.optional(),
  }),
  status: 200,
  response: group,
  errors: ['wrong_state'],
});

export const deleteGroup = contract({
  id: 'deleteGroup',
  summary: 'Delete a group for which no layer is in force',
  method: 'DELETE',
  path: `${base}/:group`,
  access: 'config:edit',
  params: groupParams,
  query: noQuery,
  body: none,
  status: 204,
  response: nothing,
  errors: ['wrong_state'],
});
