import { type Item, type ItemType, type Json, maskedValue } from '@sluice/core';
import { faultsOf, item, type NamespaceDetail } from '@sluice/protocol';
import { CliError, faultLines, nothingChanged, usageError } from '../failure/cli-error.ts';
import { exitCode } from '../failure/exit-code.ts';
import { lookalike } from '../failure/nearest.ts';
import { missing } from '../reference/missing.ts';
import { namespacePart, type Reference, resolveReference } from '../reference/reference.ts';
import { parseValue } from './set-value.ts';

/** What `sluice set` was told besides the assignments. */
export interface ItemFlags {
  readonly type?: ItemType;
  readonly create?: boolean;
  /** Kept sealed and shown masked. */
  readonly secret?: boolean;
}

/** Where an assignment goes: a key of a namespace that there is, or with `--create` may come to be. */
export function referenceOf(
  target: string,
  names: readonly string[],
  place: string,
  flags: ItemFlags,
): Reference {
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
    en: 'To make a new one, add --create.',
    zh: '如需新建，请加上 --create。',
  });
}

/** The items that assignments make of those that there are. */
export function newItems(
  ns: string,
  assigned: readonly { readonly key: string; readonly text: string }[],
  items: Readonly<Record<string, Item>>,
  flags: ItemFlags,
): Record<string, Json> {
  return Object.fromEntries(
    assigned.map(({ key, text }) => {
      if (!flags.create) refuseSlip(key, Object.keys(items), ns);
      const existing = Object.hasOwn(items, key) ? items[key] : undefined;
      const made: Readonly<Record<string, Json>> = { ...newItem(`${ns}.${key}`, text, existing, flags) };
      return [key, made];
    }),
  );
}

function newItem(path: string, text: string, existing: Item | undefined, flags: ItemFlags): Item {
  const { type, value } = parseValue(path, text, flags.type ?? typeFor(existing, flags));
  const { min: _min, max: _max, ...unbounded } = existing ?? {};
  const kept = type === 'number' ? (existing ?? {}) : unbounded;
  const next = { ...kept, type, value, ...(flags.secret && { secret: true as const }) };
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
    { path, text: next.secret ? maskedValue : text },
    { lines: faultLines(faultsOf(checked.error)) },
  );
}

/** A secret that looks like a number is a text all the same. */
function typeFor(existing: Item | undefined, { secret }: ItemFlags): ItemType | undefined {
  if (!secret) return existing?.type;
  return existing?.type === 'json' ? 'json' : 'string';
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

/** Why a namespace that is no map can't be set by key. */
export function notAMap(detail: NamespaceDetail): CliError {
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
