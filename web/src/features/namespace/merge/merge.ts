import { applyPatch, type Content, type Json, type ThreeWayDiff } from '@sluice/core';

/** For a key that both changed: whose value is taken. */
export type Choice = 'yours' | 'theirs';

type Items = Extract<ThreeWayDiff, { of: 'items' }>;

/** What is live, with your changes laid over it; where both changed a key, what was chosen. */
export function mergeItems(live: Content, diff: Items, choices: Readonly<Record<string, Choice>>): Content {
  const set: Record<string, Json> = {};
  const remove: string[] = [];
  for (const entry of diff.entries) {
    const mine = entry.conflict ? choices[entry.key] === 'yours' : changedByYou(entry);
    if (!mine) continue;
    if (entry.yours === undefined) remove.push(entry.key);
    else set[entry.key] = entry.yours;
  }
  return applyPatch(live, { set, remove });
}

const changedByYou = (entry: Items['entries'][number]): boolean =>
  JSON.stringify(entry.yours) !== JSON.stringify(entry.base);

/** Keys that somebody has to choose for and hasn't. */
export function openConflicts(diff: Items, choices: Readonly<Record<string, Choice>>): string[] {
  return diff.entries.filter((entry) => entry.conflict && !choices[entry.key]).map((entry) => entry.key);
}
