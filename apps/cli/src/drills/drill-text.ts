import type { ErrorText } from '@sluice/core';
import type { Drill, DrillDetail, DrillMeasure, DrillPlan, DrillState } from '@sluice/protocol';
import type { Context } from '../context.ts';
import { type ExitCode, exitCode } from '../failure/exit-code.ts';

export const stateTexts: Readonly<Record<DrillState, ErrorText>> = {
  draft: { en: 'draft', zh: '草稿' },
  preCheck: { en: 'ready', zh: '已就绪' },
  running: { en: 'running', zh: '进行中' },
  recovering: { en: 'recovering', zh: '恢复中' },
  held: { en: 'held', zh: '假设成立' },
  deviated: { en: 'deviated', zh: '假设不成立' },
  aborted: { en: 'aborted', zh: '已中止' },
  interrupted: { en: 'interrupted', zh: '已中断' },
};

type Target = DrillDetail['instances'][number];

const instanceTexts: Readonly<Record<Target['state'], ErrorText>> = {
  asked: { en: 'asked', zh: '已通知' },
  active: { en: 'broken', zh: '注入中' },
  refused: { en: 'refused', zh: '已拒绝' },
  offline: { en: 'offline', zh: '离线' },
  clean: { en: 'clean', zh: '已清除' },
};

const cleanTexts: Readonly<Record<NonNullable<Target['cleanBy']>, ErrorText>> = {
  told: { en: 'says so itself', zh: '自己报告' },
  restarted: { en: 'is another process now', zh: '已是另一个进程' },
  silence: { en: 'heard nothing for so long that they ended', zh: '久未收到续期，故障已自行结束' },
};

const brokenCalls: ErrorText = { en: '{injected} calls broken', zh: '已注入 {injected} 次调用' };

/** What a script learns of how a drill ended. */
export const verdictCodes: Readonly<Partial<Record<DrillState, ExitCode>>> = {
  held: exitCode.ok,
  deviated: exitCode.failure,
  aborted: exitCode.guardrail,
  interrupted: exitCode.partlyApplied,
};

export const isOver = ({ finishedAt }: Drill): boolean => finishedAt !== undefined;

const phaseTexts: Readonly<Record<DrillMeasure['phase'], ErrorText>> = {
  before: { en: 'before', zh: '之前' },
  during: { en: 'during', zh: '期间' },
  after: { en: 'after', zh: '之后' },
};

const shares: ReadonlySet<string> = new Set(['errorRatio', 'blockShare', 'degradedShare']);

const units: Readonly<Record<string, string>> = { p50Ms: ' ms', p99Ms: ' ms', throughput: '/s' };

/** A figure of a metric as people read it. */
export const figure = (metric: string, value: number): string =>
  shares.has(metric)
    ? `${Number((value * 100).toFixed(2))} %`
    : `${Number(value.toFixed(2))}${units[metric] ?? ''}`;

/** A check with its bounds: `errorRatio GET /books <= 1 %`. */
export function checkText({ check }: Pick<DrillMeasure, 'check'>): string {
  const { metric, resource, atMost, atLeast } = check;
  const bounds = [
    ...(atLeast === undefined ? [] : [`>= ${figure(metric, atLeast)}`]),
    ...(atMost === undefined ? [] : [`<= ${figure(metric, atMost)}`]),
  ];
  return `${metric} ${resource} ${bounds.join(', ')}`;
}

/** Every check on a line of its own, with a sign, when, and what was measured. */
export function measureLines(context: Context, measures: readonly DrillMeasure[]): string[] {
  const { say, output } = context;
  return measures.map((measure) => {
    const { held, value, worst, phase, check, trueAfterMs } = measure;
    const shown = phase === 'during' ? (worst ?? value) : value;
    const [sign, paint] =
      held === undefined
        ? ['?', output.colour.yellow]
        : held
          ? ['✓', output.colour.green]
          : ['✗', output.colour.red];
    const measured = shown === undefined ? '' : ` (${figure(check.metric, shown)})`;
    // What had to come true at some time is told by when it did, not by how it began.
    const is =
      trueAfterMs === undefined
        ? measured
        : say({ en: ' (after {s} s)', zh: '（{s} 秒后）' }, { s: (trueAfterMs / 1000).toFixed(1) });
    return `  ${paint(sign)} ${say(phaseTexts[phase])}: ${checkText(measure)}${is}`;
  });
}

export function findingLines(context: Context, { findings }: Pick<DrillPlan, 'findings'>): string[] {
  return findings.map(({ severity, text }) => {
    const { red, yellow } = context.output.colour;
    return `  ${severity === 'refused' ? red('✗') : yellow('!')} ${text[context.language]}`;
  });
}

/** Where a drill is, in one line. */
export function stateLine(context: Context, drill: Drill): string {
  return context.say(
    {
      en: '{title} ({id}): {state}, {active} of {targets} instances broken, {clean} proven clean, {injected} calls broken',
      zh: '{title}（{id}）：{state}，{targets} 个实例中 {active} 个注入中，{clean} 个确认已清除，已注入 {injected} 次调用',
    },
    {
      title: drill.title,
      id: drill.drillId.slice(0, 8),
      state: context.say(stateTexts[drill.state]),
      active: drill.active,
      targets: drill.targets,
      clean: drill.clean,
      injected: drill.injected,
    },
  );
}

export function detailText(context: Context, detail: DrillDetail): string {
  const { say, language } = context;
  const because = detail.because?.[language];
  return `${[
    stateLine(context, detail),
    ...(because === undefined ? [] : [`  ${because}`]),
    say({ en: 'Hypothesis: {text}', zh: '假设：{text}' }, { text: detail.definition.hypothesis }),
    ...measureLines(context, detail.measures),
    ...findingLines(context, detail),
    ...detail.instances.map(
      ({ instanceId, state, cleanBy, injected }) =>
        `  ${instanceId}  ${say(instanceTexts[state])}${cleanBy ? ` (${say(cleanTexts[cleanBy])})` : ''}  ${say(brokenCalls, { injected })}`,
    ),
    ...detail.events.slice(-20).map(({ at, text }) => `  ${at}  ${text[language]}`),
  ].join('\n')}\n`;
}
