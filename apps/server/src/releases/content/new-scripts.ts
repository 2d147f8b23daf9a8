import type { Content, Json } from '@sluice/core';

/** Whether a content brings a script that was not there before: one that is new, or says something else. */
export function bringsScripts(before: Content | undefined, after: Content): boolean {
  if (after.kind !== 'rules') return false;
  const known = before?.kind === 'rules' ? before.items : {};
  return Object.entries(after.items).some(([id, rule]) => {
    const source = sourceOf(rule);
    return source !== undefined && source !== sourceOf(Object.hasOwn(known, id) ? known[id] : undefined);
  });
}

function sourceOf(rule: Json | undefined): string | undefined {
  const { kind, source } = (rule ?? {}) as { readonly kind?: unknown; readonly source?: unknown };
  return kind === 'script' && typeof source === 'string' ? source : undefined;
}
