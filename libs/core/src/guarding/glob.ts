interface Token {
  readonly isStar: boolean;
  readonly takes: (character: string) => boolean;
}

function tokensOf(glob: string): Token[] {
  return [...glob.matchAll(/\*\*+|[\s\S]/g)].map(([found]): Token => {
    if (found.length > 1) return { isStar: true, takes: () => true };
    if (found === '*' || found === '?') return { isStar: found === '*', takes: (c) => c !== '/' };
    return { isStar: false, takes: (c) => c === found };
  });
}

/**
 * Whether a text fits a glob: `*` is anything but a slash, `**` anything, `?` one character that is not a slash. All
 * ways to read the stars are followed at once, so that no pattern and no text takes longer than their product.
 */
export function globMatcher(glob: string): (text: string) => boolean {
  // Nearly all of many patterns differ from a name before their first star.
  const head = /^[^*?]*/.exec(glob)![0];
  const tokens = tokensOf(glob.slice(head.length));
  return (text) => {
    if (!text.startsWith(head)) return false;
    let at = new Uint8Array(tokens.length + 1);
    at[0] = 1;
    spread(at, tokens);
    for (let i = head.length; i < text.length && at.includes(1); i++) at = after(at, tokens, text[i]!);
    return at[tokens.length] === 1;
  };
}

/** Where reading may stand after one more character. */
function after(at: Uint8Array, tokens: readonly Token[], character: string): Uint8Array<ArrayBuffer> {
  const next = new Uint8Array(tokens.length + 1);
  for (let j = 0; j < tokens.length; j++)
    if (at[j] === 1 && tokens[j]!.takes(character)) next[tokens[j]!.isStar ? j : j + 1] = 1;
  spread(next, tokens);
  return next;
}

/** A star may stand for nothing. */
function spread(at: Uint8Array, tokens: readonly Token[]): void {
  for (let j = 0; j < tokens.length; j++) if (at[j] === 1 && tokens[j]!.isStar) at[j + 1] = 1;
}
