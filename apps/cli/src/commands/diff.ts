import { type ContentDiff, diffContent, isSame } from '@sluice/core';
import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { usageError } from '../failure/cli-error.ts';
import { type ExitCode, exitCode } from '../failure/exit-code.ts';
import { readTargetFile } from '../files/target-file.ts';
import { diffText } from '../output/diff-text.ts';
import { missing, namespacesOf } from '../reference/missing.ts';

export interface DiffFlags {
  readonly file?: string;
}

interface Compared {
  readonly namespace: string;
  readonly from: string;
  readonly to: string;
  readonly diff: ContentDiff;
}

/** `sluice diff`: two of release number, live, draft and empty, or what is live against a file. Exit 1: they differ. */
export async function diff(
  context: Context,
  app: string,
  ns: string | undefined,
  sides: readonly (string | undefined)[],
  flags: DiffFlags,
): Promise<ExitCode> {
  const compared =
    flags.file === undefined
      ? [await compareTwo(context, app, ns, sides)]
      : await compareFile(context, app, ns, flags.file);
  const differing = compared.filter((c) => !isSame(c.diff));
  await context.output.one(compared.length === 1 ? compared[0] : compared, () =>
    differing.map((c) => diffText(context, c.diff, { name: c.namespace, from: c.from, to: c.to })).join(''),
  );
  if (differing.length === 0) context.output.note(context.say({ en: 'No difference.', zh: '没有差异。' }));
  return differing.length > 0 ? exitCode.failure : exitCode.ok;
}

async function compareTwo(
  context: Context,
  app: string,
  ns: string | undefined,
  sides: readonly (string | undefined)[],
): Promise<Compared> {
  if (ns === undefined)
    throw usageError(
      { en: 'Which namespace?', zh: '请指定命名空间。' },
      {
        en: 'Write "sluice diff {app} <namespace> [from] [to]", or compare with a file: -f <file>.',
        zh: '请写成 "sluice diff {app} <命名空间> [from] [to]"，或用 -f <文件> 与文件比较。',
      },
      { app },
    );
  await mustKnow(context, app, ns);
  const [first, second] = sides.map((side) => (side === undefined ? undefined : sideOf(side)));
  // One side is compared with what is live; none at all: what you are about to release.
  const [from, to] = first === undefined ? ['live', 'draft'] : [first, second ?? 'live'];
  const params = { env: await context.environment(), app, ns };
  const answer = await (await context.api()).call(contracts.diff, { params, query: { from, to } });
  return { namespace: ns, ...answer };
}

const sideWords = ['live', 'draft', 'empty'];

function sideOf(text: string): string {
  const side = text.replace(/^#/, '');
  if (sideWords.includes(side) || /^\d{1,9}$/.test(side)) return side;
  throw usageError(
    { en: '"{text}" is no side of a comparison.', zh: '“{text}”不能用于比较。' },
    { en: 'Give a release number, live, draft or empty.', zh: '请给出发布版本号、live、draft 或 empty。' },
    { text },
  );
}

async function mustKnow(context: Context, app: string, ns: string): Promise<void> {
  const names = (await namespacesOf(context, app)).map((n) => n.name);
  if (!names.includes(ns)) throw missing('namespace', ns, `${app} (${await context.environment()})`, names);
}

async function compareFile(
  context: Context,
  app: string,
  ns: string | undefined,
  path: string,
): Promise<Compared[]> {
  const bundle = await readTargetFile(context.io, path, ns);
  const names = (await namespacesOf(context, app)).map((n) => n.name);
  const [api, env] = [await context.api(), await context.environment()];
  return Promise.all(
    bundle.namespaces.map(async (file) => {
      const live = names.includes(file.name)
        ? await api.call(contracts.getNamespace, { params: { env, app, ns: file.name } })
        : undefined;
      return { namespace: file.name, from: 'live', to: path, diff: diffContent(live?.target, file.content) };
    }),
  );
}
