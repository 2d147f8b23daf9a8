export type { Clock, Timer, Uptime } from './clock.ts';
export type { ChangeListener, ChangeMeta, Unsubscribe } from './config/change-meta.ts';
export type { Config } from './config/config.ts';
export type { DocumentDefault, DocumentValue, DocumentView } from './config/document-view.ts';
export type { Explanation, ExplanationRung } from './config/explanation.ts';
export type {
  ConfigOptions,
  DocumentOptions,
  NamespaceOptions,
  Validator,
  Verdict,
} from './config/namespace-options.ts';
export {
  bool,
  type ConfigSpec,
  type DeepReadonly,
  json,
  num,
  str,
  type ValueOf,
  type ValueSpec,
  type ValuesOf,
} from './config/spec.ts';
export { createSluice } from './create-sluice.ts';
export { type HeaderOf, isForEverybody } from './guard/adapters/for-everybody.ts';
export type { NamedFallback } from './guard/answers.ts';
export { BlockedError, type HttpAnswer } from './guard/blocked-error.ts';
export type {
  CallContext,
  CallFacts,
  CallGate,
  EnterOptions,
  EntryOptions,
  GateCall,
  GateOptions,
  Guardable,
  Passage,
  ProtectOptions,
} from './guard/call-options.ts';
export type { InjectedCall } from './guard/faults/injected-call.ts';
export { InjectedError, type InjectedKind } from './guard/faults/injected-error.ts';
export type { BreakerTurn, Guarding } from './guard/guarding.ts';
export type { WouldBlock } from './guard/ruling-listener.ts';
export type { Logger, Notice } from './notices/notice.ts';
export { OptionsError, type SluiceOptions } from './options.ts';
export type { CallsSecond, ResourceCalls } from './report/calls-second.ts';
export type { Digests, Health, Sluice, SluiceEvents, SnapshotView } from './sluice.ts';
export { StartupError } from './startup/startup-error.ts';
export type { MissingNamespace, StartupLevel } from './startup/startup-level.ts';
