import type { BodyInputOf, Contracts, ResponseOf } from '@sluice/protocol';
import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { usageError } from '../failure/cli-error.ts';
import { type ExitCode, exitCode } from '../failure/exit-code.ts';
import { readRulesFor } from '../files/rules-file.ts';
import { tableText } from '../output/table.ts';
import { inApp } from '../reference/missing.ts';
import { namespaceOfRules } from '../rules/known-rules.ts';
import { verdictWords } from '../rules/rule-text.ts';
import type { ReplayLogFlags } from './rule-replay-log.ts';

export interface ReplayFlags extends ReplayLogFlags {
  readonly namespace?: string;
  readonly from?: string;
  readonly to?: string;
}

type Replayed = ResponseOf<Contracts['replayRules']>;

const ofServer = ['namespace', 'from', 'to'] as const;
const ofLog = ['format', 'resourceFrom', 'key'] as const;
const optionOf = (flag: string): string => `--${flag.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`;

/** `sluice rule replay`: an access log on this machine, or what the server has recorded of an app. */
export async function replay(
  context: Context,
  app: string | undefined,
  flags: ReplayFlags,
): Promise<ExitCode> {
  const { log } = flags;
  if (log !== undefined) {
    refuseStrangers(flags, ofServer, app);
    return (await import('./rule-replay-log.ts')).replayLog(context, log, flags);
  }
  if (app === undefined)
    throw usageError(
      { en: 'Which calls?', zh: '请指定要回放的调用。' },
      {
        en: 'Name an app, or an access log with --log.',
        zh: '请给出应用，或用 --log 指定访问日志。',
      },
    );
  refuseStrangers(flags, ofLog);
  return replayRecording(context, app, flags);
}

function refuseStrangers(flags: ReplayFlags, names: readonly (keyof ReplayFlags)[], app?: string): void {
  const stranger = names.find((name) => flags[name] !== undefined);
  const word = app ?? (stranger === undefined ? undefined : optionOf(stranger));
  if (word === undefined) return;
  throw usageError(
    { en: '{word} has no meaning with calls from there.', zh: '{word} 不适用于这种调用来源。' },
    {
      en: 'An access log takes --format, --resource-from and --key; an app takes --namespace, --from and --to.',
      zh: '访问日志可用 --format、--resource-from 和 --key；应用可用 --namespace、--from 和 --to。',
    },
    { word },
  );
}

async function replayRecording(context: Context, app: string, flags: ReplayFlags): Promise<ExitCode> {
  const { namespace, from, to, seed } = flags;
  const rules =
    flags.rules === undefined ? undefined : await readRulesFor(context.io, flags.rules, namespace);
  // Without rules of a file those of that namespace are asked for: of none, every call would go.
  if (namespace !== undefined && rules === undefined) await namespaceOfRules(context, app, namespace);
  const [api, env] = [await context.api(), await context.environment()];
  const body: BodyInputOf<Contracts['replayRules']> = {
    ...(rules && { rules: rules as NonNullable<BodyInputOf<Contracts['replayRules']>['rules']> }),
    ...(namespace !== undefined && { namespace }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(seed !== undefined && { seed }),
  };
  const replayed = await inApp(context, app, () =>
    api.call(contracts.replayRules, { params: { env, app }, body }),
  );
  for (const warning of replayed.warnings)
    context.output.note(warning[context.language], context.output.errColour.yellow);
  await context.output.one(replayed, () => replayedText(context, replayed));
  return exitCode.ok;
}

/** Calls that are shown to people; programs get all that the server tells. */
const differencesShown = 20;

function replayedText({ say }: Context, told: Replayed): string {
  const { recording } = told;
  const sums = tableText(
    [
      say({ en: 'RECORDED', zh: '记录' }),
      say({ en: 'INSTANCES', zh: '实例数' }),
      say({ en: 'PASSED', zh: '通过' }),
      say({ en: 'BLOCKED', zh: '拦截' }),
      say({ en: 'WOULD BLOCK', zh: '预计拦截' }),
      say({ en: 'DIFFER', zh: '与当时不同' }),
      say({ en: 'ESTIMATED', zh: '估算' }),
    ],
    [
      [
        recording.calls,
        recording.instances,
        told.passed,
        told.blocked,
        told.wouldBlock,
        told.differing,
        told.estimated,
      ].map(String),
    ],
  );
  const rules = tableText(
    [
      say({ en: 'RULE', zh: '规则' }),
      say({ en: 'BLOCKED', zh: '拦截' }),
      say({ en: 'WOULD BLOCK', zh: '预计拦截' }),
    ],
    told.rules.map((r) => [r.rule, String(r.blocked), String(r.wouldBlock)]),
  );
  const shown = told.differences.slice(0, differencesShown);
  const differences = tableText(
    [
      say({ en: 'WHEN', zh: '时间' }),
      say({ en: 'INSTANCE', zh: '实例' }),
      say({ en: 'RESOURCE', zh: '资源' }),
      say({ en: 'WAS', zh: '当时' }),
      say({ en: 'IS', zh: '现在' }),
      say({ en: 'RULES', zh: '规则' }),
    ],
    shown.map((d) => [
      d.at ?? String(d.atMs),
      d.instanceId ?? '-',
      d.resource,
      say(verdictWords[d.was]),
      say(verdictWords[d.is]),
      d.rules.join(', '),
    ]),
  );
  return [sums, `\n${rules}`, ...(shown.length > 0 ? [`\n${differences}`] : [])].join('');
}
