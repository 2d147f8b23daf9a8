import type { IncidentEntry } from '@sluice/protocol';
import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { type ExitCode, exitCode } from '../failure/exit-code.ts';
import type { Column } from '../output/output.ts';
import { momentOf } from '../program/option-values.ts';
import { inApp } from '../reference/missing.ts';
import { byWhom, undoingCommand, whatHappened, whereItHappened, why } from '../traffic/incident-words.ts';
import { noteSilentNodes } from '../traffic/silent-nodes.ts';

export interface IncidentFlags {
  readonly app?: string;
  readonly since?: string;
  readonly until?: string;
}

/** `sluice incident`: what changed in a stretch of time, how calls went, and the command that takes each back. */
export async function showIncident(context: Context, flags: IncidentFlags): Promise<ExitCode> {
  const { io, say, output } = context;
  const { app, since, until } = flags;
  const [api, env] = [await context.api(), await context.environment()];
  const query = {
    ...(app !== undefined && { app }),
    ...(since !== undefined && { from: momentOf('--since', since, io.now()) }),
    ...(until !== undefined && { to: momentOf('--until', until, io.now()) }),
  };
  const incident = await inApp(context, app ?? '', () =>
    api.call(contracts.getIncident, { params: { env }, query }),
  );
  const { items, pushes, calls } = incident;
  const pushOf = ({ marker }: IncidentEntry) =>
    marker.kind === 'push' ? pushes.find(({ id }) => id === marker.pushId) : undefined;
  const columns: Column<IncidentEntry>[] = [
    { head: { en: 'WHEN', zh: '时间' }, cell: ({ marker }) => marker.at },
    { head: { en: 'WHERE', zh: '位置' }, cell: whereItHappened },
    { head: { en: 'WHAT', zh: '内容' }, cell: (entry) => whatHappened(context, entry) },
    { head: { en: 'BY', zh: '操作者' }, cell: byWhom },
    { head: { en: 'WHY', zh: '原因' }, cell: (entry) => why(context, entry) },
    { head: { en: 'UNDO WITH', zh: '撤销命令' }, cell: (entry) => undoingCommand(env, entry, pushOf(entry)) },
  ];
  if (output.format === 'table') await output.list(items, columns);
  else await output.one(incident, () => '');
  const sum = (field: 'passed' | 'errors' | 'blocked' | 'opened'): number =>
    calls.reduce((total, step) => total + step[field], 0);
  output.note(
    calls.length === 0
      ? say({
          en: 'Nothing is known of calls in this time; they are kept for an hour.',
          zh: '该时段没有调用数据；调用数据保留一小时。',
        })
      : say(
          {
            en: 'Calls meanwhile: {passed} passed, {errors} errors, {blocked} blocked, {opened} breakers opened.',
            zh: '期间的调用：通过 {passed}，错误 {errors}，拦截 {blocked}，熔断 {opened} 次。',
          },
          { passed: sum('passed'), errors: sum('errors'), blocked: sum('blocked'), opened: sum('opened') },
        ),
  );
  if (incident.cut)
    output.note(say({ en: 'There was more: narrow the time.', zh: '还有更多：请缩小时间范围。' }));
  noteSilentNodes(context, incident.silentNodes);
  return exitCode.ok;
}
