import type { ErrorText } from '@sluice/core';
import type { Context } from '../context.ts';
import { tableText } from '../output/table.ts';
import type { LogReport } from './log-report.ts';

const percentText = (share: number): string => `${(100 * share).toFixed(2)} %`;

/** Minutes that are shown to people; programs get all. */
const minutesShown = 20;

/** The report for people: sums first, then whom and what it would have hit, and when. */
export function logReportText({ say }: Context, told: LogReport): string {
  const share = (part: { calls: number; wouldBlock: number }): string =>
    percentText(part.wouldBlock / part.calls);
  const heads = [
    say({ en: 'CALLS', zh: '调用' }),
    say({ en: 'WOULD BLOCK', zh: '预计拦截' }),
    say({ en: 'SHARE', zh: '占比' }),
  ];
  const parts = (
    head: ErrorText,
    rows: readonly { name: string; calls: number; wouldBlock: number }[],
  ): string =>
    rows.length === 0
      ? ''
      : `\n${tableText(
          [say(head), ...heads],
          rows.map((row) => [row.name, String(row.calls), String(row.wouldBlock), share(row)]),
        )}`;
  const minutes = told.byMinute.filter((m) => m.wouldBlock > 0);
  const shown = [...minutes]
    .sort((a, b) => b.wouldBlock - a.wouldBlock)
    .slice(0, minutesShown)
    .sort((a, b) => (a.at < b.at ? -1 : 1));
  const minuteHead =
    minutes.length > shown.length
      ? {
          en: `MINUTE (${shown.length} worst of ${minutes.length})`,
          zh: `分钟（${minutes.length} 个中最多的 ${shown.length} 个）`,
        }
      : { en: 'MINUTE', zh: '分钟' };
  return [
    tableText(
      [say({ en: 'TIME', zh: '时间' }), ...heads],
      [
        [
          told.from === undefined ? '-' : `${told.from} .. ${told.to}`,
          String(told.calls),
          String(told.wouldBlock),
          percentText(told.share),
        ],
      ],
    ),
    `\n${tableText(
      [
        say({ en: 'RULE', zh: '规则' }),
        say({ en: 'MODE', zh: '模式' }),
        say({ en: 'WOULD BLOCK', zh: '预计拦截' }),
      ],
      told.rules.map(({ rule, mode, wouldBlock }) => [rule, mode, String(wouldBlock)]),
    )}`,
    parts(
      { en: told.key.toUpperCase(), zh: told.key.toUpperCase() },
      told.byKey.map((k) => ({ ...k, name: k.value || '-' })),
    ),
    parts(
      { en: 'RESOURCE', zh: '资源' },
      told.byResource.map((k) => ({ ...k, name: k.value })),
    ),
    parts(
      minuteHead,
      shown.map((m) => ({ ...m, name: m.at.slice(0, 16) })),
    ),
  ].join('');
}
