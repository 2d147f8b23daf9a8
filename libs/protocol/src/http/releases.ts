import { z } from 'zod';
import { content, documentFormat, itemsPatch, namespaceKind } from '../model/content.ts';
import { json } from '../model/json.ts';
import { name, revision } from '../model/name.ts';
import { record } from '../model/record.ts';
import { text } from '../model/text.ts';
import { contract } from './contract.ts';
import { jsonSchema, releaseSummary } from './namespaces.ts';
import { page, pageOf, queryInt } from './page.ts';
import { publicAddress } from './public-namespaces.ts';
import { push, words } from './push.ts';
import { pushPlan } from './push-plan.ts';
import { appParams, message, namespaceParams, none, noQuery } from './request-parts.ts';

const release = releaseSummary.extend({ content });
export type Release = z.infer<typeof release>;

/** What a publish, a rollback or an import brought: the release and the push that carries it out. */
const released = z.object({
  release: releaseSummary,
  push,
  etag: z.string(),
  /** What instances of apps that link it will refuse, and why. */
  warnings: z.array(words).optional(),
});
export type Released = z.infer<typeof released>;

const said = {
  message: message.default(''),
  /** Where others must approve: goes without them, for this reason, and is flagged. */
  emergency: text(2000).min(1).optional(),
};

export const publish = contract({
  id: 'publish',
  summary: 'Release your draft, a whole content or changes by key, and push it to every instance of the app',
  method: 'POST',
  path: '/api/v1/environments/:env/apps/:app/namespaces/:ns/releases',
  access: 'config:publish',
  params: namespaceParams,
  query: noQuery,
  body: z.union([
    z.strictObject({ draft: z.literal(true), ...said }),
    z.strictObject({ content, ...said }),
    z.strictObject({ changes: itemsPatch, ...said }),
  ]),
  status: 201,
  response: released,
  ifMatch: 'required',
  idempotent: true,
  errors: [
    'base_moved',
    'draft_moved',
    'approval_required',
    'invalid_document',
    'schema_violation',
    'too_large',
    'wrong_state',
    'frozen',
    'idempotency_mismatch',
  ],
});

export const rollback = contract({
  id: 'rollback',
  summary:
    'Make the content of an older release live again, as a new release; drafts are put aside, not lost',
  method: 'POST',
  path: '/api/v1/environments/:env/apps/:app/namespaces/:ns/rollback',
  access: 'config:publish',
  params: namespaceParams,
  query: noQuery,
  /** `to`: a release number; absent, the release before the live one. */
  body: z.strictObject({
    to: z.int().positive().optional(),
    message: message.default(''),
    /** While publishing is frozen: goes all the same, for this reason, and is flagged. */
    emergency: text(2000).min(1).optional(),
  }),
  status: 201,
  response: released,
  ifMatch: 'required',
  idempotent: true,
  errors: ['base_moved', 'wrong_state', 'schema_violation', 'frozen', 'idempotency_mismatch'],
});

export const previewRollback = contract({
  id: 'previewRollback',
  summary: 'Exactly whom going back to an older release would change, without doing it',
  method: 'POST',
  path: '/api/v1/environments/:env/apps/:app/namespaces/:ns/rollback/preview',
  access: 'config:read',
  params: namespaceParams,
  query: noQuery,
  body: z.strictObject({ to: z.int().positive().optional() }),
  status: 200,
  response: z.object({
    /** The release whose content would come back. */
    to: z.int(),
    plan: pushPlan,
  }),
  errors: ['wrong_state', 'schema_violation'],
});

export const listHistory = contract({
  id: 'listHistory',
  summary: 'Releases of a namespace, newest first, without their content',
  method: 'GET',
  path: '/api/v1/environments/:env/apps/:app/namespaces/:ns/history',
  access: 'config:read',
  params: namespaceParams,
  query: z.strictObject(page),
  body: none,
  status: 200,
  response: pageOf(releaseSummary),
});

export const getRelease = contract({
  id: 'getRelease',
  summary: 'One release with its content',
  method: 'GET',
  path: '/api/v1/environments/:env/apps/:app/namespaces/:ns/releases/:number',
  access: 'config:read',
  params: namespaceParams.extend({ number: queryInt(1, 2 ** 31) }),
  query: noQuery,
  body: none,
  status: 200,
  response: release,
});

const side = z.union([z.enum(['live', 'draft', 'empty']), z.string().regex(/^\d{1,9}$/)]);

const itemChange = z.object({
  key: z.string(),
  change: z.enum(['added', 'removed', 'changed']),
  before: json.optional(),
  after: json.optional(),
});

const contentDiff = z.discriminatedUnion('of', [
  z.object({ of: z.literal('items'), changes: z.array(itemChange) }),
  z.object({ of: z.literal('text'), same: z.boolean(), before: z.string(), after: z.string() }),
]);

export const diff = contract({
  id: 'diff',
  summary: 'What differs between two of: a release number, "live", "draft", "empty"',
  method: 'GET',
  path: '/api/v1/environments/:env/apps/:app/namespaces/:ns/diff',
  access: 'config:read',
  params: namespaceParams,
  query: z.strictObject({ from: side.default('live'), to: side.default('draft') }),
  body: none,
  status: 200,
  response: z.object({ from: z.string(), to: z.string(), diff: contentDiff }),
});

/** One namespace as it is exported, imported and applied from a file. */
export const namespaceFile = z
  .strictObject({
    name,
    kind: namespaceKind,
    format: documentFormat.optional(),
    description: text(2000).optional(),
    schema: jsonSchema.optional(),
    public: z.boolean().optional(),
    /** A new namespace gets it; of one in which something is live it must be the same. */
    link: publicAddress.optional(),
    content,
  })
  .superRefine((file, context) => {
    const differ = (path: string[], own: string | undefined, other: string): void => {
      if (own !== undefined && own !== other)
        context.addIssue({
          code: 'custom',
          path,
          message: `must be the same as in content: ${other}, got ${own}`,
          params: { problem: 'value', zh: `必须与 content 中一致：${other}，实际是 ${own}` },
        });
    };
    differ(['kind'], file.kind, file.content.kind);
    if (file.content.kind === 'document') differ(['format'], file.format, file.content.format);
  });
export type NamespaceFile = z.infer<typeof namespaceFile>;

export const exportApp = contract({
  id: 'exportApp',
  summary: 'Everything that is live of an app in an environment, as one file',
  method: 'GET',
  path: '/api/v1/environments/:env/apps/:app/export',
  access: 'config:read',
  params: appParams,
  /** `reveal` needs `secret:read`, and the audit says so; else secret values are masked. */
  query: z.strictObject({ secrets: z.enum(['masked', 'reveal']).default('masked') }),
  body: none,
  status: 200,
  response: z.object({ app: name, environment: name, revision, namespaces: z.array(namespaceFile) }),
});

export const importApp = contract({
  id: 'importApp',
  summary:
    'Create or release several namespaces in one revision, all or nothing; dryRun only says what would change',
  method: 'POST',
  path: '/api/v1/environments/:env/apps/:app/import',
  access: 'config:publish',
  params: appParams,
  query: noQuery,
  body: z.strictObject({
    namespaces: z.array(namespaceFile).min(1).max(200),
    /**
     * The revision of each namespace that this was compared with, 0 where there was none: what has moved since is
     * refused, all of it. Without, the files replace whatever is live by then.
     */
    bases: record(name, revision).optional(),
    ...said,
    dryRun: z.boolean().default(false),
  }),
  status: 200,
  response: z.object({
    /** Absent for a dry run, and when nothing differs. */
    revision: revision.optional(),
    namespaces: z.array(
      z.object({
        name,
        /** What it was compared with, for `bases`. */
        base: revision,
        outcome: z.enum(['created', 'changed', 'same']),
        diff: contentDiff,
        released: released.optional(),
      }),
    ),
  }),
  idempotent: true,
  errors: [
    'base_moved',
    'approval_required',
    'invalid_document',
    'schema_violation',
    'too_large',
    'wrong_state',
    'frozen',
    'idempotency_mismatch',
  ],
});
