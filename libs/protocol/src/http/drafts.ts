import { z } from 'zod';
import { content } from '../model/content.ts';
import { moment, revision } from '../model/name.ts';
import { contract } from './contract.ts';
import { namespaceParams, none, noQuery, nothing } from './request-parts.ts';

/** Your unpublished edits of one namespace. Another person's draft is another one. */
const draft = z.object({
  owner: z.string(),
  baseRevision: revision,
  content,
  /** To be sent as `If-Match` by the next save, and by the publish of this draft. */
  etag: z.string(),
  /** Something was released since this draft was begun: it has to be merged before it can be published. */
  baseMoved: z.boolean(),
  /** Keys whose secret value is another one than what is live: both are masked, so that the contents don't tell. */
  changedSecrets: z.array(z.string()),
  updatedAt: moment,
});
export type Draft = z.infer<typeof draft>;

const stashedDraft = z.object({ content, baseRevision: revision, stashedAt: moment });

export const getDraft = contract({
  id: 'getDraft',
  summary: 'Your draft of this namespace and what a rollback put aside; both absent when there is none',
  method: 'GET',
  path: '/api/v1/environments/:env/apps/:app/namespaces/:ns/draft',
  access: 'config:read',
  params: namespaceParams,
  query: noQuery,
  body: none,
  status: 200,
  response: z.object({
    draft: draft.optional(),
    stash: stashedDraft.optional(),
    others: z.array(z.object({ owner: z.string(), updatedAt: moment })),
  }),
});

export const saveDraft = contract({
  id: 'saveDraft',
  summary: 'Save your draft. If-Match: the ETag of the draft, or of the namespace for a first save',
  method: 'PUT',
  path: '/api/v1/environments/:env/apps/:app/namespaces/:ns/draft',
  access: 'config:edit',
  params: namespaceParams,
  query: noQuery,
  body: z.strictObject({ content }),
  status: 200,
  response: draft,
  ifMatch: 'required',
  errors: ['base_moved', 'draft_moved', 'invalid_document', 'schema_violation', 'too_large'],
});

export const discardDraft = contract({
  id: 'discardDraft',
  summary: 'Throw your draft away; with stash=true the stashed one',
  method: 'DELETE',
  path: '/api/v1/environments/:env/apps/:app/namespaces/:ns/draft',
  access: 'config:edit',
  params: namespaceParams,
  query: z.strictObject({ stash: z.enum(['true', 'false']).default('false') }),
  body: none,
  status: 204,
  response: nothing,
});
