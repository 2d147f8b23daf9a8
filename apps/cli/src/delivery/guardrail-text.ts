import type { ErrorText, GuardrailMeasure, Health } from '@sluice/core';
import type { GuardrailReading, GuardrailReport, Push } from '@sluice/protocol';
import type { Context } from '../context.ts';
import { tableText } from '../output/table.ts';

const healthWords: Readonly<Record<Health, ErrorText>> = {
  healthy: { en: 'healthy', zh: '健康' },
  unknown: { en: 'health unknown', zh: '健康状况未知' },
  breached: { en: 'guardrail breached', zh: '护栏越线' },
};

const measureWords: Readonly<Record<GuardrailMeasure, ErrorText>> = {
  errorRatio: { en: 'errors', zh: '错误率' },
  p99: { en: 'p99', zh: 'p99' },
  blockShare: { en: 'blocked', zh: '拦截率' },
  breakerOpenings: { en: 'breaker openings', zh: '熔断次数' },
  applyFailures: { en: 'not applied', zh: '应用失败' },
};

/** How a gray does, in one phrase: `health unknown: 34 of 100 calls in the gray`; empty where nobody judges it. */
export function healthText({ say, language }: Context, { health }: Push): string {
  if (!health) return '';
  const word = say(healthWords[health.is]);
  return health.why
    ? say({ en: '{word}: {why}', zh: '{word}：{why}' }, { word, why: health.why[language] })
    : word;
}

/** What a gray is judged by, and each measure of its newest window; empty for what goes without a word. */
export function guardrailText(context: Context, { off, rule, now, log }: GuardrailReport): string {
  const { say } = context;
  if (off !== undefined) return `${say({ en: 'no guardrails: {off}', zh: '未启用护栏：{off}' }, { off })}\n`;
  if (!rule) return '';
  const { minCalls, windows, windowMs, onBreach } = rule;
  const policy = say(
    onBreach === 'abandon'
      ? { en: 'it is taken back', zh: '自动放弃' }
      : { en: 'it is halted', zh: '仅叫停' },
  );
  const head = say(
    {
      en: 'guardrails: {windows} samples in a row of {seconds} s and {minCalls} calls on each side; then {policy}',
      zh: '护栏：连续 {windows} 个样本（每个至少 {seconds} 秒、双方各 {minCalls} 次调用）越线后{policy}',
    },
    { windows, seconds: windowMs / 1000, minCalls, policy },
  );
  const shown = now ?? log[0];
  return shown ? `${head}\n${readingsText(context, shown.readings, minCalls)}` : `${head}\n`;
}

function readingsText({ say }: Context, readings: readonly GuardrailReading[], minCalls: number): string {
  return tableText(
    [
      say({ en: 'MEASURE', zh: '指标' }),
      say({ en: 'OF', zh: '范围' }),
      say({ en: 'GRAY', zh: '灰度' }),
      say({ en: 'REST', zh: '其余' }),
      say({ en: 'LIMIT', zh: '界限' }),
      say({ en: 'OVER', zh: '越线' }),
    ],
    readings.map((reading) => {
      const { measure, scope, cohort, rest, limit, windows, basis } = reading;
      const shown = (value: number | undefined): string =>
        value === undefined ? '-' : valueText(measure, value);
      const calls = say(
        { en: 'unknown: {calls} of {minCalls} calls', zh: '未知：调用量 {calls}/{minCalls}' },
        { calls: Math.min(basis.cohort, basis.rest), minCalls },
      );
      const isFew = cohort === undefined && ofCalls.has(measure);
      return [
        say(measureWords[measure]),
        scope === '' ? say({ en: 'all calls', zh: '全部调用' }) : scope,
        isFew ? calls : shown(cohort),
        shown(rest),
        shown(limit),
        windows === 0 ? '' : String(windows),
      ];
    }),
  );
}

const ofCalls: ReadonlySet<GuardrailMeasure> = new Set(['errorRatio', 'p99', 'blockShare']);

function valueText(measure: GuardrailMeasure, value: number): string {
  if (measure === 'p99') return `${Math.round(value * 10) / 10} ms`;
  if (measure === 'breakerOpenings') return String(Math.round(value * 100) / 100);
  return `${Math.round(value * 1000) / 10} %`;
}
