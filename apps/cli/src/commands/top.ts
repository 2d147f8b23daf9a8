import type { Context } from '../context.ts';
import { type ExitCode, exitCode } from '../failure/exit-code.ts';
import { blockedOf, rateOf, resourceColumns } from '../traffic/resource-rows.ts';
import { noteSilentNodes } from '../traffic/silent-nodes.ts';
import { onScreen, watching } from '../traffic/watching.ts';
import { fetchResources, noteNoCalls, type ResourceFlags } from './resources.ts';

/** Lines above the resources: two of facts, an empty one, and the heads. */
const ownLines = 4;

/** `sluice top`: the busiest resources, anew each second on a terminal, else once. */
export async function top(context: Context, app: string, flags: ResourceFlags): Promise<ExitCode> {
  const { io, output, say } = context;
  const isLive = io.out.isTerminal && output.format === 'table';
  const env = await context.environment();
  const fetch = () => fetchResources(context, app, flags.type);
  const print = async ({ items, silentNodes }: Awaited<ReturnType<typeof fetch>>): Promise<void> => {
    const known = items.flatMap((r) => (r.minute ? [r.minute] : []));
    const rate = known.reduce((sum, minute) => sum + rateOf(minute), 0);
    const blocked = known.reduce((sum, minute) => sum + blockedOf(minute), 0);
    const opened = items.filter((r) => r.breakers.some((b) => b.instances.length > 0)).length;
    if (isLive)
      output.raw(
        `${say(
          {
            en: '{app} in {env}, {at} (Ctrl+C ends)\n{resources} resources, {rate} calls/s; in the last minute {blocked} blocked; {opened} with a breaker not closed',
            zh: '{env} 环境的 {app}，{at}（Ctrl+C 退出）\n{resources} 个资源，{rate} 次/秒，最近一分钟拦截 {blocked} 次，{opened} 个资源有未关闭的熔断器',
          },
          {
            app,
            env,
            at: new Date(io.now()).toISOString(),
            resources: items.length,
            rate: rate.toFixed(1),
            blocked,
            opened,
          },
        )}\n\n`,
      );
    const otherLines = ownLines + (silentNodes === undefined ? 0 : 1);
    const rows = isLive ? onScreen(context, items, otherLines) : items;
    await output.list(rows, resourceColumns(context));
    // Said where it is shown: what is said before is wiped off the screen.
    noteSilentNodes(context, silentNodes);
    if (items.length === 0 && !isLive) noteNoCalls(context, flags.type);
  };
  if (isLive) return watching(context, fetch, print);
  await print(await fetch());
  return exitCode.ok;
}
