import type { ErrorText } from '@sluice/core';
import type { PushActPlan } from '@sluice/protocol';
import type { Context } from '../context.ts';

const texts: Readonly<Record<'healthy' | 'unknown' | 'worse', ErrorText>> = {
  healthy: { en: 'Its instances do as well as the rest.', zh: '其实例与其余实例表现相当。' },
  unknown: {
    en: 'Nobody can say yet how its instances do: {why}.',
    zh: '尚无法判断其实例的表现：{why}。',
  },
  worse: {
    en: 'Warning: its instances do worse than the rest: {why}. To go on all the same, say why with --despite-health.',
    zh: '警告：其实例的表现比其余实例差：{why}。如仍要继续，请用 --despite-health 说明原因。',
  },
};

/** How those do that have it, before more get it; nothing where no guardrail watches them. */
export function healthNote({ say, language }: Context, { health }: PushActPlan): string[] {
  if (!health) return [];
  const is = health.isWorse ? 'worse' : health.health === 'healthy' ? 'healthy' : 'unknown';
  return [say(texts[is], { why: health.why?.[language] ?? '' })];
}
