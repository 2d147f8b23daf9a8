import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { type ExitCode, exitCode } from '../failure/exit-code.ts';
import { tableText } from '../output/table.ts';
import { askApps } from '../reference/apps.ts';
import { missing } from '../reference/missing.ts';
import { breakerWord } from '../traffic/resource-rows.ts';

type Decision = Awaited<ReturnType<typeof askFor>>;

/** A measure without the digits that only a computer cares for. */
const amount = (value: number): string => String(Number(value.toFixed(3)));

/** How long to wait, never less than it is. */
const waitText = (ms: number): string =>
  ms < 1000
    ? `${Math.ceil(ms)} ms`
    : ms < 60_000
      ? `${Math.ceil(ms / 100) / 10} s`
      : `${Math.ceil(ms / 6000) / 10} min`;

/** `sluice resources decision`: why a call was refused, `<app> <id>` or the id alone. */
export async function showDecision(context: Context, words: readonly string[]): Promise<ExitCode> {
  const [app, id] = words.length > 1 ? [words[0]!, words[1]!] : [undefined, words[0]!];
  const env = await context.environment();
  const [found] = await askApps(context, app, (name) => askFor(context, name, id));
  if (!found)
    throw missing('decision', id, app === undefined ? env : `${app} (${env})`, [], {
      en: 'Instances remember their last 1,000 refusals, and forget them when they end.',
      zh: '实例只保留最近 1,000 次拦截，结束后即丢失。',
    });
  await context.output.one(found, () => decisionText(context, found));
  return exitCode.ok;
}

async function askFor(context: Context, app: string, decision: string) {
  const [api, env] = [await context.api(), await context.environment()];
  return api.call(contracts.getDecision, { params: { env, app, decision } });
}

function decisionText(context: Context, { decisionId, instanceId, call }: Decision): string {
  const { say } = context;
  return tableText(
    [say({ en: 'DECISION', zh: '拦截记录' }), decisionId],
    [
      [say({ en: 'code', zh: '代码' }), call.code],
      [say({ en: 'resource', zh: '资源' }), `${call.type} ${call.resource}`],
      [say({ en: 'rule', zh: '规则' }), `${call.rule} (${call.kind})`],
      [say({ en: 'revision', zh: '修订号' }), String(call.revision)],
      [say({ en: 'instance', zh: '实例' }), instanceId],
      ...(call.reason === undefined ? [] : [[say({ en: 'script says', zh: '脚本给出的原因' }), call.reason]]),
      ...(call.key === undefined ? [] : [[say({ en: 'key', zh: '键' }), call.key]]),
      ...(call.value === undefined
        ? []
        : [
            [
              say({ en: 'measured', zh: '当时的值' }),
              `${amount(call.value)} / ${call.threshold === undefined ? '-' : amount(call.threshold)}`,
            ],
          ]),
      ...(call.state === undefined
        ? []
        : [[say({ en: 'breaker', zh: '熔断状态' }), breakerWord(context, call.state)]]),
      ...(call.retryAfterMs === undefined
        ? []
        : [[say({ en: 'retry after', zh: '可重试时间' }), waitText(call.retryAfterMs)]]),
    ],
  );
}
