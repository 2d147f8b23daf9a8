import type { ErrorText } from '@sluice/core';
import type { Command } from 'commander';
import type { KillFlags } from '../commands/kill.ts';
import type { ScriptFlags, TryFlags } from '../commands/script.ts';
import type { Declaring } from './declaring.ts';
import { given } from './delivery-values.ts';
import { duration, oneOf, wholeNumber } from './option-values.ts';
import { inputNames, jsonValue, jsonValues, share } from './rule-values.ts';

const scriptRoles = ['decide', 'policy', 'fallback'] as const;

/** What keeps mistakes small: trying scripts, and the kill switch. */
export function declareSafety(program: Command, declaring: Declaring): void {
  declareScript(program, declaring);
  declareKill(program, declaring);
}

function declareScript(program: Command, { say, run }: Declaring): void {
  const script = program
    .command('script')
    .description(say({ en: 'scripts of rules', zh: '规则脚本' }))
    .addHelpText('after', () => `\n${say(scriptExamples)}`);
  script
    .command('ls <app>')
    .description(
      say({ en: 'scripts of live rules, and where they run', zh: '列出生效规则的脚本及其运行情况' }),
    )
    .action((app: string, _flags: unknown, command: Command) =>
      run(command, async (context) =>
        (await import('../commands/script-status.ts')).listScripts(context, app),
      ),
    );
  script
    .command('status <app> <namespace.rule>')
    .description(
      say({
        en: 'one script: where it fails, was switched off or cannot run, why and since when; exit 1 when there is such an instance',
        zh: '查看脚本在哪些实例上失败、被停用或无法运行，以及原因和时间；存在此类实例时退出码为 1',
      }),
    )
    .action((app: string, text: string, _flags: unknown, command: Command) =>
      run(command, async (context) =>
        (await import('../commands/script-status.ts')).showScript(context, app, text),
      ),
    );
  const about = (command: Command): Command =>
    command
      .requiredOption(
        '-f, --file <path>',
        say({ en: 'its source; - is standard input', zh: '脚本源文件；- 表示标准输入' }),
      )
      .requiredOption(
        '--role <role>',
        say({
          en: 'decide, policy or fallback: the function that it declares',
          zh: 'decide、policy 或 fallback：脚本声明的函数',
        }),
        oneOf('--role', scriptRoles),
      )
      .option(
        '--inputs <names>',
        say({
          en: 'what it gets to see: user,header:x-tier,args[0].id',
          zh: '脚本可见的输入：user,header:x-tier,args[0].id',
        }),
        inputNames,
      );
  about(
    script.command('check <app>').description(say({ en: 'whether it would run', zh: '检查脚本能否运行' })),
  ).action((app: string, flags: ScriptFlags, command: Command) =>
    run(command, async (context) => (await import('../commands/script.ts')).checkScript(context, app, flags)),
  );
  about(
    script.command('try <app>').description(
      say({
        en: 'what it answers, without effect; exit 1 when a run fails or two sources differ',
        zh: '试运行脚本，不产生影响；运行失败或两个脚本结果不同时退出码为 1',
      }),
    ),
  )
    .option(
      '--input <json>',
      say({ en: 'values by name, once or several times', zh: '按名称给出的输入，可多次' }),
      jsonValues('--input'),
    )
    .option(
      '--recorded <n>',
      say({ en: 'the last recorded calls', zh: '最近记录的调用' }),
      wholeNumber('--recorded', 1, 200),
    )
    .option(
      '--resource <name>',
      say({ en: 'recorded calls of this resource only', zh: '仅该资源的记录调用' }),
      given('--resource'),
    )
    .option(
      '--compare-with <path>',
      say({ en: 'another source to run beside it', zh: '用于对比的另一个脚本' }),
    )
    .option(
      '--error <json>',
      say({ en: 'what fallback gets second', zh: 'fallback 的第二个参数' }),
      jsonValue('--error'),
    )
    .option(
      '--random <x>',
      say({ en: 'the random number it sees (default 0.5)', zh: '脚本看到的随机数（默认 0.5）' }),
      share('--random'),
    )
    .option(
      '--limit <time>',
      say({ en: 'how long a run may take (default 50ms)', zh: '单次运行时限（默认 50ms）' }),
      duration('--limit'),
    )
    .action((app: string, flags: TryFlags, command: Command) =>
      run(command, async (context) => (await import('../commands/script.ts')).tryScript(context, app, flags)),
    );
}

function declareKill(program: Command, { say, run }: Declaring): void {
  const forApp = (command: Command): Command =>
    command.option(
      '--app <name>',
      say({ en: 'this app only; else the environment', zh: '仅该应用；默认整个环境' }),
      given('--app'),
    );
  const kill = forApp(
    program.command('kill').description(
      say({
        en: 'the kill switch: stop publishes, let rules block nothing, end all faults; exit 7 when not everyone obeys in time, 3 when that may not be asked',
        zh: '紧急开关：冻结发布、规则不再拦截、结束故障注入；有实例未及时生效时退出码为 7，无权查询时为 3',
      }),
    ),
  )
    .option('--freeze', say({ en: 'nothing new is published or pushed', zh: '冻结发布和推送' }))
    .option('--monitor', say({ en: 'every rule only monitors', zh: '所有规则仅监控' }))
    .option('--end-faults', say({ en: 'every injected fault ends', zh: '结束所有注入的故障' }))
    .option('--all', say({ en: 'all three', zh: '以上全部' }))
    .option(
      '--undo',
      say({
        en: 'off again: those that are named, else all that are on',
        zh: '撤销：指定的项，默认全部已打开的项',
      }),
    )
    .option('--reason <why>', say({ en: 'why; everybody sees it', zh: '原因，所有人可见' }))
    .option(
      '--timeout <time>',
      say({ en: 'how long to wait for everyone (default 10s)', zh: '等待全部生效的时长（默认 10s）' }),
      duration('--timeout'),
    )
    .option(
      '-y, --yes',
      say({ en: 'do not ask, also in a protected environment', zh: '不询问，包括受保护的环境' }),
    )
    .addHelpText('after', () => `\n${say(killExamples)}`)
    .action((flags: KillFlags, command: Command) =>
      run(command, async (context) => (await import('../commands/kill.ts')).kill(context, flags)),
    );
  forApp(
    kill
      .command('status')
      .description(say({ en: 'which switches are on, and who obeys', zh: '查看开关状态和生效情况' })),
  ).action((_flags: unknown, command: Command) =>
    run(command, async (context) =>
      (await import('../commands/kill.ts')).killStatus(context, command.optsWithGlobals<{ app?: string }>()),
    ),
  );
}

const scriptExamples: ErrorText = {
  en: `Examples:
  sluice script check order-api -f vip.js --role decide --inputs user,header:x-tier
  sluice script try order-api -f vip.js --role decide --input '{"user":"x"}' --compare-with live.js`,
  zh: `示例：
  sluice script check order-api -f vip.js --role decide --inputs user,header:x-tier
  sluice script try order-api -f vip.js --role decide --input '{"user":"x"}' --compare-with live.js`,
};

const killExamples: ErrorText = {
  en: `Examples:
  sluice kill --monitor --reason "INC-12: rules block payers"
  sluice kill --undo --reason "INC-12 is over"`,
  zh: `示例：
  sluice kill --monitor --reason "INC-12：规则误拦截支付"
  sluice kill --undo --reason "INC-12 已解决"`,
};
