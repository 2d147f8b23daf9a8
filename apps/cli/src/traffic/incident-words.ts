import { breakerReasonText, type ErrorText } from '@sluice/core';
import type { IncidentEntry, Push } from '@sluice/protocol';
import type { Context } from '../context.ts';
import { breakerWord } from './resource-rows.ts';

type Marker = IncidentEntry['marker'];
type OfPush = Extract<Marker, { kind: 'push' }>;

const pushWords: Readonly<Record<string, ErrorText>> = {
  publish: { en: 'publish', zh: '发布' },
  rollback: { en: 'rollback', zh: '回滚' },
  import: { en: 'import', zh: '导入' },
  delete: { en: 'deletion', zh: '删除' },
  promote: { en: 'promotion', zh: '全量' },
  layer: { en: 'push to some', zh: '部分推送' },
  step: { en: 'gray step', zh: '灰度步骤' },
  abandon: { en: 'abandoned', zh: '放弃' },
  expire: { en: 'expired', zh: '到期' },
  cohort: { en: 'members changed', zh: '成员变化' },
  linked: { en: 'publish of a linked one', zh: '链接的发布' },
};

const drillWords: Readonly<Record<string, ErrorText>> = {
  started: { en: 'drill began', zh: '演练开始' },
  ended: { en: 'drill ended', zh: '演练结束' },
  aborted: { en: 'drill stopped', zh: '演练中止' },
  interrupted: { en: 'drill broke off', zh: '演练中断' },
};

const killWords = {
  freezePublishes: { en: 'publishes frozen', zh: '冻结发布' },
  monitorOnly: { en: 'rules only monitor', zh: '规则仅监控' },
  endFaults: { en: 'faults ended', zh: '结束故障注入' },
} as const satisfies Record<string, ErrorText>;

/** What happened, in a few words. */
export function whatHappened(context: Context, { marker, instances }: IncidentEntry): string {
  const { say } = context;
  switch (marker.kind) {
    case 'push': {
      const word = pushWords[marker.what];
      const of = word ? say(word) : marker.what;
      return marker.release === undefined ? of : `${of} ${marker.release}`;
    }
    case 'breaker':
      return say(
        {
          en: `{rule} is {state} ({n} instance${(instances ?? 1) === 1 ? '' : 's'})`,
          zh: '{rule} {state}（{n} 个实例）',
        },
        { rule: marker.rule, state: breakerWord(context, marker.to), n: instances ?? 1 },
      );
    case 'kill': {
      const on = (Object.keys(killWords) as (keyof typeof killWords)[]).filter((each) => marker[each]);
      const what = on.length > 0 ? on.map((each) => say(killWords[each])).join(', ') : say(off);
      return say({ en: 'kill switch: {what}', zh: '紧急开关：{what}' }, { what });
    }
    case 'drill':
      return `${say(drillWords[marker.what]!)}: ${marker.title}`;
  }
}

const off: ErrorText = { en: 'off', zh: '关闭' };

/** Where it happened. */
export function whereItHappened({ app = '*', resource, marker }: IncidentEntry): string {
  const part = marker.kind === 'push' ? marker.namespace : resource;
  return part === undefined ? app : `${app}/${part}`;
}

export const byWhom = ({ marker }: IncidentEntry): string => ('by' in marker ? marker.by : '-');

/** What whoever did it said, or why a breaker turned. */
export function why({ say }: Context, { marker }: IncidentEntry): string {
  if (marker.kind === 'push') return marker.message || '-';
  if (marker.kind === 'drill') return '-';
  return (marker.kind === 'breaker' ? say(breakerReasonText(marker.reason)) : marker.reason) || '-';
}

const over: ReadonlySet<Push['state']> = new Set(['abandoned', 'promoted', 'halted']);

/** The command that takes it back; `-` for what can't be, or has ended already. */
export function undoingCommand(env: string, entry: IncidentEntry, push: Push | undefined): string {
  const { marker, app } = entry;
  if (marker.kind === 'kill')
    return marker.freezePublishes || marker.monitorOnly || marker.endFaults
      ? `sluice kill --undo --env ${env}${app === undefined ? '' : ` --app ${app}`} --reason "…"`
      : '-';
  if (marker.kind !== 'push' || app === undefined) return '-';
  return undoingPush(env, app, marker, push);
}

function undoingPush(env: string, app: string, marker: OfPush, push: Push | undefined): string {
  const { release, pushId, namespace } = marker;
  const rest = `--env ${env}`;
  if (['delete', 'abandon', 'expire'].includes(marker.what)) return '-';
  if (release === undefined)
    return push && !over.has(push.state) ? `sluice push abandon ${app} ${push.id} ${rest}` : '-';
  if (push && push.namespaces.length > 1) return `sluice push rollback ${app} ${pushId} ${rest}`;
  return release > 1 ? `sluice rollback ${app} ${namespace} --to ${release - 1} ${rest}` : '-';
}
