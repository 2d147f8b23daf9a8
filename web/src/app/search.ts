/** The words of an address after its `?`, as they are: `?release=5` stays readable, nothing is quoted. */
export function parseSearch(text: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(text));
}

export function stringifySearch(search: Record<string, unknown>): string {
  const words = new URLSearchParams();
  for (const [name, value] of Object.entries(search))
    if (value !== undefined && value !== '') words.set(name, String(value));
  return words.size > 0 ? `?${words}` : '';
}

/** Reads the named words of an address; one that is missing or empty is absent. */
export function textsOf<K extends string>(...names: readonly K[]) {
  return (search: Record<string, unknown>): { [P in K]?: string | undefined } =>
    Object.fromEntries(names.flatMap((name) => (search[name] ? [[name, String(search[name])]] : []))) as {
      [P in K]?: string | undefined;
    };
}
