import type { Environment } from '@sluice/protocol';
import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { usageError } from '../failure/cli-error.ts';
import { type ExitCode, exitCode } from '../failure/exit-code.ts';
import { ServerError } from '../failure/server-error.ts';
import { missing } from '../reference/missing.ts';

export interface EnvironmentFlags {
  readonly protected?: boolean;
  readonly approvals?: number;
}

/** `sluice env ls`. */
export async function listEnvironments(context: Context): Promise<ExitCode> {
  const { items } = await (await context.api()).call(contracts.listEnvironments);
  await show(context, items);
  return exitCode.ok;
}

/** `sluice env create`. */
export async function createEnvironment(
  context: Context,
  name: string,
  flags: EnvironmentFlags,
): Promise<ExitCode> {
  const made = await (await context.api()).call(contracts.createEnvironment, {
    body: { name, protected: flags.protected === true, approvals: flags.approvals ?? 0 },
  });
  await show(context, [made]);
  return exitCode.ok;
}

/** `sluice env change`. */
export async function changeEnvironment(
  context: Context,
  env: string,
  flags: EnvironmentFlags,
): Promise<ExitCode> {
  const { protected: isProtected, approvals } = flags;
  if (isProtected === undefined && approvals === undefined)
    throw usageError(
      { en: 'What shall change?', zh: '请指定要修改的内容。' },
      {
        en: 'Add --protected, --no-protected or --approvals.',
        zh: '请加上 --protected、--no-protected 或 --approvals。',
      },
    );
  const api = await context.api();
  const body = {
    ...(isProtected !== undefined && { protected: isProtected }),
    ...(approvals !== undefined && { approvals }),
  };
  try {
    await show(context, [await api.call(contracts.changeEnvironment, { params: { env }, body })]);
  } catch (error) {
    if (!(error instanceof ServerError) || error.status !== 404) throw error;
    const { items } = await api.call(contracts.listEnvironments);
    const names = items.map(({ name }) => name);
    throw missing('environment', env, (await context.settings()).server.host, names);
  }
  return exitCode.ok;
}

async function show(context: Context, environments: readonly Environment[]): Promise<void> {
  const { say } = context;
  await context.output.list(environments, [
    { head: { en: 'ENVIRONMENT', zh: '环境' }, cell: (each) => each.name },
    {
      head: { en: 'PROTECTED', zh: '受保护' },
      cell: (each) => say(each.protected ? { en: 'yes', zh: '是' } : { en: 'no', zh: '否' }),
    },
    { head: { en: 'APPROVALS', zh: '所需审批' }, cell: (each) => String(each.approvals) },
    { head: { en: 'REVISION', zh: '修订号' }, cell: (each) => String(each.revision) },
    { head: { en: 'CREATED', zh: '创建时间' }, cell: (each) => each.createdAt },
  ]);
}
