import {
  applyPatch,
  type Content,
  diffContent,
  type Item,
  type ItemsPatch,
  isSame,
  isTakenAway,
} from '@sluice/core';
import type { NamespaceDetail } from '@sluice/protocol';
import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { type DeliveryFlags, isMoreThanRelease, targetOf } from '../delivery/delivery-flags.ts';
import { pushChanges, type WantedChange } from '../delivery/push-changes.ts';
import { usageError } from '../failure/cli-error.ts';
import type { ExitCode } from '../failure/exit-code.ts';
import { maskedDiff } from '../output/masked-diff.ts';
import { namespacesOf } from '../reference/missing.ts';
import { confirmWrite } from '../release/confirm.ts';
import { planSentence, reachOf } from '../release/plan.ts';
import { publishOne } from '../release/publish.ts';
import { showPlanned, showWritten, type WriteFlags } from '../release/written.ts';
import { type ItemFlags, newItems, notAMap, referenceOf } from './set-items.ts';
import { parseAssignment } from './set-value.ts';

export interface SetFlags extends WriteFlags, DeliveryFlags, ItemFlags {}

interface Assigned {
  readonly key: string;
  readonly text: string;
}

/** `sluice set`: one release of one namespace for everyone, or one change set that goes to whom the options say. */
export async function set(
  context: Context,
  app: string,
  assignments: readonly string[],
  flags: SetFlags,
): Promise<ExitCode> {
  const wanted = assignments.map(parseAssignment);
  const more = isMoreThanRelease(flags);
  const names = (await namespacesOf(context, app)).map((n) => n.name);
  const env = await context.environment();
  const byNamespace = new Map<string, Assigned[]>();
  for (const { target, text } of wanted) {
    const { namespace, key } = referenceOf(target, names, `${app} (${env})`, flags);
    byNamespace.set(namespace, [...(byNamespace.get(namespace) ?? []), { key: key!, text }]);
  }
  const [only] = byNamespace;
  if (!more && byNamespace.size === 1) return release(context, app, only![0], only![1], names, flags);
  const fresh = [...byNamespace.keys()].find((ns) => !names.includes(ns));
  if (fresh !== undefined) throw notThere(app, fresh);
  return pushSet(context, app, byNamespace, flags);
}

/** Releases one namespace to everyone, and creates it where that was asked for. */
async function release(
  context: Context,
  app: string,
  ns: string,
  assigned: readonly Assigned[],
  names: readonly string[],
  flags: SetFlags,
): Promise<ExitCode> {
  const env = await context.environment();
  const isNew = !names.includes(ns);
  const params = { env, app, ns };
  const api = await context.api();
  const detail = isNew ? undefined : await api.call(contracts.getNamespace, { params });
  const before = mapOf(detail);
  const patch = newItems(ns, assigned, knownItems(detail), isNew ? { ...flags, create: true } : flags);
  const after = applyPatch(before, { set: patch, remove: [] });
  const diff = maskedDiff(diffContent(detail?.target, after));
  if (!isNew && isSame(diff)) {
    context.output.note(
      context.say({ en: 'Nothing to do: {ns} says so already.', zh: '无需更改：{ns} 已是该值。' }, { ns }),
    );
    return showWritten(context, app, [{ name: ns, outcome: 'same' }], {});
  }
  const change = { name: ns, outcome: isNew ? 'created' : 'changed', diff } as const;
  const plan = { app, environment: env, changes: [change], reach: await reachOf(context, app) };
  context.output.note(planSentence(context, plan));
  if (flags.dryRun) {
    if (detail?.public) await warnOfLinkers(context, detail, patch);
    return showPlanned(context, app, [change]);
  }
  await confirmWrite(context, app, flags.yes);
  const base =
    detail ??
    (await api.call(contracts.createNamespace, { params: { env, app }, body: { name: ns, kind: 'map' } }));
  const body = { changes: { set: patch }, message: flags.message ?? '' };
  const released = await publishOne(context, base, env, { body, after });
  return showWritten(context, app, [{ ...change, released }], flags);
}

/** Says what the plan warns of: above all which apps that link the namespace would not fit it any more. */
async function warnOfLinkers(
  context: Context,
  { app, name, revision }: NamespaceDetail,
  set: ItemsPatch['set'],
): Promise<void> {
  const [api, env] = [await context.api(), await context.environment()];
  const changes = [{ namespace: name, base: revision, changes: { set, remove: [] } }];
  const body = { changes, target: { mode: 'global' as const } };
  const { warnings } = await api.call(contracts.previewPush, { params: { env, app }, body });
  for (const warning of warnings)
    context.output.note(warning[context.language], context.output.errColour.yellow);
}

/** Pushes what changes in all the namespaces as one change set. */
async function pushSet(
  context: Context,
  app: string,
  byNamespace: ReadonlyMap<string, readonly Assigned[]>,
  flags: SetFlags,
): Promise<ExitCode> {
  const [api, env] = [await context.api(), await context.environment()];
  const wanted = await Promise.all(
    [...byNamespace].map(async ([ns, assigned]): Promise<WantedChange> => {
      const base = await api.call(contracts.getNamespace, { params: { env, app, ns } });
      const before = mapOf(base);
      const patch = newItems(ns, assigned, knownItems(base), flags);
      const after = applyPatch(before, { set: patch, remove: [] });
      return {
        base,
        change: { namespace: ns, base: base.revision, changes: { set: patch, remove: [] } },
        after,
        planned: { name: ns, outcome: 'changed', diff: maskedDiff(diffContent(base.target, after)) },
      };
    }),
  );
  // For some instances a value that is global already may still be another one than theirs; for everyone it is nothing.
  const moving = targetOf(flags).mode === 'global' ? wanted.filter((w) => !isSame(w.planned.diff)) : wanted;
  if (moving.length > 0) return pushChanges(context, app, moving, flags);
  context.output.note(
    context.say(
      { en: 'Nothing to do: {names} say so already.', zh: '无需更改：{names} 均已是该值。' },
      { names: [...byNamespace.keys()].join(', ') },
    ),
  );
  const same = wanted.map((w) => ({ name: w.base.name, outcome: 'same' as const }));
  return showWritten(context, app, same, {});
}

/** What a key is, also where it is inherited: an override keeps its type and its bounds. */
function knownItems(detail: NamespaceDetail | undefined): Readonly<Record<string, Item>> {
  const inherited = detail?.inherited?.content;
  const below = inherited?.kind === 'map' ? Object.entries(inherited.items) : [];
  const own = Object.entries(mapOf(detail).items).filter(([, item]) => !isTakenAway(item));
  return Object.fromEntries([...below, ...own]);
}

function mapOf(detail: NamespaceDetail | undefined): Extract<Content, { kind: 'map' }> & {
  readonly items: Readonly<Record<string, Item>>;
} {
  if (detail && detail.kind !== 'map') throw notAMap(detail);
  return detail?.target?.kind === 'map' ? detail.target : { kind: 'map', items: {} };
}

function notThere(app: string, ns: string) {
  return usageError(
    {
      en: 'There is no namespace "{ns}" yet, and a new one begins with a release of its own for everyone.',
      zh: '命名空间“{ns}”还不存在，新命名空间须先单独向所有实例发布。',
    },
    {
      en: 'First run "sluice set {app} {ns}.<key>=<value> --create" with no other namespace and no --mode.',
      zh: '请先单独运行 "sluice set {app} {ns}.<配置项>=<值> --create"，不带其他命名空间和 --mode。',
    },
    { ns, app },
  );
}
