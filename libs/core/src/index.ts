export { canonicalText, sameData } from './config/canonical.ts';
export { type Composed, compose, inOrder, parseLayer } from './config/compose.ts';
export {
  type ContentDiff,
  diffContent,
  type ItemChange,
  isSame,
  type ThreeWayDiff,
  type ThreeWayEntry,
  threeWayDiff,
} from './config/diff.ts';
export { contentDigest, type Hash, rootDigest } from './config/digest.ts';
export { applyPatch } from './config/patch.ts';
export { type LabelTerm, type Selectable, type Selector, selects } from './config/select.ts';
export {
  type ErrorCode,
  type ErrorParam,
  type ErrorParams,
  type ErrorText,
  errorTable,
  fillText,
  type Language,
} from './errors/error-code.ts';
export { type ErrorDetails, type Fault, SluiceError } from './errors/sluice-error.ts';
export {
  type Content,
  type DocumentContent,
  type DocumentFormat,
  documentFormats,
  emptyContent,
  type Item,
  type ItemsPatch,
  type ItemType,
  itemTypes,
  type MapContent,
  type NamespaceKind,
  namespaceKinds,
  type RulesContent,
} from './model/content.ts';
export {
  type ApplyStage,
  type ApplyState,
  applyStages,
  applyStates,
  type CacheState,
  type ReadyState,
} from './model/instance.ts';
export { isPlainObject, type Json, jsonProblem } from './model/json.ts';
export { type Layer, type LayerKind, layerKinds, type ParsedLayer } from './model/layer.ts';
export { isName, jsonDepth, limits, namePattern } from './model/limits.ts';
