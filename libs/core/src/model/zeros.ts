/**
 * A list to count in. Not a typed array: to reach into one V8 looks at three objects, to reach into a list at two, and
 * what a call counts into was touched by nobody since the call before.
 */
export const zeros = (length: number): number[] => Array.from({ length }, () => 0);
