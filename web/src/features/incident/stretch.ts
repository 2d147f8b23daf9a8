export const spans = { '15m': 900_000, '1h': 3_600_000, '6h': 21_600_000, '24h': 86_400_000 } as const;
export type Span = keyof typeof spans;
export const spanNames = Object.keys(spans) as Span[];

const aroundMs = 450_000;

/** Which time the page shows: the last while, or what lies around a moment of the past. */
export function stretchOf(search: { span?: string | undefined; at?: string | undefined }): {
  readonly span: Span;
  readonly at: string | undefined;
  /** For a moment of the past; what is asked for with every read otherwise. */
  readonly fixed: { readonly from: string; readonly to: string } | undefined;
} {
  const span = spanNames.find((each) => each === search.span) ?? '1h';
  const atMs = Date.parse(search.at ?? '');
  if (Number.isNaN(atMs)) return { span, at: undefined, fixed: undefined };
  return {
    span,
    at: new Date(atMs).toISOString(),
    fixed: {
      from: new Date(atMs - aroundMs).toISOString(),
      to: new Date(atMs + aroundMs).toISOString(),
    },
  };
}
