import { diffContent, isSame } from '@sluice/core';
import type { NamespaceDetail, NamespaceFile } from '@sluice/protocol';
import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { usageError } from '../failure/cli-error.ts';
import type { ExitCode } from '../failure/exit-code.ts';
import { readTargetFile } from '../files/target-file.ts';
import { namespacesOf } from '../reference/missing.ts';
import { confirmWrite } from '../release/confirm.ts';
import { planSentence, reachOf } from '../release/plan.ts';
import { publishOne } from '../release/publish.ts';
import { refuseStale } from '../release/stale-file.ts';
import { writeNamespaces } from '../release/write-namespaces.ts';
import { showPlanned, showWritten, type WriteFlags } from '../release/written.ts';

export interface ApplyFlags extends WriteFlags {
  readonly file: string;
  readonly namespace?: string;
  /** Write over releases that are newer than the file. */
  readonly overwrite?: boolean;
}

/** `sluice apply`: makes what a file says live. */
export async function apply(context: Context, app: string | undefined, flags: ApplyFlags): Promise<ExitCode> {
  const bundle = await readTargetFile(context.io, flags.file, flags.namespace);
  const target = app ?? bundle.app;
  if (target === undefined)
    throw usageError(
      { en: 'Which app? The file does not say.', zh: '请指定应用：文件中没有说明。' },
      { en: 'Write "sluice apply <app> -f {file}".', zh: '请写成 "sluice apply <应用> -f {file}"。' },
      { file: flags.file },
    );
  const known = (await namespacesOf(context, target)).map((n) => n.name);
  if (!flags.overwrite) await refuseStale(context, target, bundle, known);
  const only = bundle.namespaces.length === 1 ? bundle.namespaces[0]! : undefined;
  if (only && known.includes(only.name)) {
    const params = { env: await context.environment(), app: target, ns: only.name };
    const detail = await (await context.api()).call(contracts.getNamespace, { params });
    if (onlyContent(only, detail)) return applyOne(context, detail, only, flags);
  }
  return writeNamespaces(context, target, [...bundle.namespaces], flags);
}

/** Whether the file changes nothing but the content: then the write can say exactly what it is based on. */
function onlyContent(file: NamespaceFile, detail: NamespaceDetail): boolean {
  const same = (a: unknown, b: unknown): boolean =>
    a === undefined || JSON.stringify(a) === JSON.stringify(b);
  return (
    file.kind === detail.kind &&
    same(file.format, detail.format) &&
    same(file.description, detail.description) &&
    same(file.schema, detail.schema)
  );
}

async function applyOne(
  context: Context,
  detail: NamespaceDetail,
  file: NamespaceFile,
  flags: ApplyFlags,
): Promise<ExitCode> {
  const env = await context.environment();
  const { app, name } = detail;
  const diff = diffContent(detail.target, file.content);
  if (detail.target && isSame(diff)) {
    context.output.note(
      context.say(
        { en: 'Nothing to do: {name} says so already.', zh: '无需更改：{name} 已是该内容。' },
        { name },
      ),
    );
    return showWritten(context, app, [{ name, outcome: 'same' }], {});
  }
  const change = { name, outcome: 'changed', diff } as const;
  const plan = { app, environment: env, changes: [change], reach: await reachOf(context, app) };
  context.output.note(planSentence(context, plan));
  if (flags.dryRun) return showPlanned(context, app, [change]);
  await confirmWrite(context, app, flags.yes);
  const body = { content: file.content, message: flags.message ?? '' };
  const released = await publishOne(context, detail, env, { body, after: file.content });
  return showWritten(context, app, [{ ...change, released }], flags);
}
