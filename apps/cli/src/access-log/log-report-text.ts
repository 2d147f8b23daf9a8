import type { ErrorText } from '@sluice/core';
import type { Context } from '../context.ts';
import { tableText } from '../output/table.ts';
import type { LogReport } from './log-report.ts';

/** Rows of each part that are shown to people; programs get more. */
const rowsShown = 20;

interface Row {
  readonly name: string;
  readonly calls: number;
  readonly wouldBlock: number;
}

/** The report for people: sums first, then whom and what it would have hit, and when. */
export function logReportText(context: Context, told: LogReport): string {
  const { say } = context;
  const wouldBlock = say({ en: 'WOULD BLOCK', zh: '预计拦截' });
  const time = told.from === undefined ? '-' : `${told.from} .. ${told.to}`;
  const rules = tableText(
    [say({ en: 'RULE', zh: '规则' }), say({ en: 'MODE', zh: '模式' }), wouldBlock],
    told.rules.map((each) => [each.rule, each.mode, String(each.wouldBlock)]),
  );
  const key = told.key.toUpperCase();
  const minutes = told.byMinute
    .filter((minute) => minute.wouldBlock > 0)
    .sort((a, b) => b.wouldBlock - a.wouldBlock)
    .slice(0, rowsShown)
    .sort((a, b) => (a.at < b.at ? -1 : 1));
  return [
    partText(context, { en: 'TIME', zh: '时间' }, [{ ...told, name: time }], 1),
    rules,
    partText(
      context,
      { en: key, zh: key },
      told.byKey.map((each) => ({ ...each, name: each.value || '-' })),
      told.keysHit,
    ),
    partText(
      context,
      { en: 'RESOURCE', zh: '资源' },
      told.byResource.map((each) => ({ ...each, name: each.value })),
      told.resourcesHit,
    ),
    partText(
      context,
      { en: 'WORST MINUTES', zh: '最多的分钟' },
      minutes.map((minute) => ({ ...minute, name: minute.at.slice(0, 16) })),
      told.minutesHit,
    ),
  ]
    .filter((part) => part !== '')
    .join('\n');
}

/** The first rows; the head says of how many they are. */
function partText({ say }: Context, head: ErrorText, rows: readonly Row[], all: number): string {
  if (rows.length === 0) return '';
  const shown = rows.slice(0, rowsShown);
  const of = { head, shown: shown.length, all };
  return tableText(
    [
      all > shown.length
        ? say({ en: '{head} ({shown} of {all})', zh: '{head}（{all} 中的 {shown}）' }, of)
        : say(head),
      say({ en: 'CALLS', zh: '调用' }),
      say({ en: 'WOULD BLOCK', zh: '预计拦截' }),
      say({ en: 'SHARE', zh: '占比' }),
    ],
    shown.map((row) => [
      row.name,
      String(row.calls),
      String(row.wouldBlock),
      `${((100 * row.wouldBlock) / Math.max(1, row.calls)).toFixed(2)} %`,
    ]),
  );
}
