export const history = {
  release: 'Release',
  asLive: 'same as live',
  live: 'live',
  restored: (n: number) => `rollback to ${n}`,
  diff: 'Diff',
  actions: 'Actions',
  against: 'Compare with',
  againstLive: 'From it to what is live',
  againstPrevious: 'What it brought',
  none: 'Nothing was released yet',
  noneHint: 'The first publish makes release 1.',
};
