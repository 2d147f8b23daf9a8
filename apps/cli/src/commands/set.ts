import { applyPatch, type Content, diffContent, type Item, type ItemType, isSame } from '@sluice/core';
import { faultsOf, item, type NamespaceDetail } from '@sluice/protocol';
import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { CliError, faultLines, nothingChanged, usageError } from '../failure/cli-error.ts';
import { type ExitCode, exitCode } from '../failure/exit-code.ts';
import { lookalike } from '../failure/nearest.ts';
import { missing, namespacesOf } from '../reference/missing.ts';
import { namespacePart, type Reference, resolveReference } from '../reference/reference.ts';
import { confirmWrite } from '../release/confirm.ts';
import { planSentence, reachOf } from '../release/plan.ts';
import { publishOne } from '../release/publish.ts';
import { showPlanned, showWritten, type WriteFlags } from '../release/written.ts';
import { parseAssignment, parseValue } from './set-value.ts';

export interface SetFlags extends WriteFlags {
  readonly type?: ItemType;
  readonly create?: boolean;
}

/** `sluice set`: one release with one or several keys of one namespace. */
export async function set(
  context: Context,
  app: string,
  assignments: readonly string[],
  flags: SetFlags,
): Promise<ExitCode> {
  const wanted = assignments.map(parseAssignment);
  const names = (await namespacesOf(context, app)).map((n) => n.name);
  const env = await context.environment();
  const references = wanted.map(({ target }) => referenceOf(target, names, `${app} (${env})`, flags));
  const ns = onlyNamespace(references);
  const isNew = !names.includes(ns);
  const params = { env, app, ns };
  const api = await context.api();
  const detail = isNew ? undefined : await api.call(contracts.getNamespace, { params });
  if (detail && detail.kind !== 'map') throw notAMap(detail);
  const before: Content = detail?.target ?? { kind: 'map', items: {} };
  const items = before.kind === 'map' ? before.items : {};
  const patch = Object.fromEntries(
    wanted.map(({ text }, i) => {
      const key = references[i]!.key!;
      if (!flags.create && detail) refuseSlip(key, Object.keys(items), ns);
      return [key, newItem(`${ns}.${key}`, text, Object.hasOwn(items, key) ? items[key] : undefined, flags)];
    }),
  );
  const after = applyPatch(before, { set: patch, remove: [] });
  const diff = diffContent(detail?.target, after);
  if (!isNew && isSame(diff)) {
    context.output.note(
      context.say({ en: 'Nothing to do: {ns} says so already.', zh: '无需更改：{ns} 已是该值。' }, { ns }),
    );
    return showWritten(context, app, [{ name: ns, outcome: 'same' }], {});
  }
  const change = { name: ns, outcome: isNew ? 'created' : 'changed', diff } as const;
  const plan = { app, environment: env, changes: [change], reach: await reachOf(context, app) };
  context.output.note(planSentence(context, plan));
  if (flags.dryRun) return showPlanned(context, app, [change]);
  await confirmWrite(context, app, flags.yes);
  const base =
    detail ??
    (await api.call(contracts.createNamespace, { params: { env, app }, body: { name: ns, kind: 'map' } }));
  const body = { changes: { set: patch }, message: flags.message ?? '' };
  const released = await publishOne(context, base, env, { body, after });
  return showWritten(context, app, [{ ...change, released }], flags);
}

function referenceOf(target: string, names: readonly string[], place: string, flags: SetFlags): Reference {
  const known = resolveReference(target, names, true);
  if (known) return known;
  const dot = target.indexOf('.');
  if (flags.create && dot > 0 && dot < target.length - 1)
    return { namespace: target.slice(0, dot), key: target.slice(dot + 1) };
  if (names.includes(target))
    throw usageError(
      { en: '"{target}" is a namespace; the key is missing.', zh: '“{target}”是命名空间，缺少配置项。' },
      { en: 'Write {target}.<key>=<value>.', zh: '请写成 {target}.<配置项>=<值>。' },
      { target },
    );
  throw missing('namespace', namespacePart(target), place, names, {
    en: ' To make a new one, add --create.',
    zh: ' 如需新建，请加上 --create。',
  });
}

function onlyNamespace(references: readonly Reference[]): string {
  const names = [...new Set(references.map((r) => r.namespace))];
  if (names.length === 1) return names[0]!;
  throw usageError(
    {
      en: 'One release is of one namespace, and these are several: {names}.',
      zh: '一次发布只针对一个命名空间，这里有多个：{names}。',
    },
    {
      en: 'Run "sluice set" for each, or release them together with "sluice apply -f".',
      zh: '请分别运行 "sluice set"，或用 "sluice apply -f" 一起发布。',
    },
    { names: names.join(', ') },
  );
}

function newItem(path: string, text: string, existing: Item | undefined, flags: SetFlags): Item {
  const { type, value } = parseValue(path, text, flags.type ?? existing?.type);
  const { min: _min, max: _max, ...unbounded } = existing ?? {};
  const kept = type === 'number' ? (existing ?? {}) : unbounded;
  const next = { ...kept, type, value };
  const checked = item.safeParse(next);
  if (checked.success) return checked.data;
  throw new CliError(
    'invalid_value',
    exitCode.failure,
    {
      what: { en: '{path} cannot be {text}:', zh: '{path} 不能设为 {text}：' },
      still: nothingChanged,
      todo: { en: 'Correct the value.', zh: '请修正该值。' },
    },
    { path, text },
    { lines: faultLines(faultsOf(checked.error)) },
  );
}

/** A new key that looks like a known one is more likely a slip, and a slip would be a change that does nothing. */
function refuseSlip(key: string, known: readonly string[], ns: string): void {
  if (known.includes(key)) return;
  const near = lookalike(key, known);
  if (near === undefined) return;
  throw new CliError(
    'unknown_key',
    exitCode.failure,
    {
      what: {
        en: '{ns} has no key "{key}", but it has "{near}".',
        zh: '{ns} 中没有配置项“{key}”，但有“{near}”。',
      },
      still: nothingChanged,
      todo: {
        en: 'Did you mean {ns}.{near}? To add a new key of that name, add --create.',
        zh: '你是不是要改 {ns}.{near}？如果确实要新增这个配置项，请加上 --create。',
      },
    },
    { ns, key, near },
  );
}

function notAMap(detail: NamespaceDetail): CliError {
  return usageError(
    detail.kind === 'document'
      ? {
          en: '"{ns}" is a document: it is released whole, not by key.',
          zh: '“{ns}”是文档：只能整体发布，不能按配置项修改。',
        }
      : { en: '"{ns}" holds rules, not values.', zh: '“{ns}”中是规则，不是配置值。' },
    {
      en: 'Run "sluice apply {app} -f <file> --namespace {ns}".',
      zh: '请运行 "sluice apply {app} -f <文件> --namespace {ns}"。',
    },
    { ns: detail.name, app: detail.app },
  );
}
