import { z } from 'zod';
import { content, documentFormat, namespaceKind } from '../model/content.ts';
import { json } from '../model/json.ts';
import { digest, id, moment, name, revision } from '../model/name.ts';
import { record } from '../model/record.ts';
import { text } from '../model/text.ts';
import { contract } from './contract.ts';
import { publicAddress } from './public-namespaces.ts';
import { appParams, message, namespaceParams, none, noQuery, nothing } from './request-parts.ts';

/** A JSON Schema that content must fit; checked when a draft is saved, at a release, and by clients. */
export const jsonSchema = z.union([record(z.string(), json), z.null()]);

export const releaseSummary = z.object({
  /** Counts the releases of one namespace; what people call "release 57". */
  number: z.int(),
  revision,
  kind: z.enum(['publish', 'rollback', 'import', 'delete', 'promote']),
  digest,
  sizeBytes: z.int(),
  message: z.string(),
  author: z.string(),
  createdAt: moment,
  /** For a rollback: the release whose content came back. */
  restored: z.int().optional(),
  pushId: id.optional(),
});
export type ReleaseSummary = z.infer<typeof releaseSummary>;

const namespace = z.object({
  app: name,
  name,
  kind: namespaceKind,
  format: documentFormat.optional(),
  description: z.string(),
  /** Revision of what is live; 0 when nothing was released yet. The base of every write. */
  revision,
  /** To be sent as `If-Match` by a write that is based on what is live. */
  etag: z.string(),
  live: releaseSummary.optional(),
  itemCount: z.int(),
  /** Whether the asking user has unpublished edits here. */
  hasDraft: z.boolean(),
  /** Whether other apps may link it. */
  public: z.boolean(),
  /** The public namespace that it lies over: its own content overrides single keys of that. */
  link: publicAddress.optional(),
  createdAt: moment,
});
export type Namespace = z.infer<typeof namespace>;

const namespaceDetail = namespace.extend({
  schema: jsonSchema,
  /** What the release says; absent when nothing was released yet. */
  target: content.optional(),
  /** What it inherits by its link, and from where, nearest first; instances see it from the first release on. */
  inherited: z
    .object({
      content,
      chain: z.array(z.object({ app: name, namespace: name, release: z.int(), keys: z.array(z.string()) })),
    })
    .optional(),
  /** How many namespaces link it, directly or by way of others. */
  linkers: z.int(),
});
export type NamespaceDetail = z.infer<typeof namespaceDetail>;

export const listNamespaces = contract({
  id: 'listNamespaces',
  summary: 'Namespaces of an app in an environment',
  method: 'GET',
  path: '/api/v1/environments/:env/apps/:app/namespaces',
  access: 'config:read',
  params: appParams,
  query: noQuery,
  body: none,
  status: 200,
  response: z.object({ items: z.array(namespace) }),
});

export const createNamespace = contract({
  id: 'createNamespace',
  summary: 'Create an empty namespace',
  method: 'POST',
  path: '/api/v1/environments/:env/apps/:app/namespaces',
  access: 'config:edit',
  params: appParams,
  query: noQuery,
  body: z
    .strictObject({
      name,
      kind: namespaceKind,
      format: documentFormat.optional(),
      description: text(2000).default(''),
      schema: jsonSchema.default(null),
      public: z.boolean().default(false),
      /** Needs `config:read` there. */
      link: publicAddress.optional(),
    })
    .refine((b) => (b.kind === 'document') === (b.format !== undefined), {
      path: ['format'],
      message: 'belongs to kind "document", and only there',
    }),
  status: 201,
  response: namespaceDetail,
  errors: ['already_exists'],
});

export const getNamespace = contract({
  id: 'getNamespace',
  summary: 'A namespace with what its release says; the ETag is the base for writes',
  method: 'GET',
  path: '/api/v1/environments/:env/apps/:app/namespaces/:ns',
  access: 'config:read',
  params: namespaceParams,
  query: noQuery,
  body: none,
  status: 200,
  response: namespaceDetail,
});

export const changeNamespace = contract({
  id: 'changeNamespace',
  summary:
    'Change the description, the JSON Schema (the live content must fit), whether it is public, or its link (while nothing is live)',
  method: 'PATCH',
  path: '/api/v1/environments/:env/apps/:app/namespaces/:ns',
  access: 'config:edit',
  params: namespaceParams,
  query: noQuery,
  body: z.strictObject({
    description: text(2000).optional(),
    schema: jsonSchema.optional(),
    public: z.boolean().optional(),
    link: publicAddress.nullable().optional(),
  }),
  status: 200,
  response: namespaceDetail,
  ifMatch: 'required',
  errors: ['base_moved', 'schema_violation', 'wrong_state'],
});

export const deleteNamespace = contract({
  id: 'deleteNamespace',
  summary: 'Delete a namespace; instances fall back to their code defaults. Its history is kept',
  method: 'DELETE',
  path: '/api/v1/environments/:env/apps/:app/namespaces/:ns',
  access: 'config:publish',
  params: namespaceParams,
  query: z.strictObject({ message: message.optional(), emergency: text(2000).min(1).optional() }),
  body: none,
  status: 204,
  response: nothing,
  ifMatch: 'required',
  errors: ['approval_required', 'base_moved', 'frozen', 'wrong_state'],
});

/** What online instances say they hold, by digest. */
const liveValues = z.object({
  online: z.int(),
  variants: z.array(
    z.object({
      digest: digest.nullable(),
      /** The newest release with this digest, when there is one. */
      release: z.int().optional(),
      /** Equal to what the release says now. */
      isTarget: z.boolean(),
      instanceCount: z.int(),
      /** At most 100 of them. */
      instanceIds: z.array(z.string()),
      content: content.optional(),
    }),
  ),
  at: moment,
});
export type LiveValues = z.infer<typeof liveValues>;

export const getLiveValues = contract({
  id: 'getLiveValues',
  summary: 'What the online instances hold of this namespace, and how many hold what',
  method: 'GET',
  path: '/api/v1/environments/:env/apps/:app/namespaces/:ns/live',
  access: 'config:read',
  params: namespaceParams,
  query: noQuery,
  body: none,
  status: 200,
  response: liveValues,
});

/** Who has which value of one key, among the online instances. */
const keySpread = z.object({
  key: z.string(),
  target: json.optional(),
  online: z.int(),
  values: z.array(
    z.object({
      /** Absent: the key is not set there, code defaults count. */
      value: json.optional(),
      /** False for content that the server has no record of: `value` is absent then too. */
      isKnown: z.boolean(),
      instanceCount: z.int(),
      instanceIds: z.array(z.string()),
    }),
  ),
  at: moment,
});
export type KeySpread = z.infer<typeof keySpread>;

export const getKeySpread = contract({
  id: 'getKeySpread',
  summary: 'Which value of one key the online instances hold, and who holds which',
  method: 'GET',
  path: '/api/v1/environments/:env/apps/:app/namespaces/:ns/keys/:key',
  access: 'config:read',
  params: namespaceParams.extend({ key: name }),
  query: noQuery,
  body: none,
  status: 200,
  response: keySpread,
});
