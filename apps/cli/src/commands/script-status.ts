import type { ScriptStatus } from '@sluice/protocol';
import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { type ExitCode, exitCode } from '../failure/exit-code.ts';
import { tableText } from '../output/table.ts';
import { inApp, missing } from '../reference/missing.ts';
import { rulePlaces } from '../rules/known-rules.ts';
import { modeWords } from '../rules/rule-text.ts';
import { noteSilentNodes } from '../traffic/silent-nodes.ts';

/** `sluice script ls`: scripts of rules, and on how many instances they run. */
export async function listScripts(context: Context, app: string): Promise<ExitCode> {
  const items = await fetchScripts(context, app);
  const { say } = context;
  const amount = (count: number): string => (count === 0 ? '-' : String(count));
  await context.output.list(items, [
    { head: { en: 'RULE', zh: '规则' }, cell: (s: ScriptStatus) => named(s) },
    { head: { en: 'ROLE', zh: '角色' }, cell: (s: ScriptStatus) => s.role },
    { head: { en: 'MODE', zh: '模式' }, cell: (s: ScriptStatus) => say(modeWords[s.mode]) },
    { head: { en: 'RUNS ON', zh: '运行中' }, cell: (s: ScriptStatus) => amount(s.running) },
    { head: { en: 'FAILS ON', zh: '失败' }, cell: (s: ScriptStatus) => amount(s.failing) },
    { head: { en: 'SWITCHED OFF ON', zh: '已停用' }, cell: (s: ScriptStatus) => amount(s.quarantined) },
    { head: { en: 'CANNOT RUN ON', zh: '无法运行' }, cell: (s: ScriptStatus) => amount(s.unavailable) },
  ]);
  return exitCode.ok;
}

/** `sluice script status`: one script, and why it doesn't do its work where it doesn't; exit 1 when there is such a place. */
export async function showScript(context: Context, app: string, text: string): Promise<ExitCode> {
  const [place] = await rulePlaces(context, app, [text]);
  const ref = `${place!.namespace}/${place!.key}`;
  const items = await fetchScripts(context, app);
  const found = items.find(({ rule }) => rule === ref);
  if (!found) throw missing('script', text, `${app} (${await context.environment()})`, items.map(named));
  await context.output.one(found, () => statusText(context, found));
  return found.failing + found.quarantined + found.unavailable > 0 ? exitCode.failure : exitCode.ok;
}

/** Rules of a namespace are written with a dot everywhere on the command line. */
const named = ({ rule }: ScriptStatus): string => rule.replace('/', '.');

async function fetchScripts(context: Context, app: string): Promise<ScriptStatus[]> {
  const [api, env] = [await context.api(), await context.environment()];
  const { items, silentNodes } = await inApp(context, app, () =>
    api.call(contracts.listScripts, { params: { env, app } }),
  );
  noteSilentNodes(context, silentNodes);
  return items;
}

function statusText(context: Context, status: ScriptStatus): string {
  const { say } = context;
  const words = {
    failing: { en: 'fails', zh: '失败' },
    quarantined: { en: 'switched off', zh: '已停用' },
    unavailable: { en: 'cannot run', zh: '无法运行' },
  } as const;
  const of = status.running + status.failing + status.quarantined + status.unavailable;
  const summary = tableText(
    [say({ en: 'SCRIPT', zh: '脚本' }), named(status)],
    [
      [say({ en: 'role', zh: '角色' }), status.role],
      [say({ en: 'mode', zh: '模式' }), say(modeWords[status.mode])],
      [say({ en: 'runs on', zh: '运行中' }), `${status.running} / ${of}`],
      ...(['failing', 'quarantined', 'unavailable'] as const)
        .filter((state) => status[state] > 0)
        .map((state) => [say(words[state]), `${status[state]} / ${of}`]),
    ],
  );
  if (status.troubles.length === 0) return summary;
  const troubles = tableText(
    [
      say({ en: 'INSTANCE', zh: '实例' }),
      say({ en: 'STATE', zh: '状态' }),
      say({ en: 'SINCE', zh: '起始时间' }),
      say({ en: 'WHY', zh: '原因' }),
    ],
    status.troubles.map(({ instanceId, state, since, error }) => [
      instanceId,
      say(words[state]),
      since,
      error,
    ]),
  );
  return `${summary}\n${troubles}`;
}
