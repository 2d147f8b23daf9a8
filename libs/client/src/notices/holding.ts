import type { Language } from '@sluice/core';
import type { Held } from '../snapshot/held.ts';

/** What the process runs on while the server is away, as a part of a sentence. */
export function holding(
  held: Iterable<Held>,
  confirmedAt: number | undefined,
  now: number,
  language: Language,
): string {
  const all = [...held];
  if (all.length === 0) return language === 'zh' ? '代码默认值' : "the code's defaults";
  const keys = all.reduce((sum, n) => sum + n.winners.size, 0);
  const since = confirmedAt ?? Math.max(...all.map((n) => n.since));
  const at = new Date(since).toTimeString().slice(0, 5);
  const minutes = Math.max(0, Math.round((now - since) / 60_000));
  if (language === 'zh') return ` ${at} 的快照（${minutes} 分钟前，${keys} 个配置项）`;
  return `the snapshot from ${at} (${minutes} min old, ${keys} ${keys === 1 ? 'key' : 'keys'})`;
}
