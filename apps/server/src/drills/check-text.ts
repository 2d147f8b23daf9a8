import type { ErrorText } from '@sluice/core';
import type { DrillCheck, DrillExpectation, DrillMetric } from '@sluice/protocol';

const names: Readonly<Record<DrillMetric, ErrorText>> = {
  errorRatio: { en: 'errors', zh: '错误率' },
  p50Ms: { en: 'p50', zh: 'p50 耗时' },
  p99Ms: { en: 'p99', zh: 'p99 耗时' },
  blockShare: { en: 'refused calls', zh: '被拒比例' },
  degradedShare: { en: 'degraded calls', zh: '降级比例' },
  throughput: { en: 'calls a second', zh: '每秒调用数' },
  breakerOpen: { en: 'open breakers', zh: '打开的熔断器' },
};

/** A value of a metric as people read it. */
export function valueText(metric: DrillMetric, value: number): string {
  switch (metric) {
    case 'errorRatio':
    case 'blockShare':
    case 'degradedShare':
      return `${Number((value * 100).toFixed(2))} %`;
    case 'p50Ms':
    case 'p99Ms':
      return `${Number(value.toFixed(1))} ms`;
    case 'throughput':
      return `${Number(value.toFixed(1))}/s`;
    case 'breakerOpen':
      return String(value);
  }
}

/** What a check asks for, in words: `errors of GET /books at most 1 % over 10 s`. */
export function checkText(check: DrillCheck | DrillExpectation): ErrorText {
  const { metric, resource, atMost, atLeast, windowS } = check;
  const { en, zh } = names[metric];
  const bounds = {
    en: [
      ...(atLeast === undefined ? [] : [`at least ${valueText(metric, atLeast)}`]),
      ...(atMost === undefined ? [] : [`at most ${valueText(metric, atMost)}`]),
    ].join(' and '),
    zh: [
      ...(atLeast === undefined ? [] : [`不低于 ${valueText(metric, atLeast)}`]),
      ...(atMost === undefined ? [] : [`不高于 ${valueText(metric, atMost)}`]),
    ].join('且'),
  };
  const when = whenText(check);
  return {
    en: `${en} of ${resource} ${bounds.en} over ${windowS} s${when.en}`,
    zh: `${resource} 的${zh}在 ${windowS} 秒内${bounds.zh}${when.zh}`,
  };
}

function whenText(check: DrillCheck | DrillExpectation): ErrorText {
  if (!('afterS' in check)) return { en: '', zh: '' };
  const { withinS, afterS } = check;
  if (withinS !== undefined) return { en: `, true within ${withinS} s`, zh: `，须在 ${withinS} 秒内成立` };
  return afterS > 0 ? { en: `, from ${afterS} s on`, zh: `，从第 ${afterS} 秒起` } : { en: '', zh: '' };
}
