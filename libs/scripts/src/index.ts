export { DecideScript, type Ruling } from './decide-script.ts';
export { type FailureCode, failureParams, failureText, isHostsFault, type ScriptFailure } from './failure.ts';
export { type FallbackAnswer, FallbackScript } from './fallback-script.ts';
export type { Stats } from './inputs.ts';
export type { Launch, LaunchPlace } from './launch.ts';
export type { ScriptEntry } from './messages.ts';
export { type Policy, PolicyScript } from './policy-script.ts';
export type { PolicySetting, PolicySettings, Verdict } from './results.ts';
export {
  type ScriptEvent,
  ScriptHost,
  type ScriptHostOptions,
  type ScriptSource,
  type ScriptStats,
} from './script-host.ts';
export type { ScriptOptions } from './script-options.ts';
export { check, Trial, type TryInput, type TryResult, tryOut } from './try-out.ts';
