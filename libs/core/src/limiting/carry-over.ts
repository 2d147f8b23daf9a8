/**
 * What goes on when a limit changes. As a rule what was `taken`: 100 -> 10 after 2 calls leaves 8. For a share, which
 * moves about among instances, what is `left`: as much of it as fits and no more, so that no move ever makes a call.
 */
export type Keeps = 'taken' | 'left';

/** Calls that are left under another capacity. */
export function carriedOver(left: number, before: number, after: number, keeps: Keeps): number {
  return Math.max(0, Math.min(after, keeps === 'left' ? left : left + after - before));
}
