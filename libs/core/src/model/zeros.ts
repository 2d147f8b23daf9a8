/**
 * A list to count in. Not a typed array: to reach into one V8 looks at three objects, to reach into a list at two, and
 * what a call counts into was touched by nobody since the call before.
 */
export function zeros(length: number): number[] {
  const list: number[] = [];
  // One by one: a list that is made with its length has holes, for V8, and looks for one at each reading.
  while (list.length < length) list.push(0);
  return list;
}
