import { type ContentDiff, type ErrorText, type ItemChange, isSame } from '@sluice/core';
import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { ServerError } from '../failure/server-error.ts';
import { bothSides } from '../output/item-change.ts';

/** What a write will do to one namespace. */
export interface PlannedChange {
  readonly name: string;
  readonly outcome: 'created' | 'changed' | 'same';
  readonly diff: ContentDiff;
}

/** How many instances a push will go to; undefined when one may not know. */
export interface Reach {
  readonly online: number;
  readonly offline: number;
}

export interface Plan {
  readonly app: string;
  readonly environment: string;
  readonly changes: readonly PlannedChange[];
  readonly reach: Reach | undefined;
  /** A rollback: the release whose content comes back. */
  readonly restores?: number;
  /** To whom, in words; absent for everyone. */
  readonly how?: string;
}

/** Counts the instances of an app, where the user may see them. */
export async function reachOf(context: Context, app: string): Promise<Reach | undefined> {
  const [api, env] = [await context.api(), await context.environment()];
  try {
    const { items } = await api.call(contracts.listInstances, { params: { env, app } });
    const online = items.filter((i) => i.online).length;
    return { online, offline: items.length - online };
  } catch (error) {
    if (error instanceof ServerError && error.status === 403) return undefined;
    throw error;
  }
}

/** The one sentence that stands before every write, in the same words everywhere. */
export function planSentence(context: Context, plan: Plan): string {
  const { say } = context;
  const params = {
    what: whatText(context, plan.changes),
    reach: reachText(context, plan.reach),
    app: plan.app,
    env: plan.environment,
    number: plan.restores ?? 0,
    how: plan.how ?? say({ en: 'global', zh: '全局' }),
  };
  const sentence =
    plan.restores === undefined
      ? say(
          {
            en: '{what} on {reach} of {app} in {env} ({how})',
            zh: '{what}；范围：{env} 环境中 {app} 的{reach}（{how}）',
          },
          params,
        )
      : say(
          {
            en: 'Roll back to release {number}: {what} on {reach} of {app} in {env} ({how})',
            zh: '回滚到发布版本 {number}：{what}；范围：{env} 环境中 {app} 的{reach}（{how}）',
          },
          params,
        );
  return plan.reach && plan.reach.offline > 0
    ? sentence +
        say(
          {
            en: '; {count} more are offline and follow when they are back',
            zh: '；另有 {count} 个离线实例会在恢复连接后跟进',
          },
          { count: plan.reach.offline },
        )
    : sentence;
}

function reachText({ say }: Context, reach: Reach | undefined): string {
  if (!reach) return say({ en: 'every instance', zh: '所有实例' });
  return say(
    reach.online === 1
      ? { en: '1 instance', zh: '1 个实例' }
      : { en: '{count} instances', zh: ' {count} 个实例' },
    { count: reach.online },
  );
}

/** Up to this many keys are named with their values; more would hide the sentence. */
const spelledOut = 3;

function whatText(context: Context, changes: readonly PlannedChange[]): string {
  const moving = changes.filter((c) => c.outcome !== 'same');
  if (moving.length === 1) return oneNamespace(context, moving[0]!);
  const made = moving.filter((c) => c.outcome === 'created');
  const changed = moving.filter((c) => c.outcome === 'changed');
  const parts = [
    ...(made.length > 0 ? [named(context, { en: 'Create {names}', zh: '新建 {names}' }, made)] : []),
    ...(changed.length > 0 ? [named(context, { en: 'Change {names}', zh: '修改 {names}' }, changed)] : []),
  ];
  return parts.join(context.say({ en: ', ', zh: '，' }));
}

function named({ say }: Context, text: ErrorText, changes: readonly PlannedChange[]): string {
  const names = changes
    .slice(0, 5)
    .map((c) => c.name)
    .join(', ');
  const more = changes.length > 5 ? ', ...' : '';
  const count = say(
    { en: '{n} namespaces ({names})', zh: ' {n} 个命名空间（{names}）' },
    { n: changes.length, names: names + more },
  );
  return say(text, { names: changes.length === 1 ? names : count });
}

function oneNamespace(context: Context, { name, outcome, diff }: PlannedChange): string {
  const { say } = context;
  if (outcome === 'changed' && isSame(diff))
    return say(
      { en: 'Change the description or schema of {name}', zh: '修改 {name} 的描述或 Schema' },
      { name },
    );
  if (diff.of === 'text') {
    const [before, after] = [diff.before, diff.after].map((text) =>
      text === '' ? 0 : text.split('\n').length,
    );
    return outcome === 'created'
      ? say(
          { en: 'Create document {name} ({after} lines)', zh: '新建文档 {name}（{after} 行）' },
          { name, after: after! },
        )
      : say(
          {
            en: 'Replace document {name} ({before} -> {after} lines)',
            zh: '替换文档 {name}（{before} -> {after} 行）',
          },
          { name, before: before!, after: after! },
        );
  }
  const made = outcome === 'created' ? say({ en: 'Create {name}: ', zh: '新建 {name}：' }, { name }) : '';
  if (diff.changes.length > spelledOut) {
    const keys = diff.changes
      .slice(0, 5)
      .map((c) => c.key)
      .join(', ');
    return (
      made +
      say(
        { en: 'Change {count} keys of {name} ({keys})', zh: '修改 {name} 的 {count} 个配置项（{keys}）' },
        { count: diff.changes.length, name, keys: diff.changes.length > 5 ? `${keys}, ...` : keys },
      )
    );
  }
  if (diff.changes.length === 0) return say({ en: 'Create {name}, empty', zh: '新建空的 {name}' }, { name });
  const spelled = diff.changes.map((change) => changeText(context, name, change));
  return made + spelled.join(say({ en: ', ', zh: '，' }));
}

const changeTexts = {
  added: { en: 'Add {key} = {after}', zh: '新增 {key} = {after}' },
  removed: { en: 'Remove {key} (was {before})', zh: '删除 {key}（原为 {before}）' },
  changed: { en: 'Change {key} {before} -> {after}', zh: '将 {key} 从 {before} 改为 {after}' },
} as const;

function changeText({ say }: Context, name: string, change: ItemChange): string {
  const [before, after] = bothSides(change);
  return say(changeTexts[change.change], { key: `${name}.${change.key}`, before, after });
}
