import { type Content, type ItemsPatch, SluiceError } from '@sluice/core';
import { isSealed, liesAt, openSealed, openText, type SealedPlace } from '../../env/sealed-value.ts';

/** A content as instances see it. Only for who may: an export that asks for it, and the checks of a schema. */
export const openedContent = <C extends Content>(content: C): C =>
  content.kind === 'map' ? (JSON.parse(openText(JSON.stringify(content))) as C) : content;

/**
 * The same content with the seals of `other` where both say the same: sealed at two times, equal values look different.
 */
export function withSealsOf(content: Content | undefined, other: Content | undefined): Content | undefined {
  if (content?.kind !== 'map' || other?.kind !== 'map') return content;
  const items = Object.entries(content.items).map(([key, item]) => {
    const sealed = Object.hasOwn(other.items, key) ? other.items[key]!.value : undefined;
    const isSame = isSealed(item.value) && isSealed(sealed) && openSealed(item.value) === openSealed(sealed);
    return [key, isSame ? { ...item, value: sealed } : item];
  });
  return { kind: 'map', items: Object.fromEntries(items) } as Content;
}

/** The keys that are secret in both and don't say the same. */
export function changedSecrets(before: Content | undefined, after: Content): string[] {
  const same = withSealsOf(after, before);
  if (before?.kind !== 'map' || same?.kind !== 'map') return [];
  return Object.entries(same.items)
    .filter(([key, { value }]) => {
      const old = Object.hasOwn(before.items, key) ? before.items[key]!.value : undefined;
      return isSealed(value) && isSealed(old) && value !== old;
    })
    .map(([key]) => key)
    .sort();
}

/** Refuses what holds a sealed value that belongs to another key: somebody moved it in the database. */
export function requireAtHome(
  body: string,
  home: { readonly environment: string; readonly app: string; readonly namespace: string },
): void {
  if (!body.includes('"sluice-sealed:')) return;
  const value = JSON.parse(body) as Content | ItemsPatch;
  const items = 'set' in value ? value.set : value.kind === 'map' ? value.items : {};
  for (const [key, item] of Object.entries(items as Record<string, { value?: unknown } | null>)) {
    const sealed = typeof item === 'object' ? item?.value : undefined;
    if (!isSealed(sealed) || liesAt(sealed, { ...home, key })) continue;
    throw movedSecret({ ...home, key });
  }
}

/** It opens nowhere but where it was written. */
export const movedSecret = ({ environment, app, namespace, key }: SealedPlace): SluiceError => {
  const at = `${environment}/${app}/${namespace}/${key}`;
  return new SluiceError('wrong_state', {
    reason: {
      en: `the secret value at ${at} was sealed for another place. Write it anew`,
      zh: `${at} 的机密值是为其他位置密封的。请重新写入该值`,
    },
  });
};
