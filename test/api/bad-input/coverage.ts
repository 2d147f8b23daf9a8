/** Where a row of the table of bad inputs is tried, or why there is nothing to try. */
export type Coverage =
  /** On every route that it fits, by the cases that are marked with its number. */
  'every request' | { readonly in: string; readonly words: string } | { readonly none: string };

const frames = (words: string): Coverage => ({ in: 'test/api/frames.spec.ts', words });
const wire = (words: string): Coverage => ({ in: 'test/api/bad-wire.spec.ts', words });
const scripts = (words: string): Coverage => ({ in: 'test/scripts/hostile-sources.ts', words });

/** All 84 rows, by their numbers. */
export const coverage: Readonly<Record<string, Coverage>> = {
  // Names and paths
  B1: 'every request',
  B2: 'every request',
  B3: 'every request',
  B4: 'every request',
  B5: 'every request',
  B6: 'every request',
  B7: 'every request',
  B8: 'every request',
  B9: 'every request',
  B10: 'every request',
  B11: 'every request',
  B12: 'every request',
  B13: 'every request',
  B14: 'every request',
  B15: 'every request',
  // Bodies
  B16: 'every request',
  B17: 'every request',
  B18: 'every request',
  B19: 'every request',
  B20: 'every request',
  B21: 'every request',
  B22: 'every request',
  B23: 'every request',
  B24: 'every request',
  B25: 'every request',
  B26: 'every request',
  B27: 'every request',
  B28: 'every request',
  B29: wire('a pattern that explodes'),
  B30: 'every request',
  B31: 'every request',
  B32: wire('a length and chunks'),
  // Queries, statements, logs
  B33: 'every request',
  B34: 'every request',
  B35: 'every request',
  B36: 'every request',
  B37: 'every request',
  B38: 'every request',
  B39: 'every request',
  B40: 'every request',
  B41: 'every request',
  B42: 'every request',
  B43: 'every request',
  // Credentials, sessions, other sites
  B44: 'every request',
  B45: 'every request',
  B46: 'every request',
  B47: 'every request',
  B48: 'every request',
  B49: { in: 'test/api/access-two-nodes.spec.ts', words: 'a revoked token loses its connections' },
  B50: 'every request',
  B51: 'every request',
  B52: { in: 'test/api/permission-matrix.spec.ts', words: 'holds everybody everywhere' },
  B53: 'every request',
  B54: 'every request',
  B55: { in: 'test/api/access-session.spec.ts', words: 'allows twenty failures of an address' },
  B56: {
    in: 'apps/server/src/access/password-hasher.spec.ts',
    words: 'takes as long for a name that nobody has',
  },
  B57: 'every request',
  B58: { in: 'test/api/access-setup.spec.ts', words: 'gives one of several that race' },
  B59: { in: 'test/api/access-setup.spec.ts', words: 'and none afterwards' },
  // Frames
  B60: frames('that stay silent are closed within 5 s'),
  B61: frames('EIO=3&transport=websocket'),
  B62: frames('42["__proto__"]'),
  B63: frames('451000000-["a"]'),
  B64: frames('EIO=4&transport=polling'),
  B65: frames('in fifty thousand pieces of one byte'),
  B66: frames('that say they are 100 MB'),
  B67: frames('compressed, which was not agreed'),
  B68: frames('that are no UTF-8'),
  B69: frames('to a thousand namespaces'),
  B70: frames('42/client,999999999999999999999["alive"]'),
  B71: { in: 'test/api/live-door.spec.ts', words: 'has room for the topics of a page' },
  B72: frames('What the server says, said to it'),
  B73: frames('"pid":"x","offset":"y"'),
  B74: {
    in: 'test/api/odd-instances.spec.ts',
    words: 'comes from a hundred processes that say they are one',
  },
  // Scripts
  B75: scripts('E1 a slow pattern'),
  B76: scripts('E1 an array of 1e9'),
  B77: scripts('2n ** 30000000n'),
  B78: scripts('E2 the constructor of functions'),
  B79: { in: 'test/scripts/state.spec.ts', words: 'E14' },
  B80: { in: 'test/scripts/abuse.spec.ts', words: 'E17 closing the wrapper' },
  // Files, imports, the command line
  B81: wire('an import of bad items by the hundred thousand'),
  B82: { in: 'test/cli/odd-places.spec.ts', words: 'B82' },
  B83: { in: 'libs/client/src/cache/guarded-read.spec.ts', words: 'follows no link' },
  B84: { in: 'test/cli/odd-places.spec.ts', words: 'B84' },
};

/** Rows of which every run of the table must have tried something. */
export const inEveryRequest: readonly string[] = Object.entries(coverage)
  .filter(([, where]) => where === 'every request')
  .map(([row]) => row);
