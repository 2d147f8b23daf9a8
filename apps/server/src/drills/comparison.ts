import type { ErrorText } from '@sluice/core';
import type { DrillComparison, DrillDefinition, DrillReport } from '@sluice/protocol';
import { checkText } from './check-text.ts';

type Figure = DrillComparison['figures'][number];

interface Known {
  readonly text: ErrorText;
  readonly value: number | undefined;
  readonly better: 'less' | 'more' | 'neither';
}

/** One run of a drill beside an earlier one, figure by figure. */
export function comparisonOf(now: DrillReport, before: DrillReport): DrillComparison {
  const [newer, older] = [figuresOf(now), figuresOf(before)];
  const names = [...new Set([...newer.keys(), ...older.keys()])];
  return {
    drill: now.drill,
    with: before.drill,
    changedFields: changedFields(now.definition, before.definition),
    figures: names.map((name) => figure(name, newer.get(name), older.get(name))),
    checks: now.measures.map(({ of, index, phase, check, held }) => {
      const text = JSON.stringify(check);
      const earlier = before.measures.find(
        (each) => each.of === of && each.phase === phase && JSON.stringify(each.check) === text,
      );
      return {
        of,
        index,
        text: checkText(check),
        ...(earlier?.held !== undefined && { before: earlier.held }),
        ...(held !== undefined && { now: held }),
      };
    }),
  };
}

function figure(name: string, newer: Known | undefined, older: Known | undefined): Figure {
  const { text, better } = (newer ?? older)!;
  const [now, before] = [newer?.value, older?.value];
  return {
    figure: name,
    text,
    ...(before !== undefined && { before }),
    ...(now !== undefined && { now }),
    change: changeOf(before, now, better),
  };
}

/** Less than a twentieth is chance, not change. */
const worthwhile = 0.05;

function changeOf(
  before: number | undefined,
  now: number | undefined,
  better: Known['better'],
): Figure['change'] {
  if (before === undefined || now === undefined || better === 'neither') return 'unknown';
  if (Math.abs(now - before) <= worthwhile * Math.max(Math.abs(now), Math.abs(before))) return 'same';
  return now < before === (better === 'less') ? 'better' : 'worse';
}

function figuresOf(report: DrillReport): Map<string, Known> {
  const { callers } = report;
  const all = callers.ok + callers.error + callers.degraded + callers.blocked + callers.abandoned;
  const share = (count: number): number | undefined => (all > 0 ? count / all : undefined);
  const whole: readonly [string, ErrorText, number | undefined, Known['better']][] = [
    [
      'timeToOpenMs',
      { en: 'first breaker open after, ms', zh: '首个熔断器打开用时（毫秒）' },
      report.timeToOpenMs,
      'less',
    ],
    [
      'timeToCloseMs',
      { en: 'breakers closed after, ms', zh: '熔断器关闭用时（毫秒）' },
      report.timeToCloseMs,
      'less',
    ],
    [
      'timeToRecoverMs',
      { en: 'steady state back after, ms', zh: '稳态恢复用时（毫秒）' },
      report.timeToRecoverMs,
      'less',
    ],
    [
      'timeToCleanMs',
      { en: 'all clean after, ms', zh: '全部清除用时（毫秒）' },
      report.timeToCleanMs,
      'less',
    ],
    ['fallbackShare', { en: 'answered by a fallback', zh: '降级应答比例' }, report.fallbackShare, 'more'],
    ['callers.ok', { en: 'callers that got their answer', zh: '成功比例' }, share(callers.ok), 'more'],
    ['callers.error', { en: 'callers that got an error', zh: '错误比例' }, share(callers.error), 'less'],
    ['callers.blocked', { en: 'callers that were refused', zh: '被拒比例' }, share(callers.blocked), 'less'],
    ['injected', { en: 'calls that were broken', zh: '注入的调用数' }, report.drill.injected, 'neither'],
  ];
  const figures = new Map<string, Known>(
    whole.map(([name, text, value, better]) => [name, { text, value, better }]),
  );
  for (const phase of report.phases) {
    if (phase.phase !== 'during') continue;
    for (const metric of ['errorRatio', 'p50Ms', 'p99Ms', 'throughput'] as const) {
      const name = `${metric} ${phase.app} ${phase.resource} (${phase.type})`;
      figures.set(name, {
        text: { en: `${name}, during`, zh: `${name}，期间` },
        value: phase[metric],
        better: metric === 'throughput' ? 'more' : 'less',
      });
    }
  }
  return figures;
}

function changedFields(now: DrillDefinition, before: DrillDefinition): string[] {
  const keys = Object.keys({ ...now, ...before }) as (keyof DrillDefinition)[];
  return keys.filter((key) => JSON.stringify(now[key]) !== JSON.stringify(before[key])).sort();
}
