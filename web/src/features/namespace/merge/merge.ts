import { applyPatch, type Content, type Json, sameData, type ThreeWayDiff } from '@sluice/core';

/** For a key that both changed: whose value is taken. */
export type Choice = 'yours' | 'theirs';
export type Choices = Readonly<Record<string, Choice>>;

type Items = Extract<ThreeWayDiff, { of: 'items' }>;

/** Your content with what the others changed laid over it; where both changed a key, what was chosen. */
export function mergeItems(yours: Content, diff: Items, choices: Choices): Content {
  const set: Record<string, Json> = {};
  const remove: string[] = [];
  for (const entry of diff.entries) {
    const takeTheirs = entry.conflict ? choices[entry.key] === 'theirs' : !sameData(entry.theirs, entry.base);
    if (!takeTheirs) continue;
    if (entry.theirs === undefined) remove.push(entry.key);
    else set[entry.key] = entry.theirs;
  }
  return applyPatch(yours, { set, remove });
}

/** Keys that somebody has to choose for and hasn't. */
export function openConflicts(diff: Items, choices: Choices): string[] {
  return diff.entries.filter((entry) => entry.conflict && !choices[entry.key]).map((entry) => entry.key);
}
