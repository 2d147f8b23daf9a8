import type { Json } from '@sluice/core';
import type { BodyInputOf, Contracts, ResponseOf, ScriptOutcome, TriedScript } from '@sluice/protocol';
import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { usageError } from '../failure/cli-error.ts';
import { type ExitCode, exitCode } from '../failure/exit-code.ts';
import { readSource } from '../files/read-source.ts';
import { shortValue } from '../output/value-text.ts';
import { inApp } from '../reference/missing.ts';
import { verdictWords } from '../rules/rule-text.ts';

export interface ScriptFlags {
  readonly file: string;
  readonly role: 'decide' | 'policy' | 'fallback';
  readonly inputs?: readonly string[];
}

export interface TryFlags extends ScriptFlags {
  /** Values of the inputs, one run each. */
  readonly input?: readonly Json[];
  /** So many of the calls that were recorded last. */
  readonly recorded?: number;
  readonly resource?: string;
  readonly compareWith?: string;
  readonly error?: Json;
  readonly random?: number;
  /** Milliseconds that one run may take. */
  readonly limit?: number;
}

type Checked = ResponseOf<Contracts['checkScript']>;

/** `sluice script check`: whether it would run at all. */
export async function checkScript(context: Context, app: string, flags: ScriptFlags): Promise<ExitCode> {
  const source = await readSource(context.io, flags.file);
  const [api, env] = [await context.api(), await context.environment()];
  const checked: Checked = await inApp(context, app, () =>
    api.call(contracts.checkScript, {
      params: { env, app },
      body: { role: flags.role, source, inputs: [...(flags.inputs ?? [])] },
    }),
  );
  const { output, say } = context;
  await output.one(
    checked,
    () =>
      `${say(
        {
          en: '{file} would run as {role}: {sizeBytes} of {limitBytes} bytes.',
          zh: '{file} 可作为 {role} 运行：{sizeBytes} / {limitBytes} 字节。',
        },
        { file: flags.file, role: flags.role, sizeBytes: checked.sizeBytes, limitBytes: checked.limitBytes },
      )}\n`,
  );
  if (checked.unusedInputs.length > 0)
    output.note(
      say(
        { en: 'It declares inputs that it does not name: {inputs}.', zh: '声明了但未使用的输入：{inputs}。' },
        { inputs: checked.unusedInputs.join(', ') },
      ),
      output.errColour.yellow,
    );
  return exitCode.ok;
}

/** `sluice script try`: what it answers, without any effect. Exit 1 when a run fails or differs from the other source. */
export async function tryScript(context: Context, app: string, flags: TryFlags): Promise<ExitCode> {
  const { role, compareWith, recorded, resource, limit } = flags;
  if (flags.input === undefined && recorded === undefined)
    throw usageError(
      { en: 'On which input?', zh: '请指定输入。' },
      {
        en: `Give it with --input '{"user":"x"}', or take recorded calls with --recorded 50.`,
        zh: `请用 --input '{"user":"x"}' 给出，或用 --recorded 50 使用记录的调用。`,
      },
    );
  const source = await readSource(context.io, flags.file);
  const other = compareWith === undefined ? undefined : await readSource(context.io, compareWith);
  const cases = (flags.input ?? []).map((values) => ({
    values: valuesOf(values),
    ...(flags.error !== undefined && { error: flags.error }),
    ...(flags.random !== undefined && { random: flags.random }),
  }));
  const [api, env] = [await context.api(), await context.environment()];
  const body: BodyInputOf<Contracts['tryScript']> = {
    role,
    source,
    inputs: [...(flags.inputs ?? inputsOf(cases))],
    cases,
    ...(limit !== undefined && { timeoutMs: limit }),
    ...(other !== undefined && { compareWith: other }),
    ...(recorded !== undefined && {
      recorded: { last: recorded, ...(resource !== undefined && { resource }) },
    }),
  };
  const tried = await inApp(context, app, () =>
    api.call(contracts.tryScript, { params: { env, app }, body }),
  );
  if (recorded !== undefined && body.inputs?.length === 0)
    context.output.note(
      context.say({
        en: 'The script saw nothing of these calls. Name with --inputs what it looks at, as its rule declares it.',
        zh: '脚本看不到这些调用的任何内容。请用 --inputs 指定它查看的输入，与其规则的声明一致。',
      }),
      context.output.errColour.yellow,
    );
  await showTried(context, tried, other !== undefined);
  const failed = tried.items.some((item) => item.failure !== undefined);
  return failed || tried.differing > 0 ? exitCode.failure : exitCode.ok;
}

/** Without `--inputs` the script sees what the cases bring. */
const inputsOf = (cases: readonly { readonly values: object }[]): string[] => [
  ...new Set(cases.flatMap(({ values }) => Object.keys(values))),
];

function valuesOf(value: Json): { [name: string]: Json } {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as { [name: string]: Json };
  throw usageError(
    { en: '--input is not an object: {value}', zh: '--input 不是对象：{value}' },
    { en: `Write the inputs by name: '{"user":"x"}'.`, zh: `请按名称写出输入：'{"user":"x"}'。` },
    { value: JSON.stringify(value) },
  );
}

async function showTried(
  { output, say, language }: Context,
  tried: ResponseOf<Contracts['tryScript']>,
  compares: boolean,
): Promise<void> {
  const answer = ({ result, failure }: ScriptOutcome): string => {
    if (!failure) return shortValue(result);
    const place = failure.line === undefined ? '' : ` (${failure.line}:${failure.column ?? 1})`;
    return `${failure.code}: ${failure.text[language]}${place}`;
  };
  const columns = [
    { head: { en: 'INPUT', zh: '输入' }, cell: (t: TriedScript) => shortValue(t.values) },
    { head: { en: 'ANSWER', zh: '结果' }, cell: answer },
    { head: { en: 'MS', zh: '毫秒' }, cell: (t: TriedScript) => t.ms.toFixed(2) },
    ...(tried.items.some((t) => t.call)
      ? [
          {
            head: { en: 'RECORDED', zh: '记录的调用' },
            cell: (t: TriedScript) =>
              t.call ? `${t.call.resource} ${say(verdictWords[t.call.verdict])}` : '-',
          },
        ]
      : []),
    ...(compares
      ? [
          {
            head: { en: 'OTHER', zh: '对比结果' },
            cell: (t: TriedScript) => (t.other ? answer(t.other) : '-'),
          },
          {
            head: { en: 'DIFFERS', zh: '不同' },
            cell: (t: TriedScript) => say(t.differs ? { en: 'yes', zh: '是' } : { en: 'no', zh: '否' }),
          },
        ]
      : []),
  ];
  await output.list(tried.items, columns);
  if (compares)
    output.note(
      say(
        { en: '{differing} of {all} differ.', zh: '{all} 个中有 {differing} 个不同。' },
        { differing: tried.differing, all: tried.items.length },
      ),
    );
  if (tried.leftOut > 0)
    output.note(
      say(
        {
          en: '{leftOut} runs were left out: all together took longer than 15 s.',
          zh: '{leftOut} 次运行被略过：总时长超过 15 秒。',
        },
        { leftOut: tried.leftOut },
      ),
      output.errColour.yellow,
    );
}
