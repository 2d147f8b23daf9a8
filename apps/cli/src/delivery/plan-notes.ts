import type { PushPlanBody } from '@sluice/protocol';
import type { Context } from '../context.ts';

/** So many names stand in a line; more would hide it. */
const mostNames = 12;

/** Names with commas between them, and how many more there are. */
function someNames({ say }: Context, names: readonly string[]): string {
  const shown = names.slice(0, mostNames).join(', ');
  const left = names.length - mostNames;
  return left > 0
    ? say({ en: '{shown} and {left} more', zh: '{shown} 以及另外 {left} 个' }, { shown, left })
    : shown;
}

/**
 * What stands besides a plan's list: who by name, who is concerned without a change, and what to think of. `isTaken`:
 * nobody gets anything by it, whoever comes later either.
 */
export function planNotes(
  context: Context,
  plan: PushPlanBody,
  { isTaken = false }: { readonly isTaken?: boolean } = {},
): string[] {
  const { say, language } = context;
  const names = plan.targets.map((t) => (t.online ? t.instanceId : `${t.instanceId} (${say(offline)})`));
  return [
    plan.targets.length === 0 ? say(isTaken ? nobody : nobodyYet) : `  ${someNames(context, names)}`,
    ...(plan.unmoved.length > 0
      ? [
          say(
            {
              en: 'Concerned too, but what they hold stays the same: {names}',
              zh: '同样涉及，但持有的值不变：{names}',
            },
            {
              names: someNames(
                context,
                plan.unmoved.map((u) => u.instanceId),
              ),
            },
          ),
        ]
      : []),
    ...plan.warnings.map((warning) =>
      say({ en: 'Note: {text}', zh: '注意：{text}' }, { text: warning[language] }),
    ),
  ];
}

const nobody = { en: 'No instance would change.', zh: '没有实例会发生变化。' };
const nobodyYet = {
  en: 'No instance that is known would change; those that come later get it.',
  zh: '目前没有已知实例会发生变化；之后加入的实例将获得该值。',
};
const offline = { en: 'offline', zh: '离线' };

/** Who joined, who left and for whom it is another change, since a plan was looked at. */
export function movedLines(context: Context, seen: PushPlanBody, now: PushPlanBody): string[] {
  const before = byInstance(seen);
  const after = byInstance(now);
  const lists = {
    joined: [...after.keys()].filter((id) => !before.has(id)),
    left: [...before.keys()].filter((id) => !after.has(id)),
    changed: [...after].filter(([id, to]) => before.has(id) && before.get(id) !== to).map(([id]) => id),
  };
  return movedText(context, lists);
}

/** The same lists as lines; an empty list is left out. */
export function movedText(
  context: Context,
  lists: {
    readonly joined: readonly string[];
    readonly left: readonly string[];
    readonly changed: readonly string[];
  },
): string[] {
  return (['joined', 'left', 'changed'] as const)
    .filter((list) => lists[list].length > 0)
    .map((list) => context.say(movedWords[list], { names: someNames(context, lists[list]) }));
}

const movedWords = {
  joined: { en: 'joined: {names}', zh: '新增：{names}' },
  left: { en: 'left: {names}', zh: '离开：{names}' },
  changed: { en: 'would change otherwise now: {names}', zh: '变化不同：{names}' },
} as const;

/** What changes for each instance, as a text that is equal when it is the same change. */
function byInstance(plan: PushPlanBody): Map<string, string> {
  const texts = plan.variants.map(({ namespaces }) =>
    JSON.stringify(namespaces.map(({ namespace, before, after }) => [namespace, before, after])),
  );
  const nameOf = ({ app, instanceId }: PushPlanBody['targets'][number]): string =>
    app === undefined ? instanceId : `${app}/${instanceId}`;
  return new Map(plan.targets.map((t) => [nameOf(t), texts[t.variant] ?? '']));
}
