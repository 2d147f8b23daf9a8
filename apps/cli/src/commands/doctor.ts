import type { Context } from '../context.ts';
import { type ExitCode, exitCode } from '../failure/exit-code.ts';
import { asCliError } from '../failure/print-error.ts';
import { configMode, configPath, isShared } from '../settings/config-file.ts';
import { type Finding, failed, finder } from './doctor-finding.ts';
import { serverFindings } from './doctor-server.ts';

const resultWords = {
  ok: { en: 'ok', zh: '正常' },
  warn: { en: 'warn', zh: '警告' },
  fail: { en: 'FAIL', zh: '失败' },
} as const;

/** `sluice doctor`: what stands between this command line and a server that works. Exit 1 when something fails. */
export async function doctor(context: Context): Promise<ExitCode> {
  const findings = [nodeFinding(context), ...(await configFindings(context))];
  if (!findings.some((f) => f.result === 'fail')) findings.push(...(await serverFindings(context)));
  await context.output.list(findings, [
    { head: { en: 'RESULT', zh: '结果' }, cell: (f) => context.say(resultWords[f.result]) },
    { head: { en: 'CHECK', zh: '检查项' }, cell: (f) => f.name },
    { head: { en: 'DETAIL', zh: '详情' }, cell: (f) => f.detail },
  ]);
  return findings.some((f) => f.result === 'fail') ? exitCode.failure : exitCode.ok;
}

function nodeFinding(context: Context): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const enough = major > 20 || (major === 20 && minor >= 19);
  return finder(context)(
    { en: 'Node', zh: 'Node' },
    enough ? 'ok' : 'fail',
    enough
      ? { en: '{v}', zh: '{v}' }
      : { en: '{v}; 20.19 or newer is needed', zh: '{v}；需要 20.19 或更新版本' },
    { v: process.versions.node },
  );
}

async function configFindings(context: Context): Promise<Finding[]> {
  const found = finder(context);
  const name = { en: 'config file', zh: '配置文件' };
  const path = configPath(context.io.env, context.io.home);
  const mode = await configMode(path);
  if (mode === undefined) return [found(name, 'ok', { en: 'none at {path}', zh: '{path} 不存在' }, { path })];
  const params = { path, mode: mode.toString(8).padStart(3, '0') };
  if (isShared(mode))
    return [
      found(
        name,
        'fail',
        {
          en: '{path} has mode {mode}: others can read the token. Run: chmod 600 {path}',
          zh: '{path} 的权限为 {mode}，他人可读取令牌。请运行：chmod 600 {path}',
        },
        params,
      ),
    ];
  try {
    await context.settings();
    return [found(name, 'ok', { en: '{path}, mode {mode}', zh: '{path}，权限 {mode}' }, params)];
  } catch (error) {
    const { parts, params: all } = asCliError(error);
    return [failed(context, name, context.say(parts.what, all))];
  }
}
