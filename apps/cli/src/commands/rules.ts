import type { BreakerState, Rule } from '@sluice/core';
import type { ResourceDetail } from '@sluice/protocol';
import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { type ExitCode, exitCode } from '../failure/exit-code.ts';
import { ServerError } from '../failure/server-error.ts';
import { tableText } from '../output/table.ts';
import { namespacesOf } from '../reference/missing.ts';
import { namespaceDetail, namespaceOfRules, ruleAt, rulePlaces, rulesOf } from '../rules/known-rules.ts';
import { modeWords, resourceText, ruleText } from '../rules/rule-text.ts';
import { breakerWord } from '../traffic/resource-rows.ts';

interface ListedRule {
  readonly namespace: string;
  readonly key: string;
  readonly rule: Rule;
}

/** `sluice rule ls`: the live rules of an app, of all namespaces or of one. */
export async function listRules(
  context: Context,
  app: string,
  flags: { readonly namespace?: string },
): Promise<ExitCode> {
  const { namespace } = flags;
  if (namespace !== undefined) await namespaceOfRules(context, app, namespace);
  const names =
    namespace === undefined
      ? (await namespacesOf(context, app)).filter((n) => n.kind === 'rules').map((n) => n.name)
      : [namespace];
  const details = await Promise.all(names.map((ns) => namespaceDetail(context, app, ns)));
  const rows = details.flatMap((detail) =>
    Object.entries(rulesOf(detail)).map(([key, rule]): ListedRule => ({ namespace: detail.name, key, rule })),
  );
  await context.output.list(rows, [
    { head: { en: 'RULE', zh: '规则' }, cell: (r) => `${r.namespace}.${r.key}` },
    { head: { en: 'MODE', zh: '模式' }, cell: (r) => context.say(modeWords[r.rule.mode]) },
    { head: { en: 'KIND', zh: '类型' }, cell: (r) => r.rule.kind },
    { head: { en: 'RESOURCE', zh: '资源' }, cell: (r) => resourceText(r.rule) },
    { head: { en: 'WHAT', zh: '内容' }, cell: (r) => ruleText(context, r.rule) },
  ]);
  return exitCode.ok;
}

/** `sluice rule show`: one rule as it is live, and what it did in the last minute where it names one resource. */
export async function showRule(context: Context, app: string, text: string): Promise<ExitCode> {
  const [place] = await rulePlaces(context, app, [text]);
  const { namespace, key } = place!;
  const rule = ruleAt(await namespaceDetail(context, app, namespace), key, await context.environment());
  const { match, value, type } = rule.resource;
  const seen = match === 'exact' ? await resourceOf(context, app, value, type) : undefined;
  const ref = `${namespace}/${key}`;
  const minute = seen?.rules.find((r) => r.rule === ref);
  const breaker = seen?.breakers.find((b) => b.rule === ref);
  const told = {
    namespace,
    key,
    rule,
    ...(seen && { minute: { blocked: minute?.blocked ?? 0, wouldBlock: minute?.wouldBlock ?? 0 } }),
    ...(breaker && { breaker: breaker.states }),
  };
  const { say } = context;
  await context.output.one(told, () =>
    tableText(
      [say({ en: 'RULE', zh: '规则' }), `${namespace}.${key}`],
      [
        [say({ en: 'mode', zh: '模式' }), say(modeWords[rule.mode])],
        [say({ en: 'kind', zh: '类型' }), rule.kind],
        [say({ en: 'resource', zh: '资源' }), resourceText(rule)],
        [say({ en: 'what', zh: '内容' }), ruleText(context, rule)],
        ...Object.entries(rule)
          .filter(([name]) => !['mode', 'kind', 'resource'].includes(name))
          .map(([name, each]) => [name, typeof each === 'string' ? each : JSON.stringify(each)]),
        ...(told.minute
          ? [
              [say({ en: 'blocked in the last minute', zh: '最近一分钟拦截' }), String(told.minute.blocked)],
              [
                say({ en: 'would have blocked in the last minute', zh: '最近一分钟预计拦截' }),
                String(told.minute.wouldBlock),
              ],
            ]
          : []),
        ...(breaker
          ? [
              [
                say({ en: 'breaker', zh: '熔断状态' }),
                (Object.entries(breaker.states) as [BreakerState, number][])
                  .map(([state, count]) => `${breakerWord(context, state)} ${count}`)
                  .join(', '),
              ],
            ]
          : []),
      ],
    ),
  );
  if (rule.mode !== 'intercept' && (told.minute?.blocked ?? 0) > 0)
    context.output.note(
      say(
        {
          en: 'It blocks all the same: some instances hold another version. See "sluice push ls {app} --in-force".',
          zh: '它仍在拦截：部分实例持有其他版本。请查看 "sluice push ls {app} --in-force"。',
        },
        { app },
      ),
      context.output.errColour.yellow,
    );
  return exitCode.ok;
}

/** A resource that nobody calls is nothing that a rule's page fails for. */
async function resourceOf(
  context: Context,
  app: string,
  resource: string,
  type: Rule['resource']['type'],
): Promise<ResourceDetail | undefined> {
  const [api, env] = [await context.api(), await context.environment()];
  try {
    return await api.call(contracts.getResource, {
      params: { env, app, resource },
      query: type === undefined ? {} : { type },
    });
  } catch (error) {
    if (error instanceof ServerError && (error.status === 404 || error.status === 403)) return undefined;
    throw error;
  }
}
