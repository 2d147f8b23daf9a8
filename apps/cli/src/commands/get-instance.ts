import type { Content, Json } from '@sluice/core';
import type { Explanation } from '@sluice/protocol';
import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { CliError, usageError } from '../failure/cli-error.ts';
import { type ExitCode, exitCode } from '../failure/exit-code.ts';
import { tableText } from '../output/table.ts';
import { shortValue, valueText } from '../output/value-text.ts';
import { knownInstance } from '../reference/known-instance.ts';
import type { GetFlags, Wanted } from './get-wanted.ts';

/** `sluice get --instance`: what one process says it holds; with `--why` the ladder that the value came down. */
export async function getFromInstance(context: Context, wanted: Wanted, flags: GetFlags): Promise<ExitCode> {
  const instance = flags.instance ?? (await mustName(context, wanted));
  if (wanted.key === undefined && wanted.detail.kind !== 'document') {
    if (flags.why)
      throw usageError(
        { en: '--why explains one key.', zh: '--why 只能解释单个配置项。' },
        { en: 'Name it: {ns}.<key>', zh: '请指定：{ns}.<配置项>' },
        { ns: wanted.detail.name },
      );
    return showWhole(context, wanted, instance);
  }
  const explanation = await knownInstance(context, wanted.app, instance, async () =>
    (await context.api()).call(contracts.explainInstance, {
      params: { env: wanted.environment, app: wanted.app, instance },
      query: { namespace: wanted.detail.name, key: wanted.key ?? '' },
    }),
  );
  return flags.why
    ? showLadder(context, instance, explanation)
    : showLive(context, wanted, instance, explanation);
}

async function mustName(context: Context, { app, environment: env }: Wanted): Promise<never> {
  const { items } = await (await context.api()).call(contracts.listInstances, { params: { env, app } });
  const ids = items.filter((i) => i.online).map((i) => i.instanceId);
  throw usageError(
    { en: '--why asks about one instance.', zh: '--why 需要指定一个实例。' },
    { en: 'Name it with --instance. Online: {ids}', zh: '请用 --instance 指定。在线实例：{ids}' },
    { ids: ids.slice(0, 10).join(', ') + (ids.length > 10 ? ', ...' : '') || '-' },
  );
}

async function showLive(
  context: Context,
  wanted: Wanted,
  instance: string,
  explanation: Explanation,
): Promise<ExitCode> {
  const { output, say } = context;
  if (!explanation.liveKnown) throw unknownLive(instance, wanted.detail.name);
  const { live, target, liveRelease } = explanation;
  if (output.format === 'table') {
    output.raw(wanted.key === undefined ? valueText(live) : `${valueText(live)}\n`);
    if (JSON.stringify(live) !== JSON.stringify(target))
      output.note(
        say(
          { en: 'The release says {target}.', zh: '发布版本中的值为 {target}。' },
          { target: shortValue(target) },
        ),
      );
  } else {
    const { app, environment, detail, key } = wanted;
    await output.one(
      { app, environment, instance, namespace: detail.name, key, value: live, release: liveRelease, target },
      () => '',
    );
  }
  return exitCode.ok;
}

const layerWords = {
  instance: { en: 'instance', zh: '实例' },
  gray: { en: 'gray', zh: '灰度' },
  group: { en: 'group', zh: '分组' },
  global: { en: 'global', zh: '全局' },
  default: { en: 'default', zh: '默认值' },
} as const;

async function showLadder(context: Context, instance: string, explanation: Explanation): Promise<ExitCode> {
  const { say } = context;
  const heads = [
    say({ en: 'LAYER', zh: '层' }),
    say({ en: 'WINS', zh: '生效' }),
    say({ en: 'VALUE', zh: '值' }),
    say({ en: 'RELEASE', zh: '发布版本' }),
    say({ en: 'PUSH', zh: '推送' }),
    say({ en: 'EXPIRES', zh: '到期' }),
    say({ en: 'REASON', zh: '原因' }),
  ];
  const rows = explanation.ladder.map((rung) => [
    rung.group === undefined ? say(layerWords[rung.layer]) : `${say(layerWords[rung.layer])} ${rung.group}`,
    rung.wins ? '*' : '',
    rung.matched ? shortValue(rung.value) : '-',
    rung.release === undefined ? '-' : String(rung.release),
    rung.pushId ?? '-',
    rung.expiresAt ?? '-',
    rung.reason,
  ]);
  const history = explanation.timeline.map((entry) => [entry.at, entry.what]);
  await context.output.one({ instance, ...explanation }, () =>
    [
      say(
        { en: '{instance} holds {live}\n', zh: '{instance} 持有 {live}\n' },
        {
          instance,
          live: explanation.liveKnown
            ? shortValue(explanation.live)
            : say({ en: 'something unknown', zh: '未知内容' }),
        },
      ),
      tableText(heads, rows),
      history.length > 0
        ? tableText([say({ en: 'WHEN', zh: '时间' }), say({ en: 'WHAT', zh: '事件' })], history)
        : '',
    ].join(''),
  );
  return exitCode.ok;
}

/** The whole namespace as an instance says it holds it, by the release of which it told the digest. */
async function showWhole(context: Context, wanted: Wanted, instance: string): Promise<ExitCode> {
  const { app, environment: env, detail } = wanted;
  const api = await context.api();
  const held = await knownInstance(context, wanted.app, instance, () =>
    api.call(contracts.getInstance, { params: { env, app, instance } }),
  );
  const release = held.namespaces.find((n) => n.name === detail.name)?.release;
  const content = await heldContent(context, wanted, instance, release);
  const data = { app, environment: env, instance, namespace: detail.name, release, content };
  if (context.output.format !== 'table' || content.kind === 'document')
    await context.output.one(data, () => '');
  else await context.output.list(entriesOf(content), entryColumns);
  return exitCode.ok;
}

/** What it holds as a release, or as the server recorded it where layers of its own make it none. */
async function heldContent(
  context: Context,
  { app, environment: env, detail }: Wanted,
  instance: string,
  release: number | undefined,
): Promise<Content> {
  const api = await context.api();
  if (release !== undefined) {
    const params = { env, app, ns: detail.name, number: String(release) };
    return (await api.call(contracts.getRelease, { params })).content;
  }
  const { items } = await api.call(contracts.instanceTimeline, {
    params: { env, app, instance },
    query: { namespace: detail.name },
  });
  const content = items.find((h) => h.namespace === detail.name && h.until === undefined)?.content;
  if (content === undefined) throw unknownLive(instance, detail.name);
  return content;
}

const entriesOf = (content: Exclude<Content, { kind: 'document' }>): [string, Json][] =>
  Object.entries(content.items as Readonly<Record<string, Json>>);

const entryColumns = [
  { head: { en: 'KEY', zh: '配置项' }, cell: ([key]: [string, Json]) => key },
  {
    head: { en: 'VALUE', zh: '值' },
    cell: ([, entry]: [string, Json]) =>
      shortValue(typeof entry === 'object' && entry !== null && 'value' in entry ? entry.value : entry),
  },
];

function unknownLive(instance: string, ns: string): CliError {
  return new CliError(
    'live_unknown',
    exitCode.failure,
    {
      what: {
        en: 'It is not known what {instance} holds of {ns}: it told of nothing that is a release.',
        zh: '无法得知 {instance} 持有的 {ns}：它上报的内容不对应任何发布版本。',
      },
      still: { en: 'The instance runs on what it has.', zh: '该实例继续使用现有的值。' },
      todo: {
        en: 'See "sluice instances show" for what it last said.',
        zh: '请用 "sluice instances show" 查看它最近一次上报的内容。',
      },
    },
    { instance, ns },
  );
}
