/** What would be read as something else, or as several: it stands in quotes, as in JSON. */
const needsQuotes = /[,，\n"]|^\s|\s$|^$/;
/** One entry: what stands in quotes, with whatever is in it, or what comes before the next comma or line. */
const entry = /\s*("(?:[^"\\\n]|\\.)*")\s*(?=[,，\n]|$)|[^,，\n]+/g;

/** A list as it is typed: its texts with `between` after each, those in quotes that hold a comma. */
export const listText = (values: readonly unknown[], between: string): string =>
  values
    .map((value) => (needsQuotes.test(String(value)) ? JSON.stringify(value) : String(value)))
    .join(between);

/** What was typed as a list, by commas or lines; `read` says what is meant by an entry without quotes. */
export function listOf<T>(typed: string, read: (text: string) => T): (T | string)[] {
  return [...typed.matchAll(entry)].flatMap(([whole, quoted]): (T | string)[] => {
    const unquoted = quoted === undefined ? undefined : textIn(quoted);
    if (unquoted !== undefined) return [unquoted];
    return whole.trim() ? [read(whole.trim())] : [];
  });
}

function textIn(quoted: string): string | undefined {
  try {
    return JSON.parse(quoted) as string;
  } catch {
    return undefined;
  }
}
