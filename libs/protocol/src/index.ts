export type { Rule } from '@sluice/core';
export type { Alert, AlertSettingNow, AlertSilence } from './http/alerts.ts';
export { allContracts, type Contracts, contracts } from './http/all.ts';
export { type AuditEntry, auditEntry, type ChangeKind, changeKinds } from './http/audit.ts';
export { auditText, ChainCheck, type ChainFault, type ChainHead } from './http/audit-chain.ts';
export { type BuiltRequest, buildRequest, type CallInput } from './http/call.ts';
export type { App, AppOverview, Environment } from './http/catalog.ts';
export type {
  Access,
  BodyInputOf,
  BodyOf,
  Contract,
  ParamsOf,
  QueryInputOf,
  QueryOf,
  ResponseOf,
} from './http/contract.ts';
export type { Draft } from './http/drafts.ts';
export type {
  Drill,
  DrillDetail,
  DrillEvent,
  DrillFinding,
  DrillMeasure,
  DrillPlan,
  DrillState,
  DrillTarget,
  DrillTemplate,
} from './http/drill.ts';
export type { DrillComparison, DrillReport } from './http/drill-report.ts';
export { type ErrorBody, errorBody } from './http/error-body.ts';
export type { Group } from './http/groups.ts';
export type { GuardrailReading, GuardrailReport, Judgement } from './http/guardrail.ts';
export { guardrails } from './http/guardrail-options.ts';
export type { IncidentEntry } from './http/incident.ts';
export type { Explanation, Instance, InstanceDetail, Rung } from './http/instances.ts';
export type { KillSwitchState } from './http/kill.ts';
export type { KeySpread, LiveValues, Namespace, NamespaceDetail, ReleaseSummary } from './http/namespaces.ts';
export type { ServerNode } from './http/nodes.ts';
export {
  allows,
  type Grant,
  type Permission,
  permissions,
  permissionsIn,
  permissionsOf,
  type Role,
  reachOf,
  roles,
  serverWide,
} from './http/permissions.ts';
export type { Linker, PublicNamespaceEntry } from './http/public-namespaces.ts';
export { type Push, type PushCounts, type PushInstance, pushStates, type Verdict } from './http/push.ts';
export type { PushActPlan, PushPlanBody } from './http/push-plan.ts';
export { type PushChange, type PushTarget, pushTarget } from './http/push-target.ts';
export { type NamespaceFile, namespaceFile, type Release, type Released } from './http/releases.ts';
export { type LintFinding, ruleId } from './http/rules.ts';
export type { ScriptOutcome, ScriptStatus, TriedScript } from './http/scripts.ts';
export type { Revealed } from './http/secrets.ts';
export type { Me, Session } from './http/session.ts';
export { type Story, type StoryChapter, story } from './http/story.ts';
export type { Token } from './http/tokens.ts';
export type {
  BreakerNow,
  LastMinute,
  RefusedCall,
  Resource,
  ResourceDetail,
  TrafficMarker,
  TrafficPoint,
  TrafficTally,
} from './http/traffic.ts';
export type { User } from './http/users.ts';
export { type Webhook, type WebhookKind, type WebhookOutcome, webhookKinds } from './http/webhooks.ts';
export { content, item, itemsPatch } from './model/content.ts';
export {
  type DrillCheck,
  type DrillDefinition,
  type DrillExpectation,
  type DrillFault,
  type DrillMetric,
  type DrillTargets,
  drillDefinition,
  drillDesign,
  drillMetrics,
} from './model/drill.ts';
export { faultRule } from './model/fault-rule.ts';
export { faultsOf, firstFault } from './model/faults.ts';
export { json } from './model/json.ts';
export { digest, id, instanceId, labels, moment, name, revision } from './model/name.ts';
export { rule } from './model/rule.ts';
