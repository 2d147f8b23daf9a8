import { isName } from '@sluice/core';
import type { NamespaceFile } from '@sluice/protocol';
import { CliError, nothingChanged } from '../failure/cli-error.ts';
import { exitCode } from '../failure/exit-code.ts';
import type { Io } from '../host/io.ts';
import { type Bundle, holdsRules, parseBundle } from './bundle.ts';
import { formatOf, namespaceNameOf } from './document-format.ts';
import { readSource } from './read-source.ts';

/** A file as one namespace, a document with exactly its text. */
export function documentFrom(name: string, path: string, text: string): NamespaceFile {
  const format = formatOf(path) ?? 'text';
  return { name, kind: 'document', format, content: { kind: 'document', format, text } };
}

/** What files hold together: exports are taken apart, every other file is a document named after it. */
export async function namespacesFromFiles(
  io: Io,
  files: readonly string[],
  name?: string,
): Promise<Bundle & { readonly namespaces: NamespaceFile[] }> {
  const found = new Map<string, { file: string; namespace: NamespaceFile }>();
  let origin: Omit<Bundle, 'namespaces'> = {};
  for (const file of files) {
    const text = await readSource(io, file);
    const format = formatOf(file);
    const maybeExport = name === undefined && (format === 'yaml' || format === 'json' || file === '-');
    const bundle = maybeExport ? await parseBundle(file, text) : undefined;
    if (maybeExport && !bundle && (await holdsRules(text))) throw placeless(file);
    if (bundle) {
      const { namespaces: _, ...rest } = bundle;
      origin = rest;
    }
    const namespaces = bundle?.namespaces ?? [documentFrom(name ?? nameFor(file), file, text)];
    for (const namespace of namespaces) {
      const other = found.get(namespace.name);
      if (other) throw sameName(namespace.name, other.file, file);
      found.set(namespace.name, { file, namespace });
    }
  }
  return { ...(files.length === 1 && origin), namespaces: [...found.values()].map((f) => f.namespace) };
}

/** As a document they would be live, and nobody would obey them. */
function placeless(file: string): CliError {
  return new CliError(
    'rules_without_name',
    exitCode.failure,
    {
      what: {
        en: '{file} holds rules, but no export of a namespace: it does not say of which one they are.',
        zh: '{file} 中是规则，但不是命名空间的导出：没有写明属于哪个命名空间。',
      },
      still: nothingChanged,
      todo: {
        en: 'Write them as "sluice export" does: {form}. To release the file itself as a document, import it alone with --namespace <name>.',
        zh: '请按 "sluice export" 的格式写：{form}。如果要把该文件本身作为文档发布，请用 --namespace <名称> 单独导入。',
      },
    },
    { file, form: '{name: guard, kind: rules, content: {kind: rules, items: {…}}}' },
  );
}

function nameFor(file: string): string {
  const name = namespaceNameOf(file);
  if (isName(name)) return name;
  throw new CliError(
    'invalid_name',
    exitCode.failure,
    {
      what: {
        en: '{file} cannot give its name to a namespace: names are 1-128 of A-Z a-z 0-9 . _ -',
        zh: '{file} 的文件名不能作为命名空间名称：名称由 1-128 个 A-Z a-z 0-9 . _ - 组成。',
      },
      still: nothingChanged,
      todo: {
        en: 'Rename it, or import it alone with --namespace <name>.',
        zh: '请重命名，或用 --namespace <名称> 单独导入。',
      },
    },
    { file },
  );
}

function sameName(name: string, first: string, second: string): CliError {
  return new CliError(
    'same_name',
    exitCode.failure,
    {
      what: {
        en: '{first} and {second} would both become the namespace "{name}".',
        zh: '{first} 和 {second} 都会成为命名空间“{name}”。',
      },
      still: nothingChanged,
      todo: {
        en: 'Import one of them alone with --namespace <other name>.',
        zh: '请将其中一个用 --namespace <其他名称> 单独导入。',
      },
    },
    { name, first, second },
  );
}
