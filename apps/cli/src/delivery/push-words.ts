import type { ErrorText, PushMode } from '@sluice/core';
import type { Push } from '@sluice/protocol';
import type { Context } from '../context.ts';

const stateWords: Readonly<Record<Push['state'], ErrorText>> = {
  draft: { en: 'draft', zh: '草稿' },
  planned: { en: 'planned', zh: '已计划' },
  running: { en: 'running', zh: '进行中' },
  paused: { en: 'paused', zh: '已暂停' },
  verifying: { en: 'verifying', zh: '验证中' },
  converged: { en: 'converged', zh: '已收敛' },
  diverged: { en: 'diverged', zh: '未收敛' },
  promoting: { en: 'promoting', zh: '全量中' },
  promoted: { en: 'promoted', zh: '已全量' },
  halted: { en: 'halted', zh: '已叫停' },
  abandoned: { en: 'abandoned', zh: '已放弃' },
};

const modeWords: Readonly<Record<PushMode, ErrorText>> = {
  single: { en: 'single', zh: '单机' },
  gray: { en: 'gray', zh: '灰度' },
  group: { en: 'group', zh: '分组' },
  global: { en: 'global', zh: '全局' },
};

/** The words of people for where a push is, and for how it reaches the fleet. */
export const pushStateWord = (context: Context, state: Push['state']): string =>
  context.say(stateWords[state]);
export const modeWord = (context: Context, mode: PushMode): string => context.say(modeWords[mode]);

/** What a push is of, in short: `order 8, pay 3`; without numbers where it made no release. */
export function pushOfWhat(push: Push): string {
  return push.namespaces
    .map(({ name, release }) => (release === undefined ? name : `${name} ${release}`))
    .join(', ');
}

/** What instances hold when they hold what was pushed: a release, or the value that is meant for them. */
export function heldText(context: Context, push: Push): string {
  const { say } = context;
  const parts = push.namespaces.map(({ name, release }) =>
    release === undefined
      ? name
      : say({ en: 'release {release} of {name}', zh: '{name} 的发布版本 {release}' }, { name, release }),
  );
  const joined = parts.join(say({ en: ', ', zh: '、' }));
  if (push.mode === 'global' || push.state === 'promoting' || push.state === 'promoted') return joined;
  return push.state === 'abandoned'
    ? say({ en: 'what they held of {joined} before', zh: '推送前的 {joined}' }, { joined })
    : say(
        { en: 'the {mode} value of {joined}', zh: '{joined} 的{mode}值' },
        { mode: modeWord(context, push.mode), joined },
      );
}
