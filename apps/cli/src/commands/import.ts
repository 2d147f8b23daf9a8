import type { Context } from '../context.ts';
import { usageError } from '../failure/cli-error.ts';
import type { ExitCode } from '../failure/exit-code.ts';
import { filesNamed } from '../files/folder.ts';
import { namespacesFromFiles } from '../files/namespaces-from-files.ts';
import { writeNamespaces } from '../release/write-namespaces.ts';
import type { WriteFlags } from '../release/written.ts';

export interface ImportFlags extends WriteFlags {
  readonly namespace?: string;
}

/** `sluice import`: every file becomes a namespace, all of them in one revision or none. */
export async function importFiles(
  context: Context,
  app: string,
  paths: readonly string[],
  flags: ImportFlags,
): Promise<ExitCode> {
  const { files, skipped } = await filesNamed(context.io, paths);
  if (skipped.length > 0)
    context.output.note(
      context.say(
        {
          en: 'Left out, because the name says no format: {names}. Name a file itself to import it as text.',
          zh: '已跳过（无法从文件名判断格式）：{names}。如需作为文本导入，请直接指定文件。',
        },
        { names: skipped.join(', ') },
      ),
    );
  if (files.length === 0)
    throw usageError(
      { en: 'There is no file to import in {paths}.', zh: '{paths} 中没有可导入的文件。' },
      {
        en: 'Files with these endings are taken: yml, yaml, json, properties, txt, toml, ini, conf, xml.',
        zh: '支持的扩展名：yml、yaml、json、properties、txt、toml、ini、conf、xml。',
      },
      { paths: paths.join(', ') },
    );
  if (flags.namespace !== undefined && files.length > 1)
    throw usageError(
      {
        en: '--namespace names one namespace, and there are {count} files.',
        zh: '--namespace 只能用于一个文件，这里有 {count} 个。',
      },
      { en: 'Import that file alone.', zh: '请单独导入该文件。' },
      { count: files.length },
    );
  const { namespaces } = await namespacesFromFiles(context.io, files, flags.namespace);
  return writeNamespaces(context, app, namespaces, flags);
}
