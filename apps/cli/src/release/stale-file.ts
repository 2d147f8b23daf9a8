import { type Content, threeWayDiff } from '@sluice/core';
import type { NamespaceFile, ReleaseSummary } from '@sluice/protocol';
import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { CliError } from '../failure/cli-error.ts';
import { exitCode } from '../failure/exit-code.ts';
import type { Bundle } from '../files/bundle.ts';
import type { ThreeContents } from './conflict.ts';

/**
 * An exported file knows from which revision it was taken. Where somebody else has released since, and the file would
 * take that back, applying it is a conflict like any other write from an old base. Your own releases don't count.
 */
export async function refuseStale(
  context: Context,
  app: string,
  bundle: Bundle,
  known: readonly string[],
): Promise<void> {
  const { revision, environment } = bundle;
  const env = await context.environment();
  if (revision === undefined || environment !== env || (bundle.app ?? app) !== app) return;
  const api = await context.api();
  let me: string | undefined;
  for (const file of bundle.namespaces) {
    if (!known.includes(file.name)) continue;
    const params = { env, app, ns: file.name };
    const { items } = await api.call(contracts.listHistory, { params, query: { limit: '50' } });
    const newer = items.filter((r) => r.revision > revision);
    if (newer.length === 0) continue;
    me ??= (await api.call(contracts.whoAmI)).name;
    const foreign = newer.find((r) => r.author !== me);
    if (foreign) await refuseTakingBack(context, params, { file, base: items[newer.length], foreign });
  }
}

async function refuseTakingBack(
  context: Context,
  params: { env: string; app: string; ns: string },
  found: { file: NamespaceFile; base: ReleaseSummary | undefined; foreign: ReleaseSummary },
): Promise<void> {
  const api = await context.api();
  const { file, base, foreign } = found;
  const contentOf = async (r: ReleaseSummary): Promise<Content> =>
    (await api.call(contracts.getRelease, { params: { ...params, number: String(r.number) } })).content;
  const three: ThreeContents = {
    base: base && (await contentOf(base)),
    yours: file.content,
    theirs: (await api.call(contracts.getNamespace, { params })).target,
  };
  if (!takesBack(three)) return;
  const { threeWayLines } = await import('./conflict.ts');
  throw new CliError(
    'stale_file',
    exitCode.conflict,
    {
      what: {
        en: '{author} released {name} {number} (revision {revision}) after this file was exported, and the file would take that back.',
        zh: '导出该文件之后，{author} 发布了 {name} 的版本 {number}（修订号 {revision}），应用该文件会撤销那次更改。',
      },
      still: {
        en: 'Nothing was changed, and your file is as it was.',
        zh: '没有任何更改，你的文件保持原样。',
      },
      todo: {
        en: 'Export again and merge, or write over it on purpose with --overwrite.',
        zh: '请重新导出并合并，或用 --overwrite 明确覆盖。',
      },
    },
    { author: foreign.author, name: file.name, number: foreign.number, revision: foreign.revision },
    { lines: threeWayLines(context, file.name, three) },
  );
}

/** Whether something that is live now, and was not in the base, would be lost. */
function takesBack(three: ThreeContents): boolean {
  const diff = threeWayDiff(three.base, three.yours, three.theirs);
  if (diff.of === 'text') return diff.theirs !== diff.base && diff.theirs !== diff.yours;
  const text = (value: unknown): string => JSON.stringify(value) ?? '';
  return diff.entries.some((e) => text(e.theirs) !== text(e.base) && text(e.theirs) !== text(e.yours));
}
