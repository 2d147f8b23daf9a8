import type { ApplyState, EndReason, ErrorText } from '@sluice/core';
import type { Push, PushInstance } from '@sluice/protocol';
import type { Context } from '../context.ts';
import { healthText } from '../delivery/guardrail-text.ts';
import { heldText, pushOfWhat } from '../delivery/push-words.ts';
import { appsLeft, type Standing, standingOf } from '../delivery/standing.ts';
import { stepText } from '../delivery/target-text.ts';

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
  const others = push.linked ? `  + ${push.linked.holding ?? 0}/${push.linked.targets ?? 0}` : '';
  const step = stepText(context, push);
  const where = step === '' ? pushOfWhat(push) : `${pushOfWhat(push)}, ${step}`;
  const health = push.state === 'running' ? healthText(context, push) : '';
  const tail = health === '' ? '' : `  ${health}`;
  return `${where}: ${context.say({ en: 'holding', zh: '已持有' })} ${holding}/${targets}${others}${apart.join('')}${tail}`;
}

/** Where following a push ended, as one sentence. */
export function verdictSentence(context: Context, push: Push): string {
  const { say } = context;
  const { holding, targets, lastAppliedMs } = push.verdict;
  const lead = leadText(context, push);
  const params = { lead, holding, targets, held: heldText(context, push), ms: lastAppliedMs ?? 0 };
  if (targets === 0)
    return say(
      {
        en: '{lead}: no instance is connected yet; each gets {held} when it connects.',
        zh: '{lead}：目前没有实例连接；实例连接后会立即获得{held}。',
      },
      params,
    );
  const time =
    lastAppliedMs === undefined
      ? ''
      : say({ en: '; the last applied after {ms} ms', zh: '；最后一个实例在 {ms} 毫秒后生效' }, params);
  return (
    say(
      {
        en: '{lead}: {holding} of {targets} instances hold {held}',
        zh: '{lead}：{targets} 个实例中有 {holding} 个持有 {held}',
      },
      params,
    ) +
    time +
    say({ en: '.', zh: '。' })
  );
}

/** How it does with apps that link what it released; empty where nobody does. */
export function linkedSentence({ say }: Context, { linked }: Push): string {
  if (!linked) return '';
  const { apps, holding = 0, targets = 0, pushes = [] } = linked;
  const named = pushes.map(({ app, verdict }) => `${app} ${verdict.holding}/${verdict.targets}`);
  const words = { en: ' ({named})', zh: '（{named}）' };
  return say(
    {
      en: `Through links: {holding} of {targets} instances of {apps} other app${apps === 1 ? '' : 's'} hold it{named}.`,
      zh: '经由链接：{apps} 个其他应用的 {targets} 个实例中有 {holding} 个已持有{named}。',
    },
    { apps, holding, targets, named: named.length > 0 ? say(words, { named: named.join(', ') }) : '' },
  );
}

function leadText(context: Context, push: Push): string {
  const { say } = context;
  const standing = standingOf(push);
  const [left, apps] = [appsLeft(push), push.linked?.apps ?? 0];
  const isHere = standing === 'converged' || standing === 'promoted';
  const lead = isHere && left > 0 ? leadsHere[standing] : leads[standing];
  const word = say(lead, { step: stepText(context, push), left, apps });
  const why =
    push.ended && (standing === 'abandoned' || standing === 'halted') ? endText(context, push.ended) : '';
  return why === '' ? word : say({ en: '{word} ({why})', zh: '{word}（{why}）' }, { word, why });
}

const leads: Readonly<Record<Standing, ErrorText>> = {
  moving: { en: 'Under way', zh: '进行中' },
  held: { en: 'Held in {step}', zh: '停在{step}' },
  paused: { en: 'Paused in {step}', zh: '已暂停在{step}' },
  converged: { en: 'Converged', zh: '已收敛' },
  diverged: { en: 'Partly applied', zh: '部分生效' },
  promoted: { en: 'Promoted', zh: '已全量' },
  halted: { en: 'Halted', zh: '已叫停' },
  abandoned: { en: 'Abandoned', zh: '已放弃' },
};

/** Its own app is through, and others that link what it released are not. */
const leadsHere = {
  converged: {
    en: 'Converged here; {left} of {apps} linking apps not yet',
    zh: '本应用已收敛；{apps} 个链接应用中有 {left} 个尚未收敛',
  },
  promoted: {
    en: 'Promoted here; {left} of {apps} linking apps not yet',
    zh: '本应用已全量；{apps} 个链接应用中有 {left} 个尚未收敛',
  },
} as const satisfies Partial<Record<Standing, ErrorText>>;

/** Why a push ended without its layers, or was halted. */
export function endText({ say, language }: Context, { reason, because }: NonNullable<Push['ended']>): string {
  const word = say(endReasons[reason]);
  return because
    ? say({ en: '{word}: {because}', zh: '{word}：{because}' }, { word, because: because[language] })
    : word;
}

const endReasons: Readonly<Record<EndReason, ErrorText>> = {
  asked: { en: 'somebody asked for it', zh: '人工操作' },
  guardrail: { en: 'a guardrail', zh: '触发护栏' },
  expired: { en: 'its time is over', zh: '已过期' },
  superseded: { en: 'another push superseded it', zh: '被其他推送取代' },
};

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
