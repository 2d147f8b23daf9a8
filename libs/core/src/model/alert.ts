import type { ErrorText } from '../errors/error-code.ts';

/** What somebody may have to be told of, without looking. */
export const alertConditions = [
  'drifted',
  'pushDiverged',
  'pushHalted',
  'instancesLost',
  'idConflict',
  'unsafeCache',
  'breakerOpen',
  'errors',
  'blocked',
  'scriptOff',
  'killSwitch',
] as const;
export type AlertCondition = (typeof alertConditions)[number];

export const alertSeverities = ['info', 'warning', 'critical'] as const;
export type AlertSeverity = (typeof alertSeverities)[number];

/** When a condition raises an alert. */
export interface AlertSetting {
  readonly enabled: boolean;
  readonly severity: AlertSeverity;
  /** How long it has to hold without a break before it is told. */
  readonly forSec: number;
  /** A share from 0 to 1 that has to be reached; only of conditions that have one. */
  readonly threshold?: number;
  /** Calls of the last minute, below which a share says nothing; only of conditions about calls. */
  readonly minCalls?: number;
}

/** Unless somebody says otherwise. */
export const alertDefaults: Readonly<Record<AlertCondition, AlertSetting>> = {
  drifted: { enabled: true, severity: 'critical', forSec: 0 },
  pushDiverged: { enabled: true, severity: 'warning', forSec: 60 },
  pushHalted: { enabled: true, severity: 'critical', forSec: 0 },
  instancesLost: { enabled: true, severity: 'critical', forSec: 30, threshold: 0.5 },
  idConflict: { enabled: true, severity: 'warning', forSec: 30 },
  unsafeCache: { enabled: true, severity: 'warning', forSec: 300 },
  breakerOpen: { enabled: true, severity: 'warning', forSec: 30 },
  errors: { enabled: true, severity: 'critical', forSec: 60, threshold: 0.2, minCalls: 100 },
  blocked: { enabled: true, severity: 'warning', forSec: 60, threshold: 0.5, minCalls: 100 },
  scriptOff: { enabled: true, severity: 'warning', forSec: 0 },
  killSwitch: { enabled: true, severity: 'info', forSec: 0 },
};

/** Each condition in a few words. */
export const alertTitles: Readonly<Record<AlertCondition, ErrorText>> = {
  drifted: { en: 'Memory drifted and could not be repaired', zh: '内存内容漂移且无法修复' },
  pushDiverged: { en: 'A push did not reach everybody', zh: '推送未到达所有目标' },
  pushHalted: { en: 'A guardrail halted a push', zh: '护栏叫停了推送' },
  instancesLost: { en: 'Many instances of an app are gone', zh: '应用的大量实例已离线' },
  idConflict: { en: 'Two processes use one instance id', zh: '两个进程使用同一个实例 ID' },
  unsafeCache: { en: 'The disk cache of an instance cannot be used', zh: '实例的磁盘缓存不可用' },
  breakerOpen: { en: 'A breaker stays open', zh: '熔断器持续打开' },
  errors: { en: 'Too many calls end in errors', zh: '出错的调用过多' },
  blocked: { en: 'Too many calls are blocked', zh: '被拦截的调用过多' },
  scriptOff: { en: 'A script was switched off on an instance', zh: '脚本在实例上被停用' },
  killSwitch: { en: 'A kill switch is on', zh: '紧急开关已打开' },
};

/** Above: what is said for one app goes before what is said for its environment, and that before the defaults. */
export function settingOf(
  condition: AlertCondition,
  environment: Partial<AlertSetting> | undefined,
  app: Partial<AlertSetting> | undefined,
): AlertSetting {
  return { ...alertDefaults[condition], ...environment, ...app };
}
