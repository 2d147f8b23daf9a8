import { type GuardrailMeasure, guardrailMeasures, onBreaches } from '@sluice/core';
import type { Command } from 'commander';
import type { MarginFlag } from '../delivery/guardrail-flags.ts';
import { usageError } from '../failure/cli-error.ts';
import type { Declaring } from './declaring.ts';
import { given, names } from './delivery-values.ts';
import { oneOf, wholeNumber } from './option-values.ts';

/** The options that say how a gray is watched over. */
export function withGuardrailOptions(command: Command, { say }: Declaring): Command {
  return command
    .option(
      '--guardrails-off <why>',
      say({
        en: 'gray: nobody judges the members against the rest, for this reason',
        zh: '灰度：不启用护栏，须注明原因',
      }),
      given('--guardrails-off'),
    )
    .option(
      '--on-breach <what>',
      say({
        en: 'gray: what a breached guardrail does: abandon (default of shares and counts) or halt',
        zh: '灰度：护栏越线时 abandon 自动放弃（比例和数量的默认）或 halt 仅叫停',
      }),
      oneOf('--on-breach', onBreaches),
    )
    .option(
      '--min-calls <n>',
      say({
        en: 'gray: calls on each side to judge by (default 100)',
        zh: '灰度：双方至少多少次调用才作判断（默认 100）',
      }),
      wholeNumber('--min-calls', 10, 1_000_000),
    )
    .option(
      '--windows <n>',
      say({
        en: 'gray: how many windows in a row must be over (default 2)',
        zh: '灰度：连续多少个窗口越线才算（默认 2）',
      }),
      wholeNumber('--windows', 1, 12),
    )
    .option(
      '--margin <measure=ratio,floor>',
      say({
        en: 'gray: how much worse than the rest it may be: errorRatio=2,5% p99=1.5,50; may be repeated',
        zh: '灰度：允许比其余实例差多少：errorRatio=2,5% p99=1.5,50；可重复',
      }),
      (text: string, before: readonly MarginFlag[] = []) => [...before, margin(text)],
    )
    .option(
      '--measures <list>',
      say({
        en: `gray: only these: ${guardrailMeasures.join(',')}`,
        zh: `灰度：仅比较这些指标：${guardrailMeasures.join(',')}`,
      }),
      measures,
    )
    .option(
      '--resources <list>',
      say({ en: 'gray: only calls of these resources count', zh: '灰度：仅统计这些资源的调用' }),
      names('--resources'),
    );
}

function measures(text: string): GuardrailMeasure[] {
  return names('--measures')(text).map(oneOf('--measures', guardrailMeasures));
}

function margin(text: string): MarginFlag {
  const [, measure, ratio, floor, percent] = /^(\w+)=([\d.]+),([\d.]+)(%?)$/.exec(text) ?? [];
  const [times, above] = [Number(ratio), Number(floor) / (percent ? 100 : 1)];
  const known = guardrailMeasures.find((each) => each === measure);
  if (known && times >= 1 && above >= 0) return { measure: known, ratio: times, floor: above };
  throw usageError(
    { en: '--margin cannot be "{text}".', zh: '--margin 不能是“{text}”。' },
    {
      en: 'Give a measure ({known}), how many times the rest from 1 on, and how much above it: errorRatio=2,5%',
      zh: '请给出指标（{known}）、不小于 1 的倍数和高出的数值：errorRatio=2,5%',
    },
    { text, known: guardrailMeasures.join(', ') },
  );
}
