import { type CallFields, type CallInputs, type ErrorText, ReplayRun, type Rules } from '@sluice/core';
import { InOrder } from '../access-log/in-order.ts';
import { inputsRead } from '../access-log/inputs-read.ts';
import { logChunks } from '../access-log/log-chunks.ts';
import { LogEntries, type PassedOver } from '../access-log/log-entries.ts';
import type { LogEntry } from '../access-log/log-line.ts';
import { type LogReport, LogTally } from '../access-log/log-report.ts';
import { logReportText } from '../access-log/log-report-text.ts';
import { logResource } from '../access-log/log-resource.ts';
import { leftWarnings, logWarnings } from '../access-log/log-warnings.ts';
import type { LogFormat, LogKey } from '../access-log/log-words.ts';
import { UntouchedRules } from '../access-log/untouched-rules.ts';
import type { Context } from '../context.ts';
import { CliError, nothingChanged, usageError } from '../failure/cli-error.ts';
import { type ExitCode, exitCode } from '../failure/exit-code.ts';
import { readRules } from '../files/rules-file.ts';

export interface ReplayLogFlags {
  readonly log?: string;
  readonly format?: LogFormat;
  readonly rules?: string;
  readonly resourceFrom?: readonly string[];
  readonly key?: LogKey;
  readonly seed?: number;
}

interface Replayed extends LogReport {
  readonly lines: number;
  readonly badLines: number;
  readonly firstBad: readonly PassedOver[];
  /** Requests that fit none of the routes. */
  readonly noRoute: number;
  /** Requests that came too late in the log to find their place in time. */
  readonly late: number;
  readonly warnings: readonly ErrorText[];
  readonly ms: number;
}

/** `sluice rule replay --log`: what rules would have made of an access log, by the engine that decides live. */
export async function replayLog(context: Context, log: string, flags: ReplayLogFlags): Promise<ExitCode> {
  if (flags.rules === undefined)
    throw usageError(
      { en: 'Which rules?', zh: '请指定规则。' },
      { en: 'Add --rules rules.json.', zh: '请加上 --rules rules.json。' },
    );
  const resourceOf = logResource(flags.resourceFrom ?? []);
  const rules = await readRules(context.io, flags.rules);
  const format = flags.format ?? 'combined';
  const startedMs = performance.now();
  const replayed = await run(context, log, rules, { ...flags, format, resourceOf });
  if (replayed.badLines > 0 && replayed.calls + replayed.noRoute === 0) throw noneFits(log, format, replayed);
  const told = { ...replayed, ms: Math.round(performance.now() - startedMs) };
  sayNotes(context, told);
  await context.output.one(told, () => logReportText(context, told));
  return exitCode.ok;
}

interface RunOptions extends ReplayLogFlags {
  readonly format: LogFormat;
  readonly resourceOf: ReturnType<typeof logResource>;
}

async function run(
  context: Context,
  log: string,
  rules: Rules,
  { format, key = 'ip', seed = 1, resourceOf }: RunOptions,
): Promise<Omit<Replayed, 'ms'>> {
  const tally = new LogTally(rules, key);
  const replay = new ReplayRun<{ readonly entry: LogEntry; readonly resource: string }>({
    rules,
    seed,
    wallOffsetMs: 0,
    maxResources: 100_000,
    onDecision: ({ entry, resource }, verdict, ids) => tally.add(entry, resource, verdict, ids),
  });
  const inputsOf = inputsReader(rules);
  const untouched = new UntouchedRules(rules);
  let noRoute = 0;
  const inOrder = new InOrder((entry) => {
    const resource = resourceOf(entry.method, entry.path);
    if (resource === undefined) {
      noRoute += 1;
      return;
    }
    untouched.see(resource);
    const outcome = entry.status >= 500 ? 'error' : 'success';
    const call = { resource, type: 'web', inputs: inputsOf(entry), mayWait: true, durationMs: 0 } as const;
    replay.take({ ...call, atMs: entry.atMs, outcome }, { entry, resource });
  });
  const entries = new LogEntries({ format, withCaller: readsCaller(rules, key) }, (entry) =>
    inOrder.take(entry),
  );
  let told = 0;
  for await (const chunk of logChunks(context.io, log)) {
    entries.take(chunk);
    if (context.io.err.isTerminal && entries.lines - told >= 200_000) {
      told = entries.lines;
      context.output.progress(
        context.say({ en: '{lines} lines', zh: '{lines} 行' }, { lines: entries.lines }),
      );
    }
  }
  entries.end();
  inOrder.end();
  replay.end();
  const { lines, badLines, firstBad } = entries;
  const report = tally.report();
  return {
    lines,
    badLines,
    firstBad,
    noRoute,
    late: inOrder.late,
    ...report,
    warnings: [...logWarnings(rules), ...untouched.warnings(), ...leftWarnings(report.left)],
  };
}

/** Whether referer and user agent are looked at by anybody: reading them out of each line takes time. */
const readsCaller = (rules: Rules, key: LogKey): boolean =>
  key === 'user-agent' ||
  key === 'referer' ||
  [...inputsRead(rules)].some((input) => input.startsWith('header:'));

/** What of a request rules see; headers and parameters only where a rule looks at them. */
function inputsReader(rules: Rules): (entry: LogEntry) => CallInputs {
  const read = [...inputsRead(rules)];
  const withHeaders = read.some((input) => input.startsWith('header:'));
  const withQuery = read.some((input) => input.startsWith('query:'));
  return ({ ip, user, userAgent, referer, query }) => ({
    ip,
    ...(user !== undefined && { user }),
    ...(withHeaders && { headers: { 'user-agent': userAgent, referer } }),
    ...(withQuery && { query: parametersOf(query) }),
  });
}

function parametersOf(query: string): CallFields {
  const found: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [name, value] of new URLSearchParams(query)) found[name] ??= value;
  return found;
}

function sayNotes({ output, say, language }: Context, told: Replayed): void {
  const warn = (text: ErrorText, params: Readonly<Record<string, number>> = {}): void =>
    output.note(say(text, params), output.errColour.yellow);
  if (told.badLines > 0) {
    warn(
      {
        en: '{badLines} of {lines} lines are no requests in this format and were passed over; the first:',
        zh: '{lines} 行中有 {badLines} 行不符合格式，已跳过；最前面的是：',
      },
      { badLines: told.badLines, lines: told.lines },
    );
    for (const { line, reason, text } of told.firstBad)
      output.note(`  ${line}: ${reason[language]}: ${text}`);
  }
  if (told.noRoute > 0)
    warn(
      { en: '{noRoute} requests fit none of the routes.', zh: '{noRoute} 个请求不符合任何路由。' },
      { noRoute: told.noRoute },
    );
  if (told.late > 0)
    warn(
      {
        en: '{late} requests stand more than 2 minutes too late in the log; they were counted where they stand.',
        zh: '{late} 个请求在日志中晚于实际时间 2 分钟以上，按所在位置计算。',
      },
      { late: told.late },
    );
  for (const warning of told.warnings) warn(warning);
}

function noneFits(log: string, format: LogFormat, { firstBad, badLines }: Omit<Replayed, 'ms'>): CliError {
  const other = format === 'combined' ? 'common' : 'combined';
  return new CliError(
    'no_requests',
    exitCode.failure,
    {
      what: {
        en: 'None of the {badLines} lines of {log} is a request in the format {format}.',
        zh: '{log} 的 {badLines} 行中没有一行是 {format} 格式的请求。',
      },
      still: nothingChanged,
      todo: { en: 'Try --format {other}, or check the file.', zh: '请尝试 --format {other}，或检查文件。' },
    },
    { log, format, other, badLines },
    {
      lines: firstBad.map(({ line, reason, text }) => ({
        en: `${line}: ${reason.en}: ${text}`,
        zh: `${line}：${reason.zh}：${text}`,
      })),
    },
  );
}
