import { constants } from 'node:fs';
import { lstat, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { NamespaceFile } from '@sluice/protocol';
import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { CliError } from '../failure/cli-error.ts';
import { type ExitCode, exitCode } from '../failure/exit-code.ts';
import { fileNameOf } from '../files/document-format.ts';
import { fileError } from '../files/read-source.ts';
import { inApp } from '../reference/missing.ts';

export interface ExportFlags {
  readonly dir?: string;
  readonly force?: boolean;
  /** With the plain values of secrets. */
  readonly reveal?: boolean;
}

/** `sluice export`: everything that is live of an app, as one file on standard output or as a folder. */
export async function exportApp(context: Context, app: string, flags: ExportFlags): Promise<ExitCode> {
  const [api, env] = [await context.api(), await context.environment()];
  const bundle = await inApp(context, app, () =>
    api.call(contracts.exportApp, {
      params: { env, app },
      query: { secrets: flags.reveal ? ('reveal' as const) : ('masked' as const) },
    }),
  );
  if (flags.dir !== undefined)
    return writeFolder(context, flags.dir, bundle.namespaces, flags.force === true);
  // A table of an export would be no export: people get YAML.
  const { output } = context;
  if (output.format !== 'table') await output.one(bundle, () => '');
  else {
    const { yamlText } = await import('../output/yaml-text.ts');
    output.raw(yamlText(bundle));
  }
  return exitCode.ok;
}

/** Documents as the files they are, byte for byte; maps and rules in the form that `apply` and `import` read. */
async function writeFolder(
  context: Context,
  dir: string,
  namespaces: readonly NamespaceFile[],
  force: boolean,
): Promise<ExitCode> {
  const folder = resolve(context.io.cwd, dir);
  const files = new Map<string, string>();
  for (const namespace of namespaces) {
    const { path, text } = await fileOf(namespace);
    if (files.has(path)) throw occupied(join(dir, path));
    files.set(path, text);
  }
  for (const path of files.keys()) await refuseOddFile(join(folder, path), join(dir, path));
  if (!force) for (const [path, text] of files) await refuseOther(join(folder, path), join(dir, path), text);
  try {
    await mkdir(folder, { recursive: true });
    for (const [path, text] of files) await writeFile(join(folder, path), text, { flag: overwriting });
  } catch (error) {
    throw fileError(dir, error);
  }
  const rows = [...files].map(([path, text]) => ({ file: join(dir, path), bytes: Buffer.byteLength(text) }));
  await context.output.list(rows, [
    { head: { en: 'FILE', zh: '文件' }, cell: (row) => row.file },
    { head: { en: 'BYTES', zh: '字节' }, cell: (row) => String(row.bytes) },
  ]);
  const more = namespaces.filter((n) => n.content.kind === 'document' && (n.description || n.schema));
  if (more.length > 0)
    context.output.note(
      context.say(
        {
          en: 'A plain document has no place for the description and schema of {names}; "sluice export" without --dir has them.',
          zh: '文档文件无法携带 {names} 的描述和 Schema；不带 --dir 的 "sluice export" 会包含它们。',
        },
        { names: more.map((n) => n.name).join(', ') },
      ),
    );
  return exitCode.ok;
}

async function fileOf(namespace: NamespaceFile): Promise<{ path: string; text: string }> {
  const { content, name } = namespace;
  if (content.kind === 'document') return { path: fileNameOf(name, content.format), text: content.text };
  const { yamlText } = await import('../output/yaml-text.ts');
  return { path: `${name}.sluice.yaml`, text: yamlText(namespace) };
}

/** Not through a link that somebody puts there in between. */
const overwriting = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW;

/** A link, a pipe or a device in the place of a file is left alone, whatever was said. */
async function refuseOddFile(path: string, shown: string): Promise<void> {
  const found = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw fileError(shown, error);
  });
  if (!found || found.isFile()) return;
  throw new CliError(
    'odd_file',
    exitCode.conflict,
    {
      what: { en: '{path} is no ordinary file.', zh: '{path} 不是普通文件。' },
      still: { en: 'No file was written.', zh: '没有写入任何文件。' },
      todo: { en: 'Remove it, or choose another folder.', zh: '请将其删除，或换一个目录。' },
    },
    { path: shown },
  );
}

async function refuseOther(path: string, shown: string, text: string): Promise<void> {
  let existing: string;
  try {
    existing = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw fileError(shown, error);
  }
  if (existing !== text) throw occupied(shown);
}

function occupied(path: string): CliError {
  return new CliError(
    'file_exists',
    exitCode.conflict,
    {
      what: { en: '{path} holds something else already.', zh: '{path} 已存在且内容不同。' },
      still: { en: 'No file was written.', zh: '没有写入任何文件。' },
      todo: {
        en: 'Choose another folder, or write over it with --force.',
        zh: '请换一个目录，或用 --force 覆盖。',
      },
    },
    { path },
  );
}
