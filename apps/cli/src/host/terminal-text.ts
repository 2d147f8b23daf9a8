// What a terminal obeys instead of showing: control characters, and marks that reorder text.
const active = /(?![\n\t])[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;
const lineBreaks = /[\n\t\u2028\u2029]/g;

const visible = (character: string): string =>
  character === '\n'
    ? '\\n'
    : character === '\t'
      ? '\\t'
      : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/**
 * Makes text that came from elsewhere safe to show: escape sequences and reordering marks appear as `\u001b`
 * instead of being obeyed. Line breaks and tabs stay. JSON text stays the same JSON.
 */
export function harmless(text: string): string {
  return text.replace(active, visible);
}

/** The same on one line, for a cell of a table or a word of a sentence. */
export function harmlessLine(text: string): string {
  return harmless(text).replace(lineBreaks, visible);
}

const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const colour = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');

/** Columns that a text takes on a terminal: Chinese characters take two, colours none. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text.replace(colour, '')) width += wide.test(character) ? 2 : 1;
  return width;
}
