import { layerKinds } from '@sluice/core';
import { z } from 'zod';
import { namespaceKind } from '../model/content.ts';
import { json } from '../model/json.ts';
import { digest, id, name, revision } from '../model/name.ts';
import { record } from '../model/record.ts';

/**
 * A layer as it travels: `body` inline up to 64 KiB, else to be fetched by its digest. Core's `Layer` is this with
 * the body in place.
 */
export const wireLayer = z.object({
  id,
  kind: z.enum(layerKinds),
  order: z.int(),
  revision,
  release: z.int().optional(),
  digest,
  sizeBytes: z.int(),
  body: z.string().optional(),
  expiresInMs: z.number().optional(),
  pushId: id.optional(),
  group: name.optional(),
  since: z.number().optional(),
  /** The public namespace of another app that it comes from. */
  from: z.object({ app: name, namespace: name }).optional(),
});
export type WireLayer = z.infer<typeof wireLayer>;

/** All that one instance must hold of one namespace. */
export const wireNamespace = z.object({
  name,
  kind: namespaceKind,
  /** The newest revision that changed it. */
  revision,
  /** Of the composed content: what the receiver must come to. */
  digest,
  layers: z.array(wireLayer),
  schema: record(z.string(), json).optional(),
  /** The push that is carried out by this, for the ack and for people. */
  pushId: id.optional(),
});
export type WireNamespace = z.infer<typeof wireNamespace>;

/** All that one instance must hold, at one revision of its environment. */
export const snapshot = z.object({
  epoch: z.int(),
  revision,
  rootDigest: digest,
  namespaces: z.array(wireNamespace),
});
export type Snapshot = z.infer<typeof snapshot>;
