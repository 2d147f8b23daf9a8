import type { ThreeWayEntry } from '@sluice/core';
import { z } from 'zod';
import type { Problem } from '../../lib/problem.ts';

const ids = z.array(z.string()).catch([]);
const moved = z.object({ joined: ids, left: ids, changed: ids });
export type Moved = z.infer<typeof moved>;

const clash = z.object({ namespace: z.string(), pushId: z.string(), keys: ids });
export type Clash = z.infer<typeof clash>;

const entry = z.object({
  key: z.string(),
  base: z.json().optional(),
  yours: z.json().optional(),
  theirs: z.json().optional(),
});
const conflict = z.object({ namespace: z.string(), entries: z.array(entry) });

/** Conflicts of one namespace: what it was, what the gray has, what everyone got meanwhile. */
export interface PromoteConflict {
  readonly namespace: string;
  readonly entries: readonly Omit<ThreeWayEntry, 'conflict'>[];
}

/** Who joined, left, or would change differently since the plan that was looked at. */
export const movedOf = ({ details }: Problem): Moved =>
  moved.catch({ joined: [], left: [], changed: [] }).parse(details);

/** The other pushes that decide the same keys. */
export const clashesOf = ({ details }: Problem): readonly Clash[] =>
  z.array(clash).catch([]).parse(details.clashes);

/** Keys whose value for everyone has changed since the gray began. */
export const conflictsOf = ({ details }: Problem): readonly PromoteConflict[] =>
  z.array(conflict).catch([]).parse(details.conflicts) as readonly PromoteConflict[];
