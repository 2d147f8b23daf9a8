import { plural } from '../en/everywhere.ts';

/** A rule while it is being written. */
export const writing = {
  kept: 'This is what you wrote before. It is not in the draft yet.',
  startOver: 'Start over',
  movedTo: (mode: string, sentence: string) =>
    `Somebody changed this rule while you were at it. It is now: ${mode} · ${sentence}`,
  removedMeanwhile:
    'Somebody removed this rule while you were at it. Putting it into the draft adds it again.',
  takeTheirs: 'Take theirs, drop mine',
  keepMine: 'Keep mine',
  decideFirst: 'Decide first whose it shall be',
};

export const prediction = {
  title: 'What it would block',
  observed: 'Recorded calls, decided again by this rule as if it were in intercept',
  share: (share: string) => `${share} of the calls`,
  of: (blocked: string, calls: string) => `${blocked} of ${calls} recorded calls`,
  error: (share: string) => `± ${share}`,
  healthy: (n: string) => `${n} of them were healthy: they succeeded, as fast as usual`,
  noneHealthy: 'None of them was healthy.',
  nothing: 'Nothing is recorded of these calls yet, so nothing can be said.',
  smallest: (value: string, target: string) => `The smallest that blocks at most ${target}: ${value}`,
  use: (value: string) => `Use ${value}`,
  threshold: 'Drag the threshold',
  minute: (time: string, blocked: string, calls: string) => `${time}: ${blocked} of ${calls}`,
  chart: (n: number) => `Recorded calls in ${plural(n, 'minute', 'minutes')}, with what it would block`,
  byOrigin: 'By origin',
  byKey: 'By key',
  byInstance: 'By instance',
  value: 'Value',
  calls: 'Calls',
  wouldBlock: 'Would-block',
  healthyCount: 'Healthy',
  none: '(none)',
  enough: 'Enough was seen to judge by: 10,000 calls or a day.',
  notEnough:
    'Little was seen so far: less than 10,000 calls and less than a day. It may look different at other times.',
  impossible:
    'A recording says nothing of rules of this kind: they need readings of the process, or a script.',
  invalid: 'It is predicted as soon as it is a complete rule.',
  parts: 'Whom it hits',
};
