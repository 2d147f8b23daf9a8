import type { ResourceType } from '@sluice/core';
import type { Contracts, ResourceDetail, ResponseOf } from '@sluice/protocol';
import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { type ExitCode, exitCode } from '../failure/exit-code.ts';
import { ServerError } from '../failure/server-error.ts';
import { tableText } from '../output/table.ts';
import { inApp, missing } from '../reference/missing.ts';
import { breakersText, breakerWord, resourceColumns, tallyColumns } from '../traffic/resource-rows.ts';
import { noteSilentNodes } from '../traffic/silent-nodes.ts';
import { onScreen, watching } from '../traffic/watching.ts';

type Instance = ResourceDetail['instances'][number];

/** The line above a table. */
const headLines = 1;

export interface ResourceFlags {
  readonly type?: ResourceType;
  readonly watch?: boolean;
}

/** Resources of an app, most calls first, and whether there were more than are told apart. */
export async function fetchResources(
  context: Context,
  app: string,
  type: ResourceType | undefined,
): Promise<ResponseOf<Contracts['listResources']>> {
  const [api, env] = [await context.api(), await context.environment()];
  return inApp(context, app, () =>
    api.call(contracts.listResources, { params: { env, app }, query: type === undefined ? {} : { type } }),
  );
}

/** `sluice resources ls`: what calls came through, and how they did in the last minute. */
export async function listResources(context: Context, app: string, flags: ResourceFlags): Promise<ExitCode> {
  const fetch = () => fetchResources(context, app, flags.type);
  const print = async (listed: Awaited<ReturnType<typeof fetch>>): Promise<void> => {
    const { items, overflowed, silentNodes } = listed;
    const otherLines = headLines + (overflowed ? 1 : 0) + (silentNodes === undefined ? 0 : 1);
    const rows = flags.watch ? onScreen(context, items, otherLines) : items;
    await context.output.list(rows, resourceColumns(context));
    // Said where it is shown: what is said before is wiped off a screen.
    noteSilentNodes(context, silentNodes);
    if (items.length === 0) noteNoCalls(context, flags.type);
    if (overflowed)
      context.output.note(
        context.say({
          en: 'There are more than 2,000 names; the rest share one line, __other__.',
          zh: '资源名称超过 2,000 个，其余合并为 __other__。',
        }),
        context.output.errColour.yellow,
      );
  };
  if (flags.watch) return watching(context, fetch, print);
  await print(await fetch());
  return exitCode.ok;
}

export function noteNoCalls({ output, say }: Context, type: ResourceType | undefined): void {
  output.note(
    type === undefined
      ? say({
          en: 'No calls have been reported. Guard something with protect() or a middleware of the client.',
          zh: '还没有上报的调用。请在客户端用 protect() 或中间件保护调用。',
        })
      : say(
          {
            en: 'No calls of type {type} have been reported. Leave --type out to see all others.',
            zh: '没有上报过 {type} 类型的调用。去掉 --type 可查看其他类型。',
          },
          { type },
        ),
  );
}

/** `sluice resources show`: one resource by instance and by rule. */
export async function showResource(
  context: Context,
  app: string,
  resource: string,
  flags: ResourceFlags,
): Promise<ExitCode> {
  const fetch = () => fetchResource(context, app, resource, flags.type);
  const print = async (detail: Awaited<ReturnType<typeof fetch>>): Promise<void> => {
    await context.output.one(detail, () => detailText(context, detail));
    noteSilentNodes(context, detail.silentNodes);
  };
  if (flags.watch) return watching(context, fetch, print);
  await print(await fetch());
  return exitCode.ok;
}

async function fetchResource(
  context: Context,
  app: string,
  resource: string,
  type: ResourceType | undefined,
): Promise<ResponseOf<Contracts['getResource']>> {
  const [api, env] = [await context.api(), await context.environment()];
  try {
    return await api.call(contracts.getResource, {
      params: { env, app, resource },
      query: type === undefined ? {} : { type },
    });
  } catch (error) {
    if (!(error instanceof ServerError) || error.status !== 404) throw error;
    const { items } = await fetchResources(context, app, type);
    throw missing('resource', resource, `${app} (${env})`, [...new Set(items.map((r) => r.resource))]);
  }
}

function detailText(context: Context, detail: ResourceDetail): string {
  const { say } = context;
  const table = <T>(rows: readonly T[], columns: ReturnType<typeof tallyColumns<T>>): string =>
    tableText(
      columns.map((c) => say(c.head)),
      rows.map((row) => columns.map((c) => c.cell(row))),
    );
  const blocked = Object.entries(detail.minute?.blocked ?? {}).filter(([, count]) => (count ?? 0) > 0);
  const parts = [
    table([detail], resourceColumns(context)),
    tableText(
      [say({ en: 'SEEN', zh: '出现时间' }), `${detail.firstSeenAt} .. ${detail.lastSeenAt}`],
      [
        ...(blocked.length > 0
          ? [
              [
                say({ en: 'blocked for', zh: '拦截原因' }),
                blocked.map(([code, count]) => `${code} ${count}`).join(', '),
              ],
            ]
          : []),
        ...(detail.minute
          ? [
              [say({ en: 'degraded', zh: '降级应答' }), String(detail.minute.degraded)],
              [say({ en: 'faults injected', zh: '注入故障' }), String(detail.minute.injected)],
            ]
          : []),
      ],
    ),
  ];
  if (detail.rules.length > 0)
    parts.push(
      table(detail.rules, [
        { head: { en: 'RULE', zh: '规则' }, cell: (r) => r.rule },
        { head: { en: 'BLOCKED', zh: '拦截' }, cell: (r) => String(r.blocked) },
        { head: { en: 'WOULD BLOCK', zh: '预计拦截' }, cell: (r) => String(r.wouldBlock) },
      ]),
    );
  if (detail.breakers.length > 0)
    parts.push(
      table(detail.breakers, [
        { head: { en: 'BREAKER', zh: '熔断器' }, cell: (b) => b.rule },
        { head: { en: 'STATE', zh: '状态' }, cell: (b) => breakersText(context, [b]) },
        {
          head: { en: 'WHERE', zh: '实例' },
          cell: (b) =>
            b.instances
              .slice(0, 5)
              .map((i) => `${i.instanceId} ${breakerWord(context, i.state)}`)
              .join(', ') + (b.instances.length > 5 ? ` +${b.instances.length - 5}` : ''),
        },
      ]),
    );
  if (detail.instances.length > 0)
    parts.push(
      table(detail.instances, [
        { head: { en: 'INSTANCE', zh: '实例' }, cell: (i) => i.instanceId },
        ...tallyColumns<Instance>(
          (i) => ({ ...i, seconds: detail.minute?.seconds ?? 60 }),
          detail.instances.some(({ p99Ms }) => p99Ms !== undefined),
        ),
        {
          head: { en: 'BREAKERS', zh: '熔断器' },
          cell: (i) => i.breakers.map((b) => `${b.rule} ${breakerWord(context, b.state)}`).join(', ') || '-',
        },
      ]),
    );
  return parts.join('\n');
}
