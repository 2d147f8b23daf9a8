import { plural } from '../en/everywhere.ts';

export const namespace = { values: 'Values', history: 'History', settings: 'Settings' };

export const values = {
  secret: 'secret',
  secretHint: 'keep this value secret: stored sealed, shown masked',
  secretStays: 'Leave the value empty to keep the secret as it is',
  revealSecret: 'show',
  hideSecret: 'hide',
  live: 'Live',
  target: 'Target',
  draft: 'Draft',
  legend:
    'Live: what instances say they hold. Target: what the release says. Draft: your edit, seen by you alone until you publish.',
  liveTitle: (n: number) => `Live on ${plural(n, 'instance', 'instances')}`,
  asOf: 'as of',
  holdTarget: (n: number) => `hold release ${n}, the target`,
  holdOther: (n: number) => `hold release ${n}`,
  holdUnknown: (digest: string) => `hold something that is no release (${digest})`,
  holdLayered: 'hold what layers give them',
  holdNothing: 'hold nothing of it',
  nobodyOnline: 'No instance is online.',
  nobody: 'nobody online',
  unknown: 'not known',
  notThere: 'not there',
  whoHolds: (n: number) => `${plural(n, 'instance holds', 'instances hold')} this`,
  whoHoldsKey: (key: string) => `Who holds which value of ${key}`,
  heldContent: 'What they hold',
  heldBy: (n: number) => `${plural(n, 'instance holds', 'instances hold')} this:`,
  nobodyHolds: 'No online instance holds a document of it',
  andMore: (n: number) => `and ${n} more`,
  severalValues: (n: number) => `${n} values`,
  isTarget: 'target',
  instanceCount: (n: number) => plural(n, 'instance', 'instances'),
  items: (n: number) => plural(n, 'item', 'items'),
  rules: (n: number) => plural(n, 'rule', 'rules'),
  filter: 'Filter by key or value',
  type: 'Type',
  value: 'Value',
  min: 'At least',
  max: 'At most',
  addItem: 'Add item',
  noItem: 'No item yet',
  noItemHint: 'Add one here, or declare it in code: the code default serves until something is released.',
  keyTaken: (key: string) => `There is a "${key}" already`,
  editKey: (key: string) => `Edit ${key} in your draft`,
  apply: 'Put into the draft',
  revert: 'Back to the target',
  remove: 'Remove',
  faults: {
    notNumber: (_min: string, _max: string) => 'This is not a number',
    notJson: (_min: string, _max: string) => 'This is not JSON',
    tooSmall: (min: string, _max: string) => `Must be at least ${min}`,
    tooLarge: (_min: string, max: string) => `Must be at most ${max}`,
    minAboveMax: (min: string, max: string) => `${min} is above ${max}`,
  },
  document: 'Document',
  view: 'Which value',
  views: { draft: 'Draft', target: 'Target', live: 'Live', diff: 'Target → Draft' },
  format: 'Format',
  notFormattable: 'This is not valid JSON yet.',
  rule: 'Rule',
  ruleId: 'Id',
  mode: 'Mode',
  modes: { off: 'off', monitor: 'monitor', intercept: 'intercept' },
  addRule: 'Add rule',
  noRule: 'No rule yet',
  noRuleHint:
    'A rule limits, breaks or degrades calls of a resource. Begin in monitor mode: it counts, it does not block.',
  ruleFits: 'This is a complete rule.',
  notJson: 'This is not JSON:',
};

export const draft = {
  saving: 'saving',
  saved: 'Draft saved',
  notSaved: 'Draft not saved',
  discard: 'Discard draft',
  stashed: 'A rollback put your draft aside. It is kept here, as it was.',
  restore: 'Restore it as draft',
  dropStash: 'Throw it away',
  others: (names: readonly string[]) =>
    `Also editing here: ${names.join(', ')}. Each has a draft of his own.`,
};

export const merge = {
  open: 'Merge',
  first: 'Something was released since you began: merge first.',
  notice:
    'Something was released here since you began your draft. Nothing of yours is lost: merge the two, then publish.',
  title: 'Merge your draft with what was released meanwhile',
  intro: (authors: readonly string[], n: number) =>
    `${authors.join(', ')} released ${n === 1 ? 'once' : `${n} times`} since you began. Choose where both changed the same key; all else comes together by itself.`,
  otherTab:
    'Your draft was saved from another tab or browser meanwhile. Choose where both changed the same key.',
  base: 'You began from',
  yours: 'Yours',
  theirs: 'Released',
  take: 'Take',
  takeOf: (key: string) => `Take for ${key}`,
  byItself: 'no conflict',
  result: 'Your draft, to be merged by hand',
  stillOpen: (keys: readonly string[]) => `Choose first for: ${keys.join(', ')}`,
  save: 'Save merged draft',
};

export const settings = {
  title: 'Description and schema',
  schema: 'JSON Schema',
  schemaHint:
    'Content must fit it when a draft is saved, at a release, and in every client before it applies. Empty: no schema.',
  schemaBroken: 'This is not a JSON object',
  save: 'Save settings',
  saved: 'Saved. Clients get the schema with the next delivery.',
  deleteTitle: 'Delete',
  deleteText: 'Instances fall back to the defaults in their code. The history is kept.',
  deleteOpen: (ns: string) => `Delete ${ns}`,
  deleteButton: (ns: string, n: number) => `Delete ${ns} on ${plural(n, 'instance', 'instances')}`,
  deleteEffect: (n: number) =>
    `${plural(n, 'online instance falls', 'online instances fall')} back to code defaults at once; offline ones when they return.`,
  typeNamespace: (ns: string) => `Type the namespace's name to go on: ${ns}`,
};
