import type { ThreeWayEntry } from '@sluice/core';
import { z } from 'zod';
import type { Problem } from '../../lib/problem.ts';

const ids = z.array(z.string()).catch([]);
const moved = z.object({ joined: ids, left: ids, changed: ids });
export type Moved = z.infer<typeof moved>;

const clash = z.object({ namespace: z.string(), pushId: z.string(), keys: ids });
export type Clash = z.infer<typeof clash>;

const conflict = z.object({
  namespace: z.string(),
  key: z.string(),
  base: z.json().optional(),
  yours: z.json().optional(),
  theirs: z.json().optional(),
});

/** One key as it was when the gray began, as the gray has it, and as everyone got it meanwhile. */
export type PromoteConflict = Omit<ThreeWayEntry, 'conflict'> & { readonly namespace: string };

/** Who joined, left, or would change differently since the plan that was looked at. */
export const movedOf = ({ details }: Problem): Moved =>
  moved.catch({ joined: [], left: [], changed: [] }).parse(details);

/** The other pushes that decide the same keys. */
export const clashesOf = ({ details }: Problem): readonly Clash[] =>
  z.array(clash).catch([]).parse(details.clashes);

/** Keys whose value for everyone has changed since the gray began. */
export const conflictsOf = ({ details }: Problem): readonly PromoteConflict[] =>
  z.array(conflict).catch([]).parse(details.conflicts) as readonly PromoteConflict[];

/** Whether it is refused because a group has the same keys and would win. */
export const isGroupAhead = ({ code, details }: Problem): boolean =>
  code === 'wrong_state' && details.reason === 'group_wins';
