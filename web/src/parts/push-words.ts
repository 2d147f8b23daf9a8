import type { Push } from '@sluice/protocol';
import { useText } from '../lib/i18n/language.ts';
import type { Texts } from '../lib/i18n/texts.ts';

/** The one release that a push is about; absent for a layer, and for a change set of several namespaces. */
export function releaseOf(push: Push): number | undefined {
  return push.namespaces.length === 1 ? push.namespaces[0]!.release : undefined;
}

/** Namespaces of a push with their releases or keys: `order · release 3`, `order: timeoutMs`, `order, limits`. */
export function wordsOfPush(push: Push, t: Texts): string {
  const [only, ...more] = push.namespaces;
  if (more.length > 0) return push.namespaces.map((each) => each.name).join(t.common.comma);
  if (only!.release !== undefined) return `${only!.name} · ${t.namespaces.release(only!.release)}`;
  const keys = only!.keys.filter((key) => key !== '');
  if (keys.length === 0) return only!.name;
  const shown = keys.slice(0, 3).join(t.common.comma);
  return `${only!.name}: ${shown}${keys.length > 3 ? ' …' : ''}`;
}

export function usePushWords(push: Push | undefined): string {
  const t = useText();
  return push ? wordsOfPush(push, t) : t.push.title;
}

/** What its targets hold, when they hold it: a release by its number, else "it"; what they had before, once it was taken away. */
export function heldThing(push: Push, t: Texts): string {
  if (push.state === 'abandoned') return t.push.before;
  const release = releaseOf(push);
  return release === undefined ? t.push.it : t.namespaces.release(release);
}
