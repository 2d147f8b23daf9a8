import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { detailText } from '../drills/drill-text.ts';
import { designParams } from '../drills/find-drill.ts';
import { type ExitCode, exitCode } from '../failure/exit-code.ts';
import { readSource } from '../files/read-source.ts';
import { inApp } from '../reference/missing.ts';
import { confirmWrite } from '../release/confirm.ts';
import { ended, type RunFlags } from './drill-run.ts';

/** `sluice drill save`: a design that somebody starts later, or another one for a drill that was not started. */
export async function saveDrill(
  context: Context,
  app: string,
  path: string,
  flags: { readonly replaces?: string },
): Promise<ExitCode> {
  const [api, env] = [await context.api(), await context.environment()];
  const body = { yaml: await readSource(context.io, path) };
  const saved = await (flags.replaces === undefined
    ? inApp(context, app, () => api.call(contracts.createDrill, { params: { env, app }, body }))
    : api.call(contracts.changeDrill, { params: await designParams(context, app, flags.replaces), body }));
  context.output.note(
    context.say(
      {
        en: '"{title}" is stored, not started. Start it with: sluice drill start {app} {id} --env {env}',
        zh: '“{title}”已保存，尚未启动。启动：sluice drill start {app} {id} --env {env}',
      },
      { title: saved.title, app, id: saved.drillId.slice(0, 8), env },
    ),
  );
  await context.output.one(saved, () => `${saved.drillId}\n`);
  return exitCode.ok;
}

/** `sluice drill check`: whether a stored drill could start now; exit 5 when something keeps it. */
export async function checkDrill(context: Context, app: string, word: string): Promise<ExitCode> {
  const params = await designParams(context, app, word);
  const detail = await (await context.api()).call(contracts.checkDrill, { params });
  await context.output.one(detail, () => detailText(context, detail));
  return detail.state === 'preCheck' ? exitCode.ok : exitCode.conflict;
}

/** `sluice drill start`: one that is stored. */
export async function startDrill(
  context: Context,
  app: string,
  word: string,
  flags: RunFlags,
): Promise<ExitCode> {
  const params = await designParams(context, app, word);
  await confirmWrite(context, app, flags.yes);
  const started = await (await context.api()).call(contracts.startDrill, { params });
  return ended(context, params, started, flags);
}

/** `sluice drill delete`: one that was never started. */
export async function deleteDrill(context: Context, app: string, word: string): Promise<ExitCode> {
  const params = await designParams(context, app, word);
  await (await context.api()).call(contracts.deleteDrill, { params });
  context.output.note(context.say({ en: 'The drill is thrown away.', zh: '演练已删除。' }));
  return exitCode.ok;
}
