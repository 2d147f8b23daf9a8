import { type Content, canonicalText, type Json } from '@sluice/core';
import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { type ExitCode, exitCode } from '../failure/exit-code.ts';
import { plainValue } from '../output/item-change.ts';
import { shortValue } from '../output/value-text.ts';
import type { Wanted } from './get-wanted.ts';

interface Held {
  /** Absent: these instances hold no such key, or something that is no release. */
  value?: Json;
  releases: number[];
  isTarget: boolean;
  instanceCount: number;
  instanceIds: string[];
}

/** `sluice get --distribution`: which values are live right now, and how many instances hold which. */
export async function getDistribution(context: Context, wanted: Wanted): Promise<ExitCode> {
  const { app, environment: env, detail, key } = wanted;
  const params = { env, app, ns: detail.name };
  const live = await (await context.api()).call(contracts.getLiveValues, { params });
  const byValue = new Map<string, Held>();
  for (const variant of live.variants) {
    const value = variant.content === undefined ? undefined : valueIn(variant.content, key);
    const group =
      value === undefined ? `digest ${key === undefined ? variant.digest : ''}` : canonicalText(value);
    const held = byValue.get(group) ?? {
      ...(value !== undefined && { value }),
      releases: [],
      isTarget: false,
      instanceCount: 0,
      instanceIds: [],
    };
    if (variant.release !== undefined) held.releases.push(variant.release);
    held.isTarget ||= variant.isTarget;
    held.instanceCount += variant.instanceCount;
    held.instanceIds.push(...variant.instanceIds);
    byValue.set(group, held);
  }
  if (live.online === 0)
    context.output.note(context.say({ en: 'No instance is online now.', zh: '目前没有在线实例。' }));
  const rows = [...byValue.values()].sort((a, b) => b.instanceCount - a.instanceCount);
  await context.output.list(rows, [
    { head: { en: 'VALUE', zh: '值' }, cell: (row) => shortValue(row.value) },
    { head: { en: 'INSTANCES', zh: '实例数' }, cell: (row) => `${row.instanceCount}/${live.online}` },
    { head: { en: 'RELEASE', zh: '发布版本' }, cell: (row) => row.releases.join(', ') || '-' },
    {
      head: { en: 'AS RELEASED', zh: '与发布一致' },
      cell: (row) => context.say(row.isTarget ? { en: 'yes', zh: '是' } : { en: 'no', zh: '否' }),
    },
    {
      head: { en: 'WHO', zh: '实例' },
      cell: (row) =>
        row.instanceIds.slice(0, 3).join(', ') + (row.instanceCount > 3 ? ` +${row.instanceCount - 3}` : ''),
    },
  ]);
  return exitCode.ok;
}

/** The value of a key in a content; without a key the whole: a document's text, or all items. */
function valueIn(content: Content, key: string | undefined): Json | undefined {
  if (content.kind === 'document') return content.text;
  const items = content.items as Readonly<Record<string, Json>>;
  if (key === undefined) return items;
  return Object.hasOwn(items, key) ? plainValue(items[key]) : undefined;
}
