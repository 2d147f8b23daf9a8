/** Paints text for a terminal, or leaves it alone. */
export interface Colour {
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly dim: (text: string) => string;
}

const paint =
  (on: boolean, open: number, close: number) =>
  (text: string): string =>
    on ? `\u001b[${open}m${text}\u001b[${close}m` : text;

/** Colours only where a terminal shows them and nobody asked for none (`--no-color`, NO_COLOR, TERM=dumb). */
export function colourFor(
  sink: { readonly isTerminal: boolean },
  flag: boolean | undefined,
  env: Readonly<Record<string, string | undefined>>,
): Colour {
  const on = sink.isTerminal && flag !== false && !env.NO_COLOR && env.TERM !== 'dumb';
  return {
    red: paint(on, 31, 39),
    green: paint(on, 32, 39),
    yellow: paint(on, 33, 39),
    dim: paint(on, 2, 22),
  };
}
