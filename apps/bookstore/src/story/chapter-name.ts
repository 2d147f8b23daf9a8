/** The chapters, in no order. */
export type ChapterName =
  | 'gray'
  | 'promote'
  | 'watch'
  | 'predict'
  | 'intercept'
  | 'drill'
  | 'badRollout'
  | 'serverGone';
