/**
 * What goes on when a limit changes. As a rule what was `taken`: 100 -> 10 after 2 calls leaves 8. For a share, which
 * moves about among instances, what is `left`: as much of it as fits and no more, so that no move ever makes a call.
 */
export type Keeps = 'taken' | 'left';

/** How a limit stands, in calls. */
export interface Balance {
  readonly left: number;
  /**
   * What was taken of an earlier, larger capacity and the present one can't show. What drips in while there is no room
   * for it repays this; what is not repaid is taken from a later raise.
   */
  readonly owed: number;
}

/** The same under another capacity. */
export function carriedOver({ left, owed }: Balance, before: number, after: number, keeps: Keeps): Balance {
  if (keeps === 'left') return { left: Math.max(0, Math.min(after, left)), owed };
  const growth = after - before;
  if (growth < 0) return { left: Math.max(0, left + growth), owed: owed + Math.max(0, -left - growth) };
  const repaid = Math.min(owed, growth);
  return { left: Math.min(after, left + growth - repaid), owed: owed - repaid };
}
