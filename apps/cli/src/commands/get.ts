import type { Item, Json } from '@sluice/core';
import type { NamespaceDetail } from '@sluice/protocol';
import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { CliError, usageError } from '../failure/cli-error.ts';
import { type ExitCode, exitCode } from '../failure/exit-code.ts';
import { plainValue } from '../output/item-change.ts';
import { shortValue, valueText } from '../output/value-text.ts';
import { missing, namespacesOf } from '../reference/missing.ts';
import { namespacePart, resolveReference } from '../reference/reference.ts';
import { getDistribution } from './get-distribution.ts';
import { getFromInstance } from './get-instance.ts';
import { getRevealed } from './get-revealed.ts';
import type { GetFlags, Wanted } from './get-wanted.ts';

/** `sluice get`: what the release says, what one instance holds, or who holds what. */
export async function get(context: Context, app: string, text: string, flags: GetFlags): Promise<ExitCode> {
  if (flags.distribution && (flags.instance || flags.why))
    throw usageError(
      {
        en: '--distribution is about all instances, --instance and --why about one.',
        zh: '--distribution 针对所有实例，--instance 和 --why 针对单个实例。',
      },
      { en: 'Ask for one of the two.', zh: '请只选择其中一种。' },
    );
  const wanted = await find(context, app, text);
  if (flags.reveal) return getRevealed(context, wanted, flags);
  if (flags.distribution) return getDistribution(context, wanted);
  if (flags.instance || flags.why) return getFromInstance(context, wanted, flags);
  return wanted.key === undefined
    ? showNamespace(context, wanted)
    : showItem(context, wanted, itemOf(wanted, wanted.key));
}

async function find(context: Context, app: string, text: string): Promise<Wanted> {
  const names = (await namespacesOf(context, app)).map((n) => n.name);
  const environment = await context.environment();
  const reference = resolveReference(text, names);
  if (!reference) throw missing('namespace', namespacePart(text), `${app} (${environment})`, names);
  const { namespace: ns, key } = reference;
  const params = { env: environment, app, ns };
  const detail = await (await context.api()).call(contracts.getNamespace, { params });
  if (key !== undefined && detail.kind === 'document')
    throw usageError(
      { en: '"{ns}" is a document and has no keys.', zh: '“{ns}”是文档，没有配置项。' },
      { en: 'Run "sluice get {app} {ns}".', zh: '请运行 "sluice get {app} {ns}"。' },
      { ns, app },
    );
  return { app, environment, detail, ...(key !== undefined && { key }) };
}

/** The entry of a key as the release says it. */
function itemOf({ detail }: Wanted, key: string): Item | Json {
  const items: Readonly<Record<string, Item | Json>> =
    detail.target && detail.target.kind !== 'document' ? detail.target.items : {};
  if (Object.hasOwn(items, key)) return items[key]!;
  throw missing('key', key, detail.name, Object.keys(items));
}

async function showItem(context: Context, wanted: Wanted, entry: Item | Json): Promise<ExitCode> {
  const { app, environment, detail, key } = wanted;
  const { release, revision } = standing(detail);
  const value = detail.kind === 'map' ? (entry as Item).value : (entry as Json);
  const extra = detail.kind === 'map' ? (entry as Item) : {};
  if (context.output.format === 'table') context.output.raw(`${valueText(value)}\n`);
  else
    await context.output.one(
      { app, environment, namespace: detail.name, key, ...extra, value, release, revision },
      () => '',
    );
  return exitCode.ok;
}

const standing = (detail: NamespaceDetail) => ({ release: detail.live?.number, revision: detail.revision });

async function showNamespace(context: Context, { app, environment, detail }: Wanted): Promise<ExitCode> {
  const { output } = context;
  const { name, kind, format, target } = detail;
  if (!target) throw notReleased(name);
  if (output.format === 'json' || output.format === 'yaml') {
    const data = { app, environment, namespace: name, kind, format, ...standing(detail), content: target };
    await output.one(data, () => '');
    return exitCode.ok;
  }
  if (target.kind === 'document') {
    if (output.format === 'ndjson')
      await output.one({ namespace: name, format, text: target.text }, () => '');
    else output.raw(target.text);
    return exitCode.ok;
  }
  const rows = Object.entries<Item | Json>(target.items).map(([key, entry]) => ({
    key,
    ...(target.kind === 'map' ? (entry as Item) : { type: 'rule', value: entry as Json }),
  }));
  await output.list(rows, [
    { head: { en: 'KEY', zh: '配置项' }, cell: (row) => row.key },
    { head: { en: 'TYPE', zh: '类型' }, cell: (row) => row.type },
    { head: { en: 'VALUE', zh: '值' }, cell: (row) => shortValue(plainValue(row.value)) },
  ]);
  return exitCode.ok;
}

function notReleased(name: string): CliError {
  return new CliError(
    'not_released',
    exitCode.failure,
    {
      what: { en: '"{name}" has no release yet.', zh: '“{name}”还没有发布版本。' },
      still: {
        en: 'Instances run on the defaults of their code.',
        zh: '各实例使用代码中的默认值。',
      },
      todo: {
        en: 'Release one with "sluice set" or "sluice apply".',
        zh: '请用 "sluice set" 或 "sluice apply" 发布。',
      },
    },
    { name },
  );
}
