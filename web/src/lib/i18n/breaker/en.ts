/** Why a breaker turned, by the word of its report. */
export const turnReasons: Readonly<Record<string, string>> = {
  threshold: 'its threshold was reached',
  probing: 'its time was over; it tries calls',
  probesGood: 'all calls that it tried were good',
  probeBad: 'a call that it tried was bad',
  noVerdict: 'a probe did not end in time',
  forced: 'held by hand',
  forceEnded: 'no longer held by hand',
};
