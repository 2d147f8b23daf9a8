import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { CliError } from '../failure/cli-error.ts';
import { type ExitCode, exitCode } from '../failure/exit-code.ts';
import { knownInstance } from '../reference/known-instance.ts';

/** `sluice instances probe`: what a process holds by its own memory. Exit 1: not what it should; 7: it did not answer. */
export async function probeInstance(context: Context, app: string, instance: string): Promise<ExitCode> {
  const [api, env] = [await context.api(), await context.environment()];
  const probe = await knownInstance(context, app, instance, () =>
    api.call(contracts.probeInstance, { params: { env, app, instance } }),
  );
  const { output, say } = context;
  if (!probe.answered) throw silent(app, env, instance);
  const short = (digest: string | undefined): string => digest?.slice(0, 12) ?? '-';
  if (output.format === 'table')
    await output.list(probe.namespaces, [
      { head: { en: 'NAMESPACE', zh: '命名空间' }, cell: (n) => n.name },
      { head: { en: 'HOLDS', zh: '持有' }, cell: (n) => short(n.held) },
      { head: { en: 'SHOULD HOLD', zh: '应持有' }, cell: (n) => (n.inSync ? '=' : short(n.expected)) },
    ]);
  else await output.one({ instance, ...probe }, () => '');
  const differing = probe.namespaces.filter((n) => !n.inSync).length;
  const params = { instance, ms: probe.ms ?? 0, differing };
  output.note(
    differing === 0
      ? say(
          {
            en: '{instance} answered in {ms} ms: it holds what it should.',
            zh: '{instance} 在 {ms} 毫秒内应答：内容一致。',
          },
          params,
        )
      : say(
          {
            en: '{instance} answered in {ms} ms: {differing} namespaces differ.',
            zh: '{instance} 在 {ms} 毫秒内应答：{differing} 个命名空间不一致。',
          },
          params,
        ),
  );
  return differing === 0 ? exitCode.ok : exitCode.failure;
}

function silent(app: string, env: string, instance: string): CliError {
  return new CliError(
    'silent',
    exitCode.timeout,
    {
      what: { en: '{instance} did not answer within 3 s.', zh: '{instance} 在 3 秒内没有应答。' },
      still: {
        en: 'What it holds is not known; it runs on what it has.',
        zh: '无法确认其持有的内容；它继续使用现有的值。',
      },
      todo: {
        en: 'See what it last said with "sluice instances show {app} {instance} --env {env}".',
        zh: '请用 "sluice instances show {app} {instance} --env {env}" 查看它最近一次上报的内容。',
      },
    },
    { instance, app, env },
  );
}
