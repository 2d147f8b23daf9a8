/** `list` with the entries of `news` in the place of those with their id, new ones at the end, `gone` ones left out. */
export function merged<T>(
  list: readonly T[],
  news: readonly T[],
  idOf: (entry: T) => string,
  gone: readonly string[] = [],
): T[] {
  const byId = new Map(news.map((entry) => [idOf(entry), entry]));
  const left = new Set(gone);
  const kept: T[] = [];
  for (const entry of list) {
    const entryId = idOf(entry);
    const next = byId.get(entryId);
    byId.delete(entryId);
    if (!left.has(entryId)) kept.push(next ?? entry);
  }
  return [...kept, ...byId.values()];
}
