import type { ErrorText } from '@sluice/core';
import type { DrillMeasure } from '@sluice/protocol';
import { type ActiveDrill, totalsOf } from './active-drill.ts';
import { checkText, valueText } from './check-text.ts';

export interface Verdict {
  readonly state: 'held' | 'deviated' | 'aborted' | 'interrupted';
  readonly because: ErrorText | null;
}

const overTexts: Readonly<Record<Verdict['state'], ErrorText>> = {
  held: { en: 'it is over: the hypothesis held', zh: '已结束：假设成立' },
  deviated: { en: 'it is over: the hypothesis does not hold', zh: '已结束：假设不成立' },
  aborted: { en: 'it is over: aborted', zh: '已结束：中止' },
  interrupted: { en: 'it is over: interrupted', zh: '已结束：中断' },
};

export const overText = (state: Verdict['state']): ErrorText => overTexts[state];

/** Failed checks that are named; the rest is in the report. */
const named = 3;

/** What a drill that is over came to. The hypothesis held only if it was tried, and everything was measured. */
export function verdictOf(
  drill: Pick<ActiveDrill, 'row' | 'measures' | 'targets'>,
  hasRecovered: boolean,
): Verdict {
  const { outcome, because } = drill.row;
  if (outcome) return { state: outcome, because };
  const faults = [
    ...drill.measures.filter(({ phase, held }) => phase === 'during' && held !== true).map(missText),
    ...(hasRecovered ? [] : [notRecovered(drill.measures)]),
    ...untried(drill),
    ...unproven(drill),
  ];
  if (faults.length === 0) return { state: 'held', because: null };
  const more = faults.length - named;
  return {
    state: 'deviated',
    because: {
      en:
        faults
          .slice(0, named)
          .map(({ en }) => en)
          .join('; ') + (more > 0 ? `; and ${more} more` : ''),
      zh:
        faults
          .slice(0, named)
          .map(({ zh }) => zh)
          .join('；') + (more > 0 ? `；另有 ${more} 项` : ''),
    },
  };
}

function missText({ check, held, worst }: DrillMeasure): ErrorText {
  const { en, zh } = checkText(check);
  if (held === undefined || worst === undefined)
    return { en: `nothing is known of: ${en}`, zh: `没有数据：${zh}` };
  const was = valueText(check.metric, worst);
  return { en: `did not hold: ${en}, it was ${was}`, zh: `不成立：${zh}，实际为 ${was}` };
}

function notRecovered(measures: readonly DrillMeasure[]): ErrorText {
  const first = measures.find(({ phase, held }) => phase === 'after' && held !== true);
  const text = first ? checkText(first.check) : { en: '', zh: '' };
  return {
    en: `the steady state did not come back in time${text.en && `: ${text.en}`}`,
    zh: `稳态未在限时内恢复${text.zh && `：${text.zh}`}`,
  };
}

function untried({ targets }: Pick<ActiveDrill, 'targets'>): ErrorText[] {
  if (totalsOf(targets.values()).injected > 0) return [];
  return [
    { en: 'not one call was broken, so nothing was tried', zh: '没有任何调用被注入故障，假设未得到检验' },
  ];
}

function unproven({ targets }: Pick<ActiveDrill, 'targets'>): ErrorText[] {
  const unclean = [...targets.values()].filter(({ cleanBy }) => cleanBy === null).length;
  if (unclean === 0) return [];
  return [{ en: `${unclean} targets did not say that they are clean`, zh: `${unclean} 个实例未确认已清除` }];
}
