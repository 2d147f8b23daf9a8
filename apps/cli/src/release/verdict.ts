import type { ApplyState, ErrorText } from '@sluice/core';
import type { Push, PushInstance } from '@sluice/protocol';
import type { Context } from '../context.ts';
import { heldText, pushOfWhat } from '../delivery/push-words.ts';

const stateWords: Readonly<Record<ApplyState, ErrorText>> = {
  pending: { en: 'pending', zh: '等待' },
  applied: { en: 'applied', zh: '已生效' },
  rejected: { en: 'rejected', zh: '被拒绝' },
  failed: { en: 'failed', zh: '失败' },
  timeout: { en: 'silent', zh: '无响应' },
  offline: { en: 'offline', zh: '离线' },
  drifted: { en: 'drifted', zh: '漂移' },
  repaired: { en: 'repaired', zh: '已修复' },
  superseded: { en: 'superseded', zh: '已被取代' },
};

/** The word of people for how an instance does. */
export const stateWord = (context: Context, state: ApplyState): string => context.say(stateWords[state]);

/** How far a push came, on one line; the same line means that nothing moved. */
export function progressLine(context: Context, push: Push): string {
  const { holding, targets, counts } = push.verdict;
  const apart = (Object.entries(counts) as [ApplyState, number][])
    .filter(([state, count]) => count > 0 && state !== 'applied' && state !== 'repaired')
    .map(([state, count]) => `  ${stateWord(context, state)} ${count}`);
  return `${pushOfWhat(push)}: ${context.say({ en: 'holding', zh: '已持有' })} ${holding}/${targets}${apart.join('')}`;
}

/** The verdict as one sentence. */
export function verdictSentence(context: Context, push: Push): string {
  const { say } = context;
  const { holding, targets, lastAppliedMs } = push.verdict;
  const params = { holding, targets, held: heldText(context, push), ms: lastAppliedMs ?? 0 };
  if (targets === 0)
    return say(
      {
        en: 'No instance is connected yet; each gets {held} when it connects.',
        zh: '目前没有实例连接；实例连接后会立即获得{held}。',
      },
      params,
    );
  const time =
    lastAppliedMs === undefined
      ? ''
      : say({ en: '; the last applied after {ms} ms', zh: '；最后一个实例在 {ms} 毫秒后生效' }, params);
  const converged = push.state === 'converged';
  return (
    say(
      converged
        ? {
            en: 'Converged: {holding} of {targets} instances hold {held}',
            zh: '已收敛：{targets} 个实例中有 {holding} 个持有 {held}',
          }
        : {
            en: 'Partly applied: {holding} of {targets} instances hold {held}',
            zh: '部分生效：{targets} 个实例中有 {holding} 个持有 {held}',
          },
      params,
    ) +
    time +
    say({ en: '.', zh: '。' })
  );
}

/** One line for each target that doesn't hold it, with its own words where it gave any. At most 20. */
export function apartLines(context: Context, instances: readonly PushInstance[]): string[] {
  const apart = instances.filter((i) => i.state !== 'applied' && i.state !== 'repaired');
  const shown = apart
    .slice(0, 20)
    .map((i) => `  ${i.instanceId}: ${stateWord(context, i.state)}${i.error ? ` (${i.error})` : ''}`);
  const left = apart.length - shown.length;
  return left > 0
    ? [...shown, context.say({ en: '  and {left} more', zh: '  以及另外 {left} 个' }, { left })]
    : shown;
}
