import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { DrillDetail } from '@sluice/protocol';
import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { findingLines, measureLines, stateLine, stateTexts, verdictCodes } from '../drills/drill-text.ts';
import type { DrillParams } from '../drills/find-drill.ts';
import { followed } from '../drills/follow.ts';
import { type ExitCode, exitCode } from '../failure/exit-code.ts';
import { readSource } from '../files/read-source.ts';
import { inApp } from '../reference/missing.ts';
import { confirmWrite } from '../release/confirm.ts';

export interface RunFlags {
  readonly wait?: boolean;
  readonly junit?: string;
  readonly yes?: boolean;
  /** Milliseconds. */
  readonly timeout?: number;
}

/** `sluice drill plan`: exactly which instances, and what would keep it from starting; exit 5 when something would. */
export async function planDrill(context: Context, app: string, path: string): Promise<ExitCode> {
  const [api, env, yaml] = [
    await context.api(),
    await context.environment(),
    await readSource(context.io, path),
  ];
  const plan = await inApp(context, app, () =>
    api.call(contracts.planDrill, { params: { env, app }, body: { yaml } }),
  );
  await context.output.one(plan, () => {
    const head = context.say(
      {
        en: '{title}: in {targets} of {online} instances, for at most {seconds} s',
        zh: '{title}：涉及 {online} 个在线实例中的 {targets} 个，最长 {seconds} 秒',
      },
      {
        title: plan.definition.title,
        targets: plan.targets.length,
        online: plan.online,
        seconds: plan.definition.deadlineMs / 1000,
      },
    );
    const ids = plan.targets.map(({ instanceId, online }) => `  ${online ? '' : '(-) '}${instanceId}`);
    const lines = [head, ...ids, ...measureLines(context, plan.measures), ...findingLines(context, plan)];
    return `${lines.join('\n')}\n`;
  });
  return plan.ready ? exitCode.ok : exitCode.conflict;
}

/** `sluice drill run`: stores and starts it; with `--wait` or `--junit` follows it to its verdict, which is the exit code. */
export async function runDrill(
  context: Context,
  app: string,
  path: string,
  flags: RunFlags,
): Promise<ExitCode> {
  const [api, env, yaml] = [
    await context.api(),
    await context.environment(),
    await readSource(context.io, path),
  ];
  await confirmWrite(context, app, flags.yes);
  const created = await inApp(context, app, () =>
    api.call(contracts.createDrill, { params: { env, app }, body: { yaml } }),
  );
  const params: DrillParams = { env, app, drill: created.drillId };
  return ended(context, params, await startOrForget(context, params), flags);
}

/** Tells of a drill that has started; with `--wait` or `--junit` its verdict is the exit code. */
export async function ended(
  context: Context,
  params: DrillParams,
  started: DrillDetail,
  flags: RunFlags,
): Promise<ExitCode> {
  const api = await context.api();
  context.output.note(stateLine(context, started));
  if (!flags.wait && flags.junit === undefined) {
    await context.output.one(started, () => `${started.drillId}\n`);
    return exitCode.ok;
  }
  const over = await followed(context, params, started, flags.timeout);
  const report = await api.call(contracts.getDrillReport, { params });
  if (flags.junit !== undefined) {
    const { junitOf } = await import('../drills/junit.ts');
    await writeFile(resolve(context.io.cwd, flags.junit), junitOf(report));
  }
  await context.output.one(report, () => {
    const because = report.because?.[context.language];
    const verdict = context.say(stateTexts[over.state]);
    return `${[`${over.title}: ${verdict}${because ? ` (${because})` : ''}`, ...measureLines(context, report.measures)].join('\n')}\n`;
  });
  return verdictCodes[over.state] ?? exitCode.failure;
}

/** One that can't start is not left behind as a draft; one of which only the answer was lost has started. */
async function startOrForget(context: Context, params: DrillParams): Promise<DrillDetail> {
  const api = await context.api();
  try {
    return await api.call(contracts.startDrill, { params });
  } catch (error) {
    const isForgotten = await api.call(contracts.deleteDrill, { params }).then(
      () => true,
      () => false,
    );
    const left = isForgotten
      ? undefined
      : await api.call(contracts.getDrill, { params }).catch(() => undefined);
    if (left?.startedAt !== undefined) return left;
    throw error;
  }
}
