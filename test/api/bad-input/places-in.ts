type Path = readonly (string | number)[];

const mark = '@@here@@';
/** The body as JSON with `text`, which need not be JSON, at this place. */
export const placed = (body: unknown, path: Path, text: string): string =>
  JSON.stringify(replaced(body, path, mark)).replace(`"${mark}"`, () => text);

function replaced(value: unknown, [head, ...rest]: Path, by: unknown): unknown {
  if (head === undefined) return by;
  const copy = Array.isArray(value) ? [...value] : { ...(value as object) };
  (copy as Record<string | number, unknown>)[head] = replaced(
    (value as Record<string | number, unknown>)[head],
    rest,
    by,
  );
  return copy;
}

/** Every place in a body, from the whole of it inwards. */
export function* placesIn(value: unknown, path: Path = []): Generator<{ path: Path; value: unknown }> {
  yield { path, value };
  if (typeof value !== 'object' || value === null) return;
  for (const [key, child] of Object.entries(value))
    yield* placesIn(child, [...path, Array.isArray(value) ? Number(key) : key]);
}
