import { type Content, canonicalText, diffContent, isSame, type Json } from '@sluice/core';
import type { NamespaceDetail, NamespaceFile } from '@sluice/protocol';
import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { type DeliveryFlags, isMoreThanRelease, targetOf } from '../delivery/delivery-flags.ts';
import { pushChanges, type WantedChange } from '../delivery/push-changes.ts';
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

export interface ApplyFlags extends WriteFlags, DeliveryFlags {
  readonly file: string;
  readonly namespace?: string;
  /** Write over releases that are newer than the file. */
  readonly overwrite?: boolean;
}

/** `sluice apply`: makes what a file says live. */
export async function apply(context: Context, app: string | undefined, flags: ApplyFlags): Promise<ExitCode> {
  const more = isMoreThanRelease(flags);
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
  if (more) return pushFile(context, target, bundle.namespaces, known, flags);
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

/** Pushes what a file says of namespaces that are there as one change set. */
async function pushFile(
  context: Context,
  app: string,
  files: readonly NamespaceFile[],
  known: readonly string[],
  flags: ApplyFlags,
): Promise<ExitCode> {
  const [api, env] = [await context.api(), await context.environment()];
  const forAll = targetOf(flags).mode === 'global';
  const wanted = await Promise.all(
    files.map(async (file): Promise<WantedChange> => {
      if (!known.includes(file.name)) throw onlyValues(app, file.name);
      const base = await api.call(contracts.getNamespace, { params: { env, app, ns: file.name } });
      if (!onlyContent(file, base)) throw onlyValues(app, file.name);
      const said = { namespace: file.name, base: base.revision };
      const { content } = file;
      return {
        base,
        change:
          forAll || content.kind === 'document'
            ? { ...said, content }
            : { ...said, changes: patchBetween(base.target, content) },
        after: content,
        planned: { name: file.name, outcome: 'changed', diff: diffContent(base.target, content) },
      };
    }),
  );
  const moving = wanted.filter((w) => !isSame(w.planned.diff));
  if (moving.length > 0) return pushChanges(context, app, moving, flags);
  context.output.note(
    context.say({ en: 'Nothing to do: everything is live already.', zh: '无需更改：全部内容均已生效。' }),
  );
  return showWritten(
    context,
    app,
    wanted.map((w) => ({ name: w.base.name, outcome: 'same' as const })),
    {},
  );
}

/** What some instances are told: only what differs from what everyone has. */
function patchBetween(
  live: Content | undefined,
  wanted: Exclude<Content, { kind: 'document' }>,
): { set: Record<string, Json>; remove: string[] } {
  const before: Readonly<Record<string, unknown>> = live && live.kind !== 'document' ? live.items : {};
  const after: Readonly<Record<string, unknown>> = wanted.items;
  const differs = (key: string): boolean =>
    !Object.hasOwn(before, key) || canonicalText(before[key] as Json) !== canonicalText(after[key] as Json);
  return {
    set: Object.fromEntries(
      Object.keys(after)
        .filter(differs)
        .map((key) => [key, after[key] as Json]),
    ),
    remove: Object.keys(before).filter((key) => !Object.hasOwn(after, key)),
  };
}

function onlyValues(app: string, name: string) {
  return usageError(
    {
      en: 'Only content of namespaces that are there can be pushed like this; the file creates {name}, or changes its kind, description or schema.',
      zh: '这种方式只能推送已有命名空间的内容；该文件会新建 {name}，或修改其类型、描述或 Schema。',
    },
    {
      en: 'First run "sluice apply {app} -f <file>" without --mode, or leave that out of the file.',
      zh: '请先不带 --mode 运行 "sluice apply {app} -f <文件>"，或从文件中去掉这些内容。',
    },
    { name, app },
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
