import type { Context } from '../context.ts';
import { type ExitCode, exitCode } from '../failure/exit-code.ts';
import { blockedOf, resourceColumns } from '../traffic/resource-rows.ts';
import { watching } from '../traffic/watching.ts';
import { fetchResources, noteNoCalls, type ResourceFlags } from './resources.ts';

/** Lines besides the resources: two of facts and their heads. */
const ownLines = 4;

/** `sluice top`: the busiest resources, anew each second on a terminal, else once. */
export async function top(context: Context, app: string, flags: ResourceFlags): Promise<ExitCode> {
  const { io, output, say } = context;
  const isLive = io.out.isTerminal && output.format === 'table';
  const env = await context.environment();
  const fetch = () => fetchResources(context, app, flags.type);
  const print = async ({ items }: Awaited<ReturnType<typeof fetch>>): Promise<void> => {
    const known = items.flatMap((r) => (r.minute ? [r.minute] : []));
    const calls = known.reduce((sum, minute) => sum + minute.passed + blockedOf(minute), 0);
    const blocked = known.reduce((sum, minute) => sum + blockedOf(minute), 0);
    const opened = items.filter((r) => r.breakers.some((b) => b.instances.length > 0)).length;
    if (isLive)
      output.raw(
        `${say(
          {
            en: '{app} in {env}, {at}: {resources} resources, {rate} calls/s, {blocked} blocked in the last minute, {opened} with a breaker that is not closed (Ctrl+C ends)',
            zh: '{env} 环境的 {app}，{at}：{resources} 个资源，{rate} 次/秒，最近一分钟拦截 {blocked} 次，{opened} 个资源有未关闭的熔断器（Ctrl+C 退出）',
          },
          {
            app,
            env,
            at: new Date(io.now()).toISOString(),
            resources: items.length,
            rate: (calls / 60).toFixed(1),
            blocked,
            opened,
          },
        )}\n\n`,
      );
    const rows = isLive ? items.slice(0, Math.max(1, (io.out.rows ?? 24) - ownLines)) : items;
    await output.list(rows, resourceColumns(context));
    if (items.length === 0 && !isLive) noteNoCalls(context);
  };
  if (isLive) return watching(context, fetch, print);
  await print(await fetch());
  return exitCode.ok;
}
