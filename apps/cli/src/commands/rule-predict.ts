import type { BodyInputOf, Contracts, ResponseOf } from '@sluice/protocol';
import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { usageError } from '../failure/cli-error.ts';
import { type ExitCode, exitCode } from '../failure/exit-code.ts';
import { readRules } from '../files/rules-file.ts';
import { tableText } from '../output/table.ts';
import { inApp } from '../reference/missing.ts';
import { type RulePlace, rulePlaces } from '../rules/known-rules.ts';

export interface PredictFlags {
  readonly file?: string;
  readonly share?: number;
  readonly from?: string;
  readonly to?: string;
  readonly seed?: number;
}

type Body = BodyInputOf<Contracts['predictRule']>;
type Predicted = ResponseOf<Contracts['predictRule']>;

/** `sluice rule predict`: what a live rule or a draft would block, whose calls, and how many of them were healthy. */
export async function predict(
  context: Context,
  app: string,
  text: string | undefined,
  flags: PredictFlags,
): Promise<ExitCode> {
  const { file, share, from, to, seed } = flags;
  if (text === undefined && file === undefined)
    throw usageError(
      { en: 'Which rule?', zh: '请指定规则。' },
      {
        en: 'Name it as <namespace>.<rule>, or give a draft with -f.',
        zh: '请写成 <命名空间>.<规则>，或用 -f 给出草稿。',
      },
    );
  const [place] = text === undefined ? [] : await rulePlaces(context, app, [text]);
  const rule = file === undefined ? undefined : await draftOf(context, file, place);
  const [api, env] = [await context.api(), await context.environment()];
  const body: Body = {
    ...(place && { ref: `${place.namespace}/${place.key}` }),
    ...(rule && { rule }),
    ...(share !== undefined && { targetShare: share }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(seed !== undefined && { seed }),
  };
  const predicted = await inApp(context, app, () =>
    api.call(contracts.predictRule, { params: { env, app }, body }),
  );
  const { output, language, say } = context;
  for (const warning of predicted.warnings) output.note(warning[language], output.errColour.yellow);
  await output.one(predicted, () => predictedText(context, predicted, share ?? 0.01));
  if (!predicted.enough)
    output.note(
      say({
        en: 'That is little to go by: 10,000 calls or a day of them are better before you intercept.',
        zh: '样本偏少：建议至少有 10,000 次调用或一天的记录，再切换到拦截。',
      }),
    );
  return exitCode.ok;
}

/** The one rule of a file, or the one of the same place or key. */
async function draftOf(
  context: Context,
  file: string,
  place: RulePlace | undefined,
): Promise<NonNullable<Body['rule']>> {
  const rules = await readRules(context.io, file);
  const ids = Object.keys(rules);
  const wanted = place ? [`${place.namespace}/${place.key}`, place.key] : [];
  const id = ids.length === 1 ? ids[0]! : wanted.find((each) => ids.includes(each));
  if (id !== undefined) return rules[id] as NonNullable<Body['rule']>;
  throw usageError(
    { en: '{file} holds several rules: {ids}.', zh: '{file} 中有多条规则：{ids}。' },
    {
      en: 'Name one of them as <namespace>.<rule>, or give a file with one rule.',
      zh: '请用 <命名空间>.<规则> 指定其中一条，或给出只含一条规则的文件。',
    },
    { file, ids: ids.slice(0, 10).join(', ') },
  );
}

const percentText = (share: number): string => `${(100 * share).toFixed(2)} %`;

/** Minutes that are shown to people; programs get all. */
const minutesShown = 20;

function predictedText({ say }: Context, told: Predicted, target: number): string {
  const { recording, smallestLimit } = told;
  const error = told.shareError === undefined ? '' : ` ± ${percentText(told.shareError)}`;
  const facts = tableText(
    [say({ en: 'CALLS', zh: '调用' }), String(told.calls)],
    [
      // Of no calls nothing can be said, not even that none would be blocked.
      ...(told.calls === 0
        ? []
        : [
            [
              say({ en: 'would block', zh: '预计拦截' }),
              `${told.wouldBlock} (${percentText(told.share)}${error})`,
            ],
            [say({ en: 'of them healthy', zh: '其中健康的' }), String(told.healthy)],
          ]),
      ...(recording.calls === 0
        ? []
        : [
            [
              say({ en: 'from', zh: '依据' }),
              say(
                {
                  en: `{calls} recorded calls of {instances} instance${recording.instances === 1 ? '' : 's'}, {part} of all`,
                  zh: '{instances} 个实例的 {calls} 次记录调用，占全部的 {part}',
                },
                {
                  calls: recording.calls,
                  instances: recording.instances,
                  part: percentText(1 / recording.sampledBy),
                },
              ),
            ],
          ]),
      ...(recording.from === undefined
        ? []
        : [[say({ en: 'time', zh: '时间' }), `${recording.from} .. ${recording.to ?? ''}`]]),
      [
        say(
          { en: 'smallest limit for {share}', zh: '不超过 {share} 的最小限额' },
          { share: percentText(target) },
        ),
        smallestLimit
          ? `${smallestLimit.field} ${smallestLimit.value} (${percentText(smallestLimit.share)})`
          : '-',
      ],
    ],
  );
  const heads = [
    say({ en: 'CALLS', zh: '调用' }),
    say({ en: 'WOULD BLOCK', zh: '预计拦截' }),
    say({ en: 'SHARE', zh: '占比' }),
  ];
  const row = (part: { calls: number; wouldBlock: number }): string[] => [
    String(part.calls),
    String(part.wouldBlock),
    percentText(part.calls === 0 ? 0 : part.wouldBlock / part.calls),
  ];
  const parts = (head: { en: string; zh: string }, rows: Predicted['byOrigin']): string[] =>
    rows.some((part) => part.wouldBlock > 0)
      ? [
          tableText(
            [say(head), ...heads, say({ en: 'HEALTHY', zh: '健康' })],
            rows
              .filter((part) => part.wouldBlock > 0)
              .map((part) => [part.value || '-', ...row(part), String(part.healthy)]),
          ),
        ]
      : [];
  const minutes = told.byMinute.slice(-minutesShown);
  return [
    facts,
    ...(minutes.length === 0
      ? []
      : [
          tableText(
            [say({ en: 'MINUTE', zh: '分钟' }), ...heads],
            minutes.map((minute) => [minute.at.slice(0, 16), ...row(minute)]),
          ),
        ]),
    ...parts({ en: 'ORIGIN', zh: '来源' }, told.byOrigin),
    ...parts({ en: 'KEY', zh: '键' }, told.byKey),
    ...parts({ en: 'INSTANCE', zh: '实例' }, told.byInstance),
  ].join('\n');
}
