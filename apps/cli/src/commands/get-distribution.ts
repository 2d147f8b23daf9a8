import { type Content, canonicalText, type Json } from '@sluice/core';
import type { KeySpread, LiveValues } from '@sluice/protocol';
import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { type ExitCode, exitCode } from '../failure/exit-code.ts';
import { plainValue } from '../output/item-change.ts';
import type { Column } from '../output/output.ts';
import { shortValue } from '../output/value-text.ts';
import type { Wanted } from './get-wanted.ts';

/** `sluice get --distribution`: which values are live right now, and how many instances hold which. */
export async function getDistribution(context: Context, wanted: Wanted): Promise<ExitCode> {
  return wanted.key === undefined ? wholeSpread(context, wanted) : keySpread(context, wanted, wanted.key);
}

type HeldValue = KeySpread['values'][number] & { readonly isTarget: boolean };

/** Who has which value of one key, all layers counted. */
async function keySpread(context: Context, wanted: Wanted, key: string): Promise<ExitCode> {
  const { app, environment: env, detail } = wanted;
  const params = { env, app, ns: detail.name, key };
  const spread = await (await context.api()).call(contracts.getKeySpread, { params });
  const { say } = context;
  const cell = (row: HeldValue): string => {
    if (!row.isKnown) return say({ en: '(not known)', zh: '（未知）' });
    return row.value === undefined
      ? say({ en: '(code default)', zh: '（代码默认值）' })
      : shortValue(plainValue(row.value));
  };
  const rows = spread.values.map(
    (row): HeldValue => ({
      ...row,
      isTarget: row.isKnown && sameValue(row.value, spread.target),
    }),
  );
  return show(context, rows, spread.online, [{ head: { en: 'VALUE', zh: '值' }, cell }]);
}

function sameValue(a: Json | undefined, b: Json | undefined): boolean {
  const [left, right] = [plainValue(a), plainValue(b)];
  if (left === undefined || right === undefined) return left === right;
  return canonicalText(left) === canonicalText(right);
}

/** Who holds which content of a whole namespace. */
async function wholeSpread(context: Context, { app, environment: env, detail }: Wanted): Promise<ExitCode> {
  const params = { env, app, ns: detail.name };
  const live = await (await context.api()).call(contracts.getLiveValues, { params });
  const columns: Column<LiveValues['variants'][number]>[] = [
    { head: { en: 'VALUE', zh: '值' }, cell: (row) => shortValue(row.content && wholeOf(row.content)) },
    { head: { en: 'RELEASE', zh: '发布版本' }, cell: (row) => String(row.release ?? '-') },
  ];
  return show(context, live.variants, live.online, columns);
}

const wholeOf = (content: Content): Json =>
  content.kind === 'document' ? content.text : (content.items as { readonly [key: string]: Json });

interface Held {
  readonly instanceCount: number;
  readonly instanceIds: readonly string[];
  readonly isTarget: boolean;
}

async function show<T extends Held>(
  context: Context,
  held: readonly T[],
  online: number,
  what: readonly Column<T>[],
): Promise<ExitCode> {
  const { output, say } = context;
  if (online === 0) output.note(say({ en: 'No instance is online now.', zh: '目前没有在线实例。' }));
  const rows = [...held].sort((a, b) => b.instanceCount - a.instanceCount);
  const [value, ...rest] = what;
  await output.list(rows, [
    value!,
    { head: { en: 'INSTANCES', zh: '实例数' }, cell: (row) => `${row.instanceCount}/${online}` },
    ...rest,
    {
      head: { en: 'AS RELEASED', zh: '与发布一致' },
      cell: (row) => say(row.isTarget ? { en: 'yes', zh: '是' } : { en: 'no', zh: '否' }),
    },
    {
      head: { en: 'WHO', zh: '实例' },
      cell: (row) =>
        row.instanceIds.slice(0, 3).join(', ') + (row.instanceCount > 3 ? ` +${row.instanceCount - 3}` : ''),
    },
  ]);
  return exitCode.ok;
}
