import {
  type Composed,
  compose,
  contentDigest,
  deepFreeze,
  type Json,
  type Layer,
  type NamespaceKind,
} from '@sluice/core';
import { ReasonedError, reason } from '../notices/reasons.ts';
import type { Held, HeldLayer, HeldSource } from './held.ts';
import { sha256 } from './sha256.ts';

/** Why something that was delivered may not be used. */
export class CheckFailure extends ReasonedError {}

/** A namespace as it was delivered, every body in place. */
export interface Delivered {
  readonly name: string;
  readonly kind: NamespaceKind;
  readonly revision: number;
  readonly layers: readonly Layer[];
  readonly pushId?: string | undefined;
  /** Of the composed content; absent where only the layers are known, as on disk. */
  readonly digest?: string;
}

export interface BuildContext {
  readonly source: HeldSource;
  /** Wall clock. */
  readonly since: number;
  /** It was verified when it was written, and is byte for byte what was written: no digest is computed again. */
  readonly sealed?: boolean;
  /** Monotonic, the moment at which `expiresInMs` was right. */
  readonly monotonicNow: number;
  /** What is held of this namespace so far. */
  readonly before?: Held | undefined;
}

/** Verifies every digest, composes, and freezes. Throws a `CheckFailure` with the reason. */
export function buildHeld(delivered: Delivered, context: BuildContext): Held | undefined {
  let layers = delivered.layers.map((layer) => parsed(layer, delivered, context));
  let composed = composeHeld(delivered.kind, layers);
  if (!composed) return undefined;
  const isKnown = context.sealed && delivered.digest !== undefined;
  let digest = isKnown ? delivered.digest : contentDigest(composed.content, sha256);
  if (delivered.digest !== undefined && digest !== delivered.digest && context.before) {
    // What is in memory may not be what was put there: then it is no help, and all is read anew.
    layers = delivered.layers.map((layer) => parsed(layer, delivered, context, 'anew'));
    composed = composeHeld(delivered.kind, layers)!;
    digest = contentDigest(composed.content, sha256);
  }
  if (delivered.digest !== undefined && digest !== delivered.digest)
    throw new CheckFailure(
      reason('composed_digest', { got: digest.slice(0, 12), announced: delivered.digest.slice(0, 12) }),
    );
  const { content, winners } = composed;
  const { name, kind, revision, pushId } = delivered;
  const { source, since } = context;
  const ended = context.before?.ended;
  return {
    name,
    kind,
    revision,
    digest,
    layers,
    ...(ended && { ended }),
    winners,
    ...contentAndData(content, digest, context.before),
    ...(pushId !== undefined && { pushId }),
    source,
    since,
  };
}

/**
 * `held` without the layers whose time is over at `monotonicNow`; undefined when no layer is left. What lies under
 * them may be unusable by itself: then nothing is held either, and the code's defaults count. Never throws.
 */
export function withoutExpired(held: Held, monotonicNow: number): Held | undefined {
  const layers = held.layers.filter((l) => l.expiresAt === undefined || l.expiresAt > monotonicNow);
  if (layers.length === held.layers.length) return held;
  try {
    const composed = composeHeld(held.kind, layers);
    if (!composed) return undefined;
    const { data: _, ...rest } = held;
    const { winners, content } = composed;
    const digest = contentDigest(content, sha256);
    const ended = endedIn(held, layers);
    return { ...rest, winners, ...contentAndData(content, digest, held), digest, layers, ended };
  } catch {
    return undefined;
  }
}

/** What tells a layer from every other one, and from itself when it was laid anew. */
const keyOf = ({ id, revision, digest }: Layer): string => `${id} ${revision} ${digest}`;

const mostEnded = 64;

function endedIn(
  { layers, ended = new Map() }: Held,
  left: readonly HeldLayer[],
): ReadonlyMap<string, number> {
  const gone = layers.filter((layer) => !left.includes(layer));
  const all = [...ended, ...gone.map((layer) => [keyOf(layer), layer.expiresAt!] as const)];
  return new Map(all.slice(-mostEnded));
}

/**
 * Equal content is the same object as before: whoever compares values by identity sees no change where there is none.
 * That it is equal is looked at, or a memory that has changed by itself would be mended with itself.
 */
function contentAndData(
  content: Composed['content'],
  digest: string,
  before: Held | undefined,
): Pick<Held, 'content' | 'data'> {
  const isSame = before?.digest === digest && contentDigest(before.content, sha256) === digest;
  const same = isSame ? before : undefined;
  const data = same ? same.data : jsonData(content);
  return { content: same?.content ?? content, ...(data !== undefined && { data }) };
}

function parsed(layer: Layer, { name, kind }: Delivered, context: BuildContext, how?: 'anew'): HeldLayer {
  const same = context.before?.layers.find(
    (l) => l.id === layer.id && l.revision === layer.revision && l.digest === layer.digest,
  );
  const since = layer.since ?? same?.since ?? context.since;
  const expiresAt = endOf(layer, same, context);
  const more = { since, ...(expiresAt !== undefined && { expiresAt }) };
  const isRead = same?.body === layer.body && context.before?.kind === kind;
  if (isRead && how === undefined) return { ...layer, value: same!.value, ...more };
  if (!context.sealed && sha256(layer.body) !== layer.digest)
    throw new CheckFailure(reason('layer_digest', { layer: layer.id, namespace: name }));
  let value: unknown;
  try {
    value = JSON.parse(layer.body);
  } catch {
    throw new CheckFailure(reason('layer_not_json', { layer: layer.id, namespace: name }));
  }
  if (!isLayerBody(value, kind))
    throw new CheckFailure(reason('layer_unknown', { layer: layer.id, namespace: name, kind }));
  return { ...layer, value: deepFreeze(value) as HeldLayer['value'], ...more };
}

/** The same layer told anew may end earlier than was said, never later: the server's clock may have been set back. */
function endOf(
  layer: Layer,
  same: HeldLayer | undefined,
  { monotonicNow, before }: BuildContext,
): number | undefined {
  const { expiresInMs } = layer;
  if (expiresInMs === undefined) return undefined;
  const said = same?.expiresAt ?? before?.ended?.get(keyOf(layer));
  return Math.min(monotonicNow + expiresInMs, said ?? Infinity);
}

/**
 * Whether a body is a content of this kind, or a patch. By hand, because it stands between a start and its first value.
 * Loose on purpose: fields that a newer server adds must not make an older client refuse everything.
 */
function isLayerBody(value: unknown, kind: NamespaceKind): boolean {
  if (!isRecord(value)) return false;
  if (Object.hasOwn(value, 'kind')) {
    if (value.kind !== kind) return false;
    if (kind === 'document') return typeof value.format === 'string' && typeof value.text === 'string';
    return isRecord(value.items);
  }
  return kind !== 'document' && isRecord(value.set) && isTexts(value.remove);
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isTexts = (value: unknown): boolean =>
  Array.isArray(value) && value.every((each) => typeof each === 'string');

function composeHeld(kind: NamespaceKind, layers: readonly HeldLayer[]): Composed | undefined {
  const composed = compose(kind, layers);
  if (!composed) return undefined;
  if (composed.content.kind === 'map')
    for (const key of Object.keys(composed.content.items)) {
      const item = composed.content.items[key];
      if (typeof item !== 'object' || item === null || !Object.hasOwn(item, 'value'))
        throw new CheckFailure(reason('item_without_value', { key }));
    }
  deepFreeze(composed.content);
  return composed;
}

function jsonData(content: Composed['content']): Json | undefined {
  if (content.kind !== 'document' || content.format !== 'json') return undefined;
  try {
    return deepFreeze(JSON.parse(content.text) as Json);
  } catch (error) {
    throw new CheckFailure(reason('document_not_json', { reason: (error as Error).message }));
  }
}
