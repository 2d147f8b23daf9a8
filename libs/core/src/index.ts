export type { BreakerChange, BreakerReason } from './breaking/breaker.ts';
export { breakerReasonText, breakerWords } from './breaking/breaker-words.ts';
export { applyProposal, ownGlobal } from './config/apply-proposal.ts';
export {
  type AimedLayer,
  type Audience,
  areDisjoint,
  conditionsOf,
  layersFor,
  type PercentAudience,
  type PinnedAudience,
  type Reach,
  reachOf,
  reachText,
} from './config/audience.ts';
export { basisPointsOf, bucketOf, byHash, fullShare, inShare } from './config/bucket.ts';
export { canonicalText, sameData } from './config/canonical.ts';
export {
  type Cohort,
  type CohortMember,
  type CohortTurn,
  chooseCohort,
  cohortAudience,
  cohortGraceMs,
  growCohort,
  keepCohort,
  nextLook,
  pinnedBelow,
  type ShareMode,
  type ShareSize,
  shareMode,
  wantedOf,
} from './config/cohort.ts';
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
export { contentDigest, type Hash, type LayeredDigest, layeredDigest, rootDigest } from './config/digest.ts';
export {
  type Decider,
  type EffectiveChange,
  type EffectiveDifference,
  effectiveDifference,
} from './config/effective-change.ts';
export {
  isInForce,
  isOver,
  nextEnd,
  remainingMs,
  type TimeBox,
  timeBoxLimits,
  timeToLive,
} from './config/expiry.ts';
export {
  clashes,
  grayClashes,
  type LayerClash,
  type Merge,
  type MergeChoice,
  mergeGray,
  touchedKeys,
} from './config/gray-conflict.ts';
export {
  type GuardrailMeasure,
  type GuardrailRule,
  guardrailDefaults,
  guardrailMeasures,
  type Margin,
  type SideWindow,
} from './config/guardrail.ts';
export {
  type Guardrail,
  type GuardrailOptions,
  guardrailOf,
  type OnBreach,
  onBreaches,
} from './config/guardrail-options.ts';
export { excessText, turnText, unknownText } from './config/guardrail-text.ts';
export {
  type Excess,
  type GuardrailMemory,
  type GuardrailTurn,
  judgeTurn,
  type Reading,
  type ScopeWindow,
  wholeApp,
} from './config/guardrail-turn.ts';
export { applyPatch, mergePatches } from './config/patch.ts';
export type {
  AimedChange,
  AimedNamespace,
  AimedProposal,
  Change,
  GlobalProposal,
  GrayProposal,
  Proposal,
  ProposalRefusal,
} from './config/proposal.ts';
export {
  type Holding,
  type NamespaceChange,
  type PlanDifference,
  type PlannedInstance,
  type PlanReason,
  type PlanTarget,
  type PlanVariant,
  type PushPlan,
  planBetween,
  planDifference,
  planPush,
  type Unmoved,
  widenPlan,
} from './config/push-plan.ts';
export {
  bakedAt,
  type Course,
  type EndReason,
  firstState,
  isEnd,
  movePush,
  type ProofCount,
  type PushEvent,
  type PushMode,
  type PushState,
  pushModes,
} from './config/push-state.ts';
export { type LabelTerm, type Selectable, type Selector, selects } from './config/select.ts';
export {
  parseSelector,
  printSelector,
  type SelectorProblem,
  selectorLimits,
} from './config/selector-text.ts';
export { addedSides, emptySide } from './config/side-window.ts';
export {
  defaultSteps,
  type GateFacts,
  type GateRule,
  type GateWait,
  gateWaits,
  type Health,
  stepsOf,
  type Unhealthy,
  waitText,
} from './config/step-gate.ts';
export {
  type ErrorCode,
  type ErrorParam,
  type ErrorParams,
  type ErrorText,
  errorTable,
  fillText,
  type Language,
} from './errors/error-code.ts';
export { languageOf } from './errors/language.ts';
export { type Answer, accept, type Refusal, refuse } from './errors/refusal.ts';
export { type ErrorDetails, type Fault, SluiceError } from './errors/sluice-error.ts';
export { Drill, type DrillOptions } from './faulting/drill.ts';
export type { FaultScope } from './faulting/fault-scope.ts';
export type { Harm } from './faulting/resource-faults.ts';
export type { RunningFault } from './faulting/running-fault.ts';
export type { Block } from './guarding/block.ts';
export { limitOf } from './guarding/cluster-shares.ts';
export { applies, type CompiledRule, compileRules, resourceMatcher } from './guarding/compile.ts';
export { conditionOf } from './guarding/condition.ts';
export { latencyBoundMs, type RuleTally, type Tally } from './guarding/counters.ts';
export { Entry } from './guarding/entry.ts';
export type { Gate, Standing } from './guarding/gate.ts';
export { globMatcher } from './guarding/glob.ts';
export { Guard, type GuardOptions, type Place } from './guarding/guard.ts';
export type { InSteps } from './guarding/in-steps.ts';
export { inputOf, type Place as InputPlace } from './guarding/input-of.ts';
export { isIpRange, plainAddress } from './guarding/ip-range.ts';
export { type LintContext, lintRules, lintSteps } from './guarding/lint.ts';
export { type LintCode, type LintFinding, lintCodes } from './guarding/lint-finding.ts';
export { lintNumbers } from './guarding/lint-numbers.ts';
export { momentMs } from './guarding/moment.ts';
export type { Holds, Plan } from './guarding/plan.ts';
export {
  type PredictedPart,
  type Prediction,
  type PredictOptions,
  predict,
  predictable,
  predictSteps,
} from './guarding/predict.ts';
export { recordedInputs } from './guarding/recorded-inputs.ts';
export { type ReplayOptions, replay, replayStates, replaySteps } from './guarding/replay.ts';
export {
  type ReplayCall,
  ReplayRun,
  type ReplayRunOptions,
  type ReplayTotals,
  type ReplayVerdict,
  type WallOffset,
  wallOffsetOf,
} from './guarding/replay-run.ts';
export type { BreakerReading, ResourceState } from './guarding/resource-state.ts';
export { seededDraw } from './guarding/seeded-draw.ts';
export { type LimitShare, smallestLimit } from './guarding/smallest-limit.ts';
export { Waiting } from './guarding/waiting.ts';
export { type BreakerEvent, type KillSwitch, otherResources, type Readings } from './guarding/world.ts';
export { PermitDemand } from './limiting/permit-demand.ts';
export {
  type AlertCondition,
  type AlertSetting,
  type AlertSeverity,
  alertConditions,
  alertDefaults,
  alertSeverities,
  alertTitles,
  settingOf,
} from './model/alert.ts';
export {
  type Backoff,
  type BreakerRule,
  type BreakerState,
  type BreakerStrategy,
  breakerStates,
  type Forced,
} from './model/breaker-rule.ts';
export {
  type BlockCode,
  blockCodes,
  type Call,
  type CallFields,
  type CallInputs,
  type Outcome,
  outcomes,
} from './model/call.ts';
export type { ClockReading } from './model/clock-reading.ts';
export type { Condition, Scalar, Subject, Test } from './model/condition.ts';
export {
  type Content,
  type DocumentContent,
  type DocumentFormat,
  documentFormats,
  emptyContent,
  type Item,
  type ItemsPatch,
  type ItemType,
  isMask,
  isTakenAway,
  itemTypes,
  type MapContent,
  maskedAsLive,
  maskedValue,
  type NamespaceKind,
  namespaceKinds,
  type RulesContent,
  takenAway,
} from './model/content.ts';
export type { Degrade } from './model/degrade.ts';
export type { Delay, FaultRule, Injection } from './model/fault-rule.ts';
export {
  type ApplyStage,
  type ApplyState,
  applyStages,
  applyStates,
  type CacheState,
  type ReadyState,
} from './model/instance.ts';
export { deepFreeze, isPlainObject, type Json, jsonProblem } from './model/json.ts';
export {
  type Layer,
  type LayerKind,
  layerKinds,
  type ParsedLayer,
  type PublicNamespace,
} from './model/layer.ts';
export type {
  ConcurrencyLimit,
  LeakyBucketLimit,
  LimitAlgorithm,
  LimitKey,
  LimitRule,
  SlidingWindowLimit,
  TokenBucketLimit,
  WarmUpLimit,
} from './model/limit-rule.ts';
export { isName, jsonDepth, limits, namePattern } from './model/limits.ts';
export { type ResourceMatch, type ResourceType, resourceMatches, resourceTypes } from './model/resource.ts';
export {
  type AccessRule,
  type DegradeRule,
  type Rule,
  type RuleKind,
  type Rules,
  ruleKinds,
  type SystemRule,
  type SystemSignal,
  systemSignals,
} from './model/rule.ts';
export { type Effective, type RuleBase, type RuleMode, ruleModes } from './model/rule-base.ts';
export {
  defaultScriptTimeoutMs,
  type ScriptRole,
  type ScriptRule,
  scriptGraceMs,
} from './model/script-rule.ts';
