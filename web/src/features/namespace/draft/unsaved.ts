import { type Content, isMask } from '@sluice/core';
import { content as contentShape } from '@sluice/protocol';
import type { NamespacePlace } from '../../../parts/place.ts';

const keyOf = (place: NamespacePlace): string => `sluice.unsaved ${place.env} ${place.app} ${place.ns}`;

/**
 * An edit that the server hasn't taken yet: it survives a reload and a crashed tab of this browser. One with a secret in
 * it is not written down: until it is saved it is on the page only.
 */
export function keepUnsaved(place: NamespacePlace, content: Content): void {
  if (hasSecret(content)) {
    forgetUnsaved(place);
    return;
  }
  try {
    localStorage.setItem(keyOf(place), JSON.stringify(content));
  } catch {
    // A full or forbidden storage: the edit is still on the page, and leaving it asks.
  }
}

const hasSecret = (content: Content): boolean =>
  content.kind === 'map' &&
  Object.values(content.items).some((item) => item.secret === true && !isMask(item.value));

export function forgetUnsaved(place: NamespacePlace): void {
  localStorage.removeItem(keyOf(place));
}

/** Kept bytes are checked for their shape only: what the server refused is exactly what must come back. */
export function findUnsaved(place: NamespacePlace): Content | undefined {
  const text = localStorage.getItem(keyOf(place));
  if (text === null) return undefined;
  try {
    const value = JSON.parse(text) as Content;
    if (value.kind === 'document') return contentShape.safeParse(value).success ? value : undefined;
    return value.kind === 'map' || value.kind === 'rules' ? value : undefined;
  } catch {
    return undefined;
  }
}
