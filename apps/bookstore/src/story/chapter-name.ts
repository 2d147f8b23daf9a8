/** The chapters, in the order in which they are played. */
export const chapterNames = [
  'gray',
  'promote',
  'watch',
  'predict',
  'intercept',
  'drill',
  'badRollout',
  'serverGone',
] as const;
export type ChapterName = (typeof chapterNames)[number];
