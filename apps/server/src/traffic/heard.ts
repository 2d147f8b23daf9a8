import { fieldCount } from './tally-fields.ts';

const minuteSeconds = 60;

/** What a node knows of the instances of an app in a stretch of time. */
export interface Heard {
  /** The most that were known of in one second, and of how many something is lost at most. */
  readonly instances: number;
  readonly lost: number;
  /** Instances known of, added up over the seconds. */
  readonly seconds: number;
  /** From which second of this time to which any was known of; the last is not among them. */
  readonly fromSecond: number;
  readonly toSecond: number;
}

/** As they stand behind the counts in a row. */
export const heardColumns = ({ instances, lost, seconds, fromSecond, toSecond }: Heard): number[] => [
  instances,
  lost,
  seconds,
  fromSecond,
  toSecond,
];

export function heardIn(counts: readonly number[]): Heard {
  const [instances = 0, lost = 0, seconds = 0, fromSecond = 0, toSecond = 0] = counts.slice(fieldCount);
  return { instances, lost, seconds, fromSecond, toSecond };
}

/**
 * How many instances several nodes knew of in one stretch of time. Two nodes have different instances, so theirs add
 * up; but one that went from node to node, as all do when their server starts anew, was known of by both, one after the
 * other. So of several nodes it is how many were known of on average, from the first second to the last.
 */
export function instancesTogether(nodes: readonly Heard[]): number {
  const sum = nodes.reduce((total, { instances }) => total + instances, 0);
  const isTold = nodes.every(({ instances, seconds }) => seconds > 0 || instances === 0);
  // Rows of an earlier version don't tell when.
  if (nodes.length === 1 || !isTold) return sum;
  const average = nodes.reduce((total, { seconds }) => total + seconds, 0) / secondsOfAny(nodes);
  const most = Math.max(...nodes.map(({ instances }) => instances));
  return Math.max(most, Math.min(sum, Math.round(average)));
}

/** How many of the seconds of the last minute have passed since the first of which anything is known. */
export const secondsSince = ({ instances, fromSecond }: Heard): number =>
  instances === 0 ? minuteSeconds : Math.max(1, minuteSeconds - fromSecond);

/** Seconds in which any of them knew of somebody; at least one. */
function secondsOfAny(nodes: readonly Heard[]): number {
  let [seconds, until] = [0, 0];
  for (const { fromSecond, toSecond } of [...nodes].sort((a, b) => a.fromSecond - b.fromSecond)) {
    seconds += Math.max(0, toSecond - Math.max(until, fromSecond));
    until = Math.max(until, toSecond);
  }
  return Math.max(1, seconds);
}
