import {
  type ErrorText,
  inOrder,
  isTakenAway,
  type Json,
  type Language,
  type NamespaceKind,
} from '@sluice/core';
import type { Clock } from '../clock.ts';
import { entryValue, type Held, type HeldLayer, itemValue } from '../snapshot/held.ts';
import { isSecretIn, maskedIf } from '../snapshot/secret-keys.ts';
import type { Store } from '../snapshot/store.ts';
import type { Explanation, ExplanationRung } from './explanation.ts';
import { nearest } from './nearest.ts';

export interface KnownPath {
  readonly namespace: string;
  readonly key: string;
  readonly known: boolean;
}

/**
 * Splits `order.timeoutMs`: names may hold dots themselves, so the namespaces that exist decide. The whole path may
 * be a document.
 */
export function resolvePath(store: Store, path: string): KnownPath {
  const names = new Set([...store.live.namespaces.keys(), ...store.views().map((v) => v.namespace)]);
  let fallback: KnownPath | undefined;
  for (const namespace of [...names].sort((a, b) => b.length - a.length)) {
    if (path !== namespace && !path.startsWith(`${namespace}.`)) continue;
    const key = path.slice(namespace.length + 1);
    if (knowsKey(store, namespace, key)) return { namespace, key, known: true };
    fallback ??= { namespace, key, known: false };
  }
  const dot = path.indexOf('.');
  const [namespace, key] = dot < 0 ? [path, ''] : [path.slice(0, dot), path.slice(dot + 1)];
  return fallback ?? { namespace, key, known: false };
}

function knowsKey(store: Store, namespace: string, key: string): boolean {
  const held = store.live.namespaces.get(namespace);
  return held?.winners.has(key) === true || store.views(namespace).some((v) => v.defaults().has(key));
}

/** Every path that can be read, held or declared. */
export function knownPaths(store: Store): Set<string> {
  const paths = new Set<string>();
  const add = (namespace: string, key: string) => paths.add(key === '' ? namespace : `${namespace}.${key}`);
  for (const held of store.live.namespaces.values())
    for (const key of held.winners.keys()) add(held.name, key);
  for (const view of store.views()) for (const key of view.defaults().keys()) add(view.namespace, key);
  return paths;
}

/** What a read of this key answers, declared or not. */
export function readPath(store: Store, { namespace, key }: KnownPath): Json | undefined {
  const held = store.disputed.has(namespace) ? undefined : store.live.namespaces.get(namespace);
  const value = held && valueIn(held, key);
  return value === undefined ? defaultOf(store, namespace, key) : value;
}

export function explain(
  store: Store,
  path: string,
  clock: Clock,
  rejected: ReadonlyMap<string, ErrorText>,
  language: Language,
): Explanation {
  const resolved = resolvePath(store, path);
  const { namespace, key, known } = resolved;
  const held = store.live.namespaces.get(namespace);
  const disputed = store.disputed.get(namespace);
  const served = disputed === undefined ? held : undefined;
  const winnerId = served?.winners.get(key)?.id;
  const isSecret = held !== undefined && isSecretIn(held, key);
  const ladder = ladderOf(store, held, resolved, winnerId, clock).map((rung) =>
    rung.value === undefined ? rung : { ...rung, value: maskedIf(isSecret, rung.value) },
  );
  const value = readPath(store, resolved);
  const winner = served?.layers.find((layer) => layer.id === winnerId);
  const near = known ? undefined : nearest(path, knownPaths(store));
  const hint = known
    ? (disputed ?? rejected.get(namespace))?.[language]
    : near && nearText(path, near)[language];
  const { group: _, ...facts } = winner ? factsOf(winner, clock) : {};
  return {
    namespace,
    key,
    value: value === undefined ? undefined : maskedIf(isSecret, value),
    layer: winner?.kind ?? (known ? 'default' : 'none'),
    ...facts,
    source: winner && served ? served.source : known ? 'default' : 'none',
    ladder,
    ...(hint !== undefined && { hint }),
  };
}

const nearText = (path: string, near: string): ErrorText => ({
  en: `No config "${path}". Did you mean "${near}"?`,
  zh: `没有配置“${path}”。是否想写“${near}”？`,
});

function ladderOf(
  store: Store,
  held: Held | undefined,
  { namespace, key }: KnownPath,
  winnerId: string | undefined,
  clock: Clock,
): ExplanationRung[] {
  const rungs = inOrder(held?.layers ?? [])
    .reverse()
    .filter((layer) => mentions(layer, key))
    .map((layer): ExplanationRung => {
      const value = layerValue(layer, key, held!.kind);
      return {
        layer: layer.kind,
        wins: layer.id === winnerId,
        ...(value !== undefined && { value }),
        ...factsOf(layer, clock),
      };
    });
  const value = defaultOf(store, namespace, key);
  if (value !== undefined) rungs.push({ layer: 'default', wins: winnerId === undefined, value });
  return rungs;
}

function factsOf(layer: HeldLayer, clock: Clock) {
  const { release, revision, pushId, group, from, since, expiresAt } = layer;
  return {
    ...(release !== undefined && { release }),
    revision,
    ...(pushId !== undefined && { pushId }),
    ...(group !== undefined && { group }),
    ...(from && { from }),
    ageMs: Math.max(0, clock.now() - since),
    ...(expiresAt !== undefined && { expiresInMs: Math.max(0, expiresAt - clock.monotonic()) }),
  };
}

function mentions({ value }: HeldLayer, key: string): boolean {
  if ('set' in value) return Object.hasOwn(value.set, key) || value.remove.includes(key);
  return value.kind === 'document' ? key === '' : Object.hasOwn(value.items, key);
}

function layerValue({ value }: HeldLayer, key: string, kind: NamespaceKind): Json | undefined {
  if (!('set' in value)) {
    if (value.kind === 'document') return value.text;
    return isTakenAway((value.items as Readonly<Record<string, unknown>>)[key])
      ? undefined
      : itemValue(value, key);
  }
  if (!Object.hasOwn(value.set, key) || isTakenAway(value.set[key])) return undefined;
  return entryValue(kind, value.set[key]);
}

function valueIn(held: Held, key: string): Json | undefined {
  return held.content.kind === 'document'
    ? key === ''
      ? held.content.text
      : undefined
    : itemValue(held.content, key);
}

function defaultOf(store: Store, namespace: string, key: string): Json | undefined {
  for (const view of store.views(namespace)) {
    const defaults = view.defaults();
    if (defaults.has(key)) return defaults.get(key) as Json;
  }
  return undefined;
}
