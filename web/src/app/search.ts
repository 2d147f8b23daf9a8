function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** Reads the named parameters of an address as text; one that is missing or empty is absent. */
export function textsOf<K extends string>(...names: readonly K[]) {
  return (search: Record<string, unknown>): { [P in K]?: string | undefined } =>
    Object.fromEntries(names.map((name) => [name, textOf(search[name])])) as {
      [P in K]?: string | undefined;
    };
}
