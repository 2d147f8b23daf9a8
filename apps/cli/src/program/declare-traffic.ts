import { resourceTypes } from '@sluice/core';
import type { Command } from 'commander';
import type { IncidentFlags } from '../commands/incident.ts';
import type { ResourceFlags } from '../commands/resources.ts';
import type { Declaring } from './declaring.ts';
import { given } from './delivery-values.ts';
import { oneOf } from './option-values.ts';

/** Calls as they come through: resources, top, and why one was refused. */
export function declareTraffic(program: Command, { say, run }: Declaring): void {
  program
    .command('incident')
    .description(
      say({
        en: 'what changed in the last hour, how calls went, and the command that takes each back',
        zh: '最近一小时的变更、期间的调用，以及撤销每项变更的命令',
      }),
    )
    .option('--app <name>', say({ en: 'this app only', zh: '仅该应用' }), given('--app'))
    .option(
      '--since <moment>',
      say({
        en: 'since then, at most 24 h: 2026-01-31T12:00:00Z, or 3h ago as 3h',
        zh: '自该时刻起，最多 24 小时：2026-01-31T12:00:00Z 或 3h（3 小时前）',
      }),
    )
    .option('--until <moment>', say({ en: 'up to then', zh: '截至该时刻' }))
    .action((flags: IncidentFlags, command: Command) =>
      run(command, async (context) => (await import('../commands/incident.ts')).showIncident(context, flags)),
    );
  const resources = program
    .command('resources')
    .description(say({ en: 'what calls come through, and how they do', zh: '调用经过的资源及其状况' }));
  const ofType = (command: Command): Command =>
    command.option(
      '--type <type>',
      say({ en: 'web, rpc, outbound, method or job', zh: '类型：web、rpc、outbound、method 或 job' }),
      oneOf('--type', resourceTypes),
    );
  const watched = (command: Command): Command =>
    ofType(command).option(
      '--watch',
      say({ en: 'anew each second, until Ctrl+C', zh: '每秒刷新，Ctrl+C 结束' }),
    );
  watched(
    resources.command('ls <app>').description(
      say({
        en: 'resources with their rates, latencies, blocks and breakers in the last minute',
        zh: '列出资源及其最近一分钟的速率、延迟、拦截和熔断器',
      }),
    ),
  ).action((app: string, flags: ResourceFlags, command: Command) =>
    run(command, async (context) =>
      (await import('../commands/resources.ts')).listResources(context, app, flags),
    ),
  );
  watched(
    resources
      .command('show <app> <resource>')
      .description(say({ en: 'one resource by rule and by instance', zh: '按规则和实例查看资源' })),
  ).action((app: string, resource: string, flags: ResourceFlags, command: Command) =>
    run(command, async (context) =>
      (await import('../commands/resources.ts')).showResource(context, app, resource, flags),
    ),
  );
  resources
    .command('decision <app-or-id> [id]')
    .description(
      say({
        en: 'why a call was refused, by the decision id that its caller was told',
        zh: '根据调用方得到的拦截编号，说明拦截原因',
      }),
    )
    .action((first: string, second: string | undefined, _flags: unknown, command: Command) =>
      run(command, async (context) =>
        (await import('../commands/decision.ts')).showDecision(
          context,
          second === undefined ? [first] : [first, second],
        ),
      ),
    );
  ofType(
    program.command('top <app>').description(
      say({
        en: 'the busiest resources, live on a terminal, else once',
        zh: '最繁忙的资源；在终端中实时刷新，否则输出一次',
      }),
    ),
  ).action((app: string, flags: ResourceFlags, command: Command) =>
    run(command, async (context) => (await import('../commands/top.ts')).top(context, app, flags)),
  );
}
