import { applyStages, type CacheState, type ReadyState } from '@sluice/core';
import { z } from 'zod';
import { json } from '../model/json.ts';
import { digest, id, instanceId, labels, name, revision } from '../model/name.ts';
import { record } from '../model/record.ts';
import { reportedText, text } from '../model/text.ts';
import type { Faults } from './faults.ts';
import type { Leases } from './report.ts';
import { wireNamespace } from './snapshot.ts';

/** The socket.io namespace of applications. */
export const clientNamespace = '/client';

/** Sent in the connection's `auth`; environment and app come from the token, these must only agree with it. */
export const linkAuth = z.object({ token: z.string().max(512), protocol: z.int() });
export type LinkAuth = z.infer<typeof linkAuth>;

/**
 * `revision` is that of the namespace as it was last sent: with an equal digest and an older revision the receiver
 * lacks layers that lie under others, and would come to another value than meant when one of those ends.
 */
const held = z.object({ name, digest, revision: revision.optional() });

/** First frame of a client after every connect: who it is and what it holds. Answered by `sync`. */
export const hello = z.object({
  protocol: z.int(),
  instanceId,
  /** Fresh per process start, so that two processes with one id can be told apart. */
  bootId: text(64).min(1),
  environment: name.optional(),
  app: name.optional(),
  labels,
  sdk: text(64),
  startedAt: z.iso.datetime(),
  ready: z.enum(['live', 'snapshot', 'defaults'] satisfies ReadyState[]),
  cache: z.enum(['ok', 'off', 'unwritable', 'locked'] satisfies CacheState[]),
  epoch: z.int(),
  revision,
  rootDigest: digest,
  namespaces: z.array(held).max(1000),
});
export type Hello = z.infer<typeof hello>;

/** What to change so that the receiver holds the state of `revision`. Nothing to change: both lists are empty. */
export const sync = z.object({
  deliveryId: z.int(),
  epoch: z.int(),
  revision,
  rootDigest: digest,
  changed: z.array(wireNamespace),
  removed: z.array(name),
});
export type Sync = z.infer<typeof sync>;

/** A namespace as an ack speaks of it. `digest` is recomputed from live memory after the swap. */
export const ackNamespace = z.object({
  name,
  /** Absent when the instance holds nothing of it. */
  digest: digest.optional(),
  pushId: id.optional(),
  state: z.enum(['applied', 'rejected', 'failed']),
  error: reportedText(2000).optional(),
});
export type AckNamespace = z.infer<typeof ackNamespace>;

/**
 * Sent after check, persist, swap and listeners. One for every delivery; one with `deliveryId` 0 when the client
 * changed by itself what it holds: a layer ran out of its time, or code that was loaded later refuses a value.
 */
export const ack = z.object({
  deliveryId: z.int(),
  epoch: z.int(),
  revision,
  rootDigest: digest,
  stage: z.enum(applyStages),
  namespaces: z.array(ackNamespace).max(1000),
  /** How long it took to apply; more than a day is a clock that went wrong, and is told as a day. */
  ms: z
    .number()
    .min(0)
    .overwrite((ms) => Math.min(ms, 86_400_000)),
});
export type Ack = z.infer<typeof ack>;

/**
 * First phase of a push in two: the receiver checks what would come, exactly as it would before applying it, and
 * applies nothing. Answered by `prepared`. The second phase is a `sync` like any other.
 */
export const prepare = z.object({ prepareId: z.int(), namespaces: z.array(wireNamespace) });
export type Prepare = z.infer<typeof prepare>;

export const prepared = z.object({
  prepareId: z.int(),
  /** Namespaces that it would refuse; none: it would take them all. */
  vetoes: z.array(z.object({ name, error: reportedText(2000) })).max(1000),
});
export type Prepared = z.infer<typeof prepared>;

/**
 * What an operator throws at 3 a.m.; the state as it is from now on, for this app. Sent after every hello, also when
 * all is off, and at every turn. Answered by `killed`.
 */
export const kill = z.object({
  /** Grows with every turn of the switch; an older one than the receiver has seen on this connection is passed over. */
  version: z.int(),
  /** Every rule only watches. */
  monitorOnly: z.boolean(),
  /** No fault is injected any more. */
  noFaults: z.boolean(),
});
export type Kill = z.infer<typeof kill>;

export const killed = z.object({ version: z.int() });
export type Killed = z.infer<typeof killed>;

/** Asks why a call was refused, by the id that its caller was told. Answered by `explained`. */
export const explainCall = z.object({ askId: z.int(), decisionId: text(128) });
export type ExplainCall = z.infer<typeof explainCall>;

/** `block` is core's `Block` as JSON, its `atMs` in milliseconds since 1970; absent when the instance doesn't remember it. */
export const explained = z.object({ askId: z.int(), block: record(z.string(), json).optional() });
export type Explained = z.infer<typeof explained>;

/** Every 30 s ± 20 %: one digest over everything. Unequal: the server asks with `probe`. */
export const heartbeat = z.object({
  epoch: z.int(),
  revision,
  rootDigest: digest,
  ready: z.enum(['live', 'snapshot', 'defaults'] satisfies ReadyState[]),
  cache: z.enum(['ok', 'off', 'unwritable', 'locked'] satisfies CacheState[]),
});
export type Heartbeat = z.infer<typeof heartbeat>;

/** Asks a client to recompute every digest from its live memory. Answered by `state`. */
export const probe = z.object({ probeId: z.int() });
export type Probe = z.infer<typeof probe>;

export const state = z.object({
  probeId: z.int(),
  epoch: z.int(),
  revision,
  rootDigest: digest,
  namespaces: z.array(held).max(1000),
});
export type State = z.infer<typeof state>;

/** The server's reason for refusing or closing a link, with what the client should do. */
export const refused = z.object({
  code: z.string(),
  message: z.string(),
  /** False: this will not heal by itself, so the client asks again rarely. */
  retry: z.boolean(),
  retryAfterMs: z.int().optional(),
});
export type Refused = z.infer<typeof refused>;

/** Smallest useful typing of this direction, for socket.io on both ends; the other one is in `client-frames`. */
export interface ServerToClient {
  sync: (frame: Sync) => void;
  probe: (frame: Probe) => void;
  refused: (frame: Refused) => void;
  prepare: (frame: Prepare) => void;
  kill: (frame: Kill) => void;
  leases: (frame: Leases) => void;
  explain: (frame: ExplainCall) => void;
  faults: (frame: Faults) => void;
}
