import type { DrillCheck, DrillMeasure } from '@sluice/protocol';
import type { DrillsTexts } from '../../lib/i18n/drills/drills-texts.ts';

type Metric = DrillCheck['metric'];
/** Written in percent. */
export const isShare = (metric: Metric): boolean =>
  metric === 'errorRatio' || metric === 'blockShare' || metric === 'degradedShare';

/** Written in milliseconds. */
export const isTime = (metric: Metric): boolean => metric === 'p50Ms' || metric === 'p99Ms';

/** A measured value with its unit. */
export function valueWords(metric: Metric, value: number): string {
  if (isShare(metric)) return `${Math.round(value * 1000) / 10} %`;
  const rounded = Math.round(value * 10) / 10;
  return isTime(metric) ? `${rounded} ms` : String(rounded);
}

/** A check as a sentence: `p99 of GET /books at most 300 ms over 10 s`. */
export function checkWords(check: DrillMeasure['check'], t: DrillsTexts): string {
  const { metric, resource, atMost, atLeast, windowS } = check;
  const bounds = [
    ...(atLeast === undefined ? [] : [`${t.drills.atLeast} ${valueWords(metric, atLeast)}`]),
    ...(atMost === undefined ? [] : [`${t.drills.atMost} ${valueWords(metric, atMost)}`]),
  ];
  const within = 'withinS' in check && check.withinS !== undefined ? [t.drills.within(check.withinS)] : [];
  return [resource, t.drills.metrics[metric], ...bounds, t.drills.over(windowS), ...within].join(' · ');
}
