import { type ContentDiff, type Json, maskedValue } from '@sluice/core';

/** A diff that was worked out here, as the server would tell it: without what is typed into a secret. */
export function maskedDiff(diff: ContentDiff): ContentDiff {
  if (diff.of === 'text') return diff;
  return {
    of: 'items',
    changes: diff.changes.map((change) => ({
      ...change,
      ...(change.before !== undefined && { before: masked(change.before) }),
      ...(change.after !== undefined && { after: masked(change.after) }),
    })),
  };
}

function masked(entry: Json): Json {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return entry;
  const item = entry as { readonly [key: string]: Json };
  return item.secret === true ? { ...item, value: maskedValue } : entry;
}
