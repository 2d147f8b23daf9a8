import type { ErrorText } from '../errors/error-code.ts';
import { refuse } from '../errors/refusal.ts';
import type { GuardrailMeasure, GuardrailRule } from './guardrail.ts';
import { type Excess, type GuardrailTurn, type ScopeWindow, wholeApp } from './guardrail-turn.ts';

const excessTexts = {
  errorRatio: {
    en: 'errors{in}: {cohort} % in the gray, {rest} % in the rest',
    zh: '错误率{in}：灰度 {cohort}%，其余 {rest}%',
  },
  p99: {
    en: 'p99{in}: {cohort} ms in the gray, {rest} ms in the rest',
    zh: 'p99{in}：灰度 {cohort} 毫秒，其余 {rest} 毫秒',
  },
  blockShare: {
    en: 'blocked{in}: {cohort} % in the gray, {rest} % in the rest',
    zh: '拦截率{in}：灰度 {cohort}%，其余 {rest}%',
  },
  breakerOpenings: {
    en: 'breakers{in} opened {cohort} times per instance in the gray, {rest} times in the rest',
    zh: '每个实例的熔断次数{in}：灰度 {cohort}，其余 {rest}',
  },
  applyFailures: {
    en: '{cohort} % of the gray could not apply it',
    zh: '灰度中 {cohort}% 的实例应用失败',
  },
} as const satisfies Record<GuardrailMeasure, ErrorText>;

const isShare: ReadonlySet<GuardrailMeasure> = new Set(['errorRatio', 'blockShare', 'applyFailures']);

/** An excess in words of both languages, as the reason of a halt. */
export function excessText({ scope, measure, cohort, rest }: Omit<Excess, 'windows'>): ErrorText {
  const shown = (value: number): number => Math.round(isShare.has(measure) ? value * 1000 : value * 10) / 10;
  const place = scope === wholeApp ? { en: '', zh: '' } : { en: ` of ${scope}`, zh: `（${scope}）` };
  const { refusal } = refuse(excessTexts, measure, { in: place, cohort: shown(cohort), rest: shown(rest) });
  return { en: refusal.en, zh: refusal.zh };
}

const unknownTexts = {
  begun: { en: 'its first window is not over yet', zh: '第一个统计窗口尚未结束' },
  nobody: { en: 'nobody of the gray is connected', zh: '灰度中没有在线实例' },
  no_rest: {
    en: 'nobody is left to compare with, and nothing is known of the time before this step',
    zh: '没有可对比的其余实例，也没有本步骤之前的数据',
  },
  drill: {
    en: 'a drill injects faults, so that errors say nothing',
    zh: '正在演练注入故障，错误不能说明问题',
  },
  suspect: {
    en: 'a window looks bad ({excess}); one more decides',
    zh: '有窗口表现异常（{excess}），再看下一个窗口',
  },
  missing: {
    en: 'not every server node has told what its instances did',
    zh: '尚未收到所有服务器节点的数据',
  },
  few_gray: { en: '{calls} of {needed} calls in the gray', zh: '灰度调用量 {calls}/{needed}' },
  few_rest: { en: '{calls} of {needed} calls in the rest', zh: '其余实例调用量 {calls}/{needed}' },
} as const satisfies Record<string, ErrorText>;

type Unknown = keyof typeof unknownTexts;

/** Why health isn't known, in words of both languages. */
export function unknownText(why: Unknown, params: Parameters<typeof refuse>[2] = {}): ErrorText {
  const { refusal } = refuse(unknownTexts, why, params);
  return { en: refusal.en, zh: refusal.zh };
}

/** What a turn says, in words; undefined when all is well. */
export function turnText(
  rule: Pick<GuardrailRule, 'minCalls'>,
  { health, excesses, readings }: GuardrailTurn,
  scopes: readonly ScopeWindow[],
): ErrorText | undefined {
  if (health === 'healthy') return undefined;
  const [worst] = excesses;
  if (worst)
    return health === 'breached' ? excessText(worst) : unknownText('suspect', { excess: excessText(worst) });
  const whole = scopes.find(({ scope }) => scope === wholeApp);
  if (!whole || whole.cohort.instances === 0) return unknownText('nobody');
  if (whole.rest.instances === 0) return unknownText('no_rest');
  if (whole.cohort.injected + whole.rest.injected > 0) return unknownText('drill');
  const few = readings.find(({ scope, cohort }) => scope === wholeApp && cohort === undefined);
  if (!few) return unknownText('begun');
  const { basis } = few;
  return basis.cohort < rule.minCalls
    ? unknownText('few_gray', { calls: basis.cohort, needed: rule.minCalls })
    : unknownText('few_rest', { calls: basis.rest, needed: rule.minCalls });
}
