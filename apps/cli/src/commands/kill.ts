import type { KillSwitchState } from '@sluice/protocol';
import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { CliError, usageError } from '../failure/cli-error.ts';
import { type ExitCode, exitCode } from '../failure/exit-code.ts';
import { ServerError } from '../failure/server-error.ts';
import type { Column } from '../output/output.ts';
import { inApp } from '../reference/missing.ts';
import { confirmWrite } from '../release/confirm.ts';

export interface KillFlags {
  readonly app?: string;
  readonly freeze?: boolean;
  readonly monitor?: boolean;
  readonly endFaults?: boolean;
  readonly all?: boolean;
  readonly undo?: boolean;
  readonly reason?: string;
  readonly yes?: boolean;
  /** Milliseconds. */
  readonly timeout?: number;
}

type Toggles = Pick<KillSwitchState, 'freezePublishes' | 'monitorOnly' | 'endFaults'>;

const flagOf = { freezePublishes: 'freeze', monitorOnly: 'monitor', endFaults: 'endFaults' } as const;
const toggleNames = Object.keys(flagOf) as (keyof Toggles)[];

const words = {
  freezePublishes: { en: 'publishes frozen', zh: '冻结发布' },
  monitorOnly: { en: 'rules only monitor', zh: '规则仅监控' },
  endFaults: { en: 'faults ended', zh: '结束故障注入' },
} as const;

/** How often it is asked who obeys, and for how long when nobody says. */
const [everyMs, patienceMs] = [250, 10_000];

/** `sluice kill`: turns the kill switch, or back, and waits until everyone obeys. */
export async function kill(context: Context, flags: KillFlags): Promise<ExitCode> {
  const { app, undo = false, reason } = flags;
  if (reason === undefined || reason.trim() === '')
    throw usageError(
      { en: 'Why?', zh: '请说明原因。' },
      { en: 'Add --reason "<why>": everybody will ask.', zh: '请加上 --reason "<原因>"，以便他人了解。' },
    );
  const env = await context.environment();
  const turned = undo ? await toUndo(context, flags) : chosen(flags);
  if (turned.length === 0) {
    context.output.note(
      context.say({ en: 'Nothing to undo: the switch is off.', zh: '无需撤销：开关没有打开。' }),
    );
    await noteOthers(context, app, toggleNames);
    return exitCode.ok;
  }
  context.output.note(planText(context, turned, undo, app, env));
  await confirmWrite(context, app ?? env, flags.yes);
  const toggles = Object.fromEntries(turned.map((name) => [name, !undo])) as Partial<Toggles>;
  const api = await context.api();
  const set = await inPlace(context, app, () =>
    api.call(contracts.setKill, {
      params: { env },
      body: { ...(app !== undefined && { app }), ...toggles, reason },
    }),
  );
  const now = await obeyed(context, set, flags.timeout ?? patienceMs);
  await show(context, [now]);
  if (now.version > set.version) throw turnedAgain(now, env);
  if (now.acked >= now.instances) {
    context.output.note(
      context.say(
        { en: 'All {instances} online instances obey.', zh: '全部 {instances} 个在线实例均已生效。' },
        { instances: now.instances },
      ),
      context.output.errColour.green,
    );
    if (undo) await noteOthers(context, app, turned);
    return exitCode.ok;
  }
  throw await notObeyed(context, now, flags.timeout ?? patienceMs);
}

/** `sluice kill status`. */
export async function killStatus(context: Context, flags: { readonly app?: string }): Promise<ExitCode> {
  const items = (await switches(context)).filter(
    (each) => flags.app === undefined || each.app === undefined || each.app === flags.app,
  );
  await show(context, items);
  for (const each of items.filter(isOn))
    for (const line of silentLines(context, each)) context.output.note(line);
  if (!items.some(isOn))
    context.output.note(context.say({ en: 'No kill switch is on.', zh: '没有打开的紧急开关。' }));
  return exitCode.ok;
}

const isOn = (each: KillSwitchState): boolean => toggleNames.some((name) => each[name]);

async function switches(context: Context): Promise<KillSwitchState[]> {
  const [api, env] = [await context.api(), await context.environment()];
  return (await inPlace(context, undefined, () => api.call(contracts.getKill, { params: { env } }))).items;
}

/** Says which name was probably meant where the environment or the app is unknown. */
const inPlace = <T>(context: Context, app: string | undefined, ask: () => Promise<T>): Promise<T> =>
  inApp(context, app ?? '', ask);

function chosen(flags: KillFlags): (keyof Toggles)[] {
  const turned = toggleNames.filter((name) => flags.all || flags[flagOf[name]]);
  if (turned.length > 0) return turned;
  throw usageError(
    { en: 'What shall it stop?', zh: '请指定要停止什么。' },
    {
      en: 'Add --freeze (no publishes), --monitor (rules block nothing), --end-faults, or --all.',
      zh: '请加上 --freeze（冻结发布）、--monitor（规则不拦截）、--end-faults（结束故障）或 --all（全部）。',
    },
  );
}

/** Those that were named, else all that are on. */
async function toUndo(context: Context, flags: KillFlags): Promise<(keyof Toggles)[]> {
  const named = toggleNames.filter((name) => flags[flagOf[name]]);
  if (named.length > 0) return named;
  const now = (await switches(context)).find((each) => each.app === flags.app);
  return toggleNames.filter((name) => now?.[name]);
}

/** What one switch no longer stops another may: the environment's is for all apps, and both count. */
async function noteOthers(
  context: Context,
  app: string | undefined,
  toggles: readonly (keyof Toggles)[],
): Promise<void> {
  const { say, output } = context;
  const env = await context.environment();
  for (const each of await switches(context).catch(() => [])) {
    const on = toggles.filter((name) => each[name]);
    const isAnother = app === undefined ? each.app !== undefined : each.app === undefined;
    if (!isAnother || on.length === 0) continue;
    output.note(
      say(
        { en: 'Still on by the switch of {where}: {what}', zh: '{where} 的紧急开关仍打开：{what}' },
        {
          where: each.app === undefined ? env : `${each.app} (${env})`,
          what: on.map((name) => say(words[name])).join(', '),
        },
      ),
    );
  }
}

function planText(
  { say }: Context,
  turned: readonly (keyof Toggles)[],
  undo: boolean,
  app: string | undefined,
  env: string,
): string {
  const params = {
    what: turned.map((name) => say(words[name])).join(', '),
    where: app === undefined ? env : `${app} (${env})`,
  };
  return undo
    ? say({ en: 'Kill switch of {where}, off again: {what}', zh: '{where} 的紧急开关，撤销：{what}' }, params)
    : say({ en: 'Kill switch of {where}, on: {what}', zh: '{where} 的紧急开关，打开：{what}' }, params);
}

/** Follows a switch until every online instance obeys it, it is turned again, or time is up. */
async function obeyed(context: Context, set: KillSwitchState, timeoutMs: number): Promise<KillSwitchState> {
  const deadline = context.io.now() + timeoutMs;
  let now = set;
  while (now.acked < now.instances && context.io.now() < deadline) {
    context.output.progress(
      context.say(
        { en: '{acked} of {instances} instances obey', zh: '{instances} 个实例中有 {acked} 个已生效' },
        { acked: now.acked, instances: now.instances },
      ),
    );
    await context.io.sleep(everyMs);
    // The switch is turned: whoever can't ask for a moment how far it came asks again.
    const items = await switches(context).catch((error: unknown) => {
      if (error instanceof ServerError && [401, 403, 404].includes(error.status)) throw mayNotAsk(error);
      return [];
    });
    now = items.find((each) => each.app === set.app) ?? now;
    if (now.version > set.version) break;
  }
  return now;
}

/** Nobody is accused of not obeying who could not be asked. */
function mayNotAsk(cause: ServerError): CliError {
  return new CliError(
    'not_asked',
    exitCode.partlyApplied,
    {
      what: {
        en: 'Who obeys the switch is not known: with this token that may not be asked.',
        zh: '无法得知哪些实例已生效：该令牌无权查询。',
      },
      still: {
        en: 'The switch is turned; instances obey it as soon as they hear of it.',
        zh: '开关已切换；实例收到后即会生效。',
      },
      todo: {
        en: 'Look on the page of the kill switch, or use a token that has config:read there, too.',
        zh: '请在紧急开关页面查看，或使用同时具有 config:read 权限的令牌。',
      },
    },
    {},
    { cause },
  );
}

function turnedAgain({ by, reason }: KillSwitchState, env: string): CliError {
  return new CliError(
    'turned_again',
    exitCode.conflict,
    {
      what: {
        en: 'The switch was turned again meanwhile by {by}: {reason}',
        zh: '其间 {by} 再次切换了开关：{reason}',
      },
      still: {
        en: 'What stands above is in force, and not all that you asked for may be.',
        zh: '以上方显示的状态为准，你的要求不一定全部生效。',
      },
      todo: {
        en: 'Look with "sluice kill status --env {env}" and talk to each other.',
        zh: '请用 "sluice kill status --env {env}" 查看，并与对方沟通。',
      },
    },
    { by, reason, env },
  );
}

async function notObeyed(context: Context, now: KillSwitchState, timeoutMs: number): Promise<CliError> {
  return new CliError(
    'not_obeyed',
    exitCode.timeout,
    {
      what: {
        en: '{missing} of {instances} online instances have not said within {seconds} s that they obey.',
        zh: '{instances} 个在线实例中有 {missing} 个在 {seconds} 秒内没有确认。',
      },
      still: {
        en: 'The switch is turned; instances get it as soon as they answer or come back.',
        zh: '开关已切换；实例恢复响应或重新连接后即会生效。',
      },
      todo: {
        en: 'Follow it with "sluice kill status --env {env}", see who is there with "sluice instances ls <app> --env {env}", and end processes that do not answer.',
        zh: '请用 "sluice kill status --env {env}" 跟踪，用 "sluice instances ls <应用> --env {env}" 查看实例，并结束没有响应的进程。',
      },
    },
    {
      missing: now.instances - now.acked,
      instances: now.instances,
      seconds: timeoutMs / 1000,
      env: await context.environment(),
    },
    { lines: silentLines(context, now) },
  );
}

/** Who has not said yet that he obeys, by name, app by app. */
function silentLines({ say }: Context, { silent = [], instances, acked }: KillSwitchState): string[] {
  if (silent.length === 0) return [];
  const byApp = Map.groupBy(silent, (each) => each.app);
  const unnamed = instances - acked - silent.length;
  return [
    say({ en: 'No word yet from:', zh: '尚未确认的实例：' }),
    ...[...byApp].map(([app, all]) => `  ${app}: ${all.map((each) => each.instanceId).join(', ')}`),
    ...(unnamed > 0
      ? [say({ en: '  and {count} more', zh: '  以及另外 {count} 个' }, { count: unnamed })]
      : []),
  ];
}

async function show(context: Context, items: readonly KillSwitchState[]): Promise<void> {
  const { say, output } = context;
  const on = (name: keyof Toggles): Column<KillSwitchState> => ({
    head: words[name],
    cell: (each) => (each[name] ? say({ en: 'ON', zh: '开' }) : '-'),
  });
  await output.list(items, [
    {
      head: { en: 'FOR', zh: '范围' },
      cell: (each) => each.app ?? say({ en: 'the environment', zh: '整个环境' }),
    },
    ...toggleNames.map(on),
    { head: { en: 'OBEY', zh: '已生效' }, cell: (each) => `${each.acked}/${each.instances}` },
    { head: { en: 'BY', zh: '操作者' }, cell: (each) => each.by },
    { head: { en: 'WHEN', zh: '时间' }, cell: (each) => each.at },
    { head: { en: 'WHY', zh: '原因' }, cell: (each) => each.reason },
  ]);
}
