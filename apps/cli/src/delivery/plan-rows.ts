import type { ErrorText, Json } from '@sluice/core';
import type { PushPlanBody } from '@sluice/protocol';
import type { Context } from '../context.ts';
import { bothSides } from '../output/item-change.ts';
import type { Column } from '../output/output.ts';

type Target = PushPlanBody['targets'][number];
type Change = PushPlanBody['variants'][number]['namespaces'][number]['changes'][number];

/** One instance of a plan with all that changes for it, as programs get it. */
export interface PlanRow extends Omit<Target, 'variant'> {
  readonly changes: readonly (Change & { readonly namespace: string })[];
}

/** The plan by instance: each with its own old and new values, and why it is among them. */
function planRows(plan: PushPlanBody): PlanRow[] {
  return plan.targets.map(({ variant, ...target }) => ({
    ...target,
    changes: (plan.variants[variant]?.namespaces ?? []).flatMap(({ namespace, changes }) =>
      changes.map((change) => ({ namespace, ...change })),
    ),
  }));
}

/** The whole plan as programs get it. */
function planData(plan: PushPlanBody): object {
  const { hash, revision, counts, payload, unmoved, unknown, warnings } = plan;
  return { hash, revision, counts, payload, targets: planRows(plan), unmoved, unknown, warnings };
}

/** One line of the table: one value of one instance. */
interface Line {
  readonly row: PlanRow;
  readonly change: PlanRow['changes'][number] | undefined;
}

/** Prints exactly who changes, from what to what and why. */
export async function showPlan(context: Context, plan: PushPlanBody, around: object): Promise<void> {
  const { output } = context;
  const rows = planRows(plan);
  if (output.format === 'json' || output.format === 'yaml')
    return output.one({ ...around, plan: planData(plan) }, () => '');
  if (output.format === 'ndjson') return output.list(rows, []);
  const lines = rows.flatMap((row): Line[] =>
    row.changes.length === 0 ? [{ row, change: undefined }] : row.changes.map((change) => ({ row, change })),
  );
  const columns: Column<Line>[] = [
    { head: { en: 'INSTANCE', zh: '实例' }, cell: ({ row }) => nameOf(row) },
    { head: { en: 'STATE', zh: '状态' }, cell: ({ row }) => stateText(context, row) },
    {
      head: { en: 'KEY', zh: '配置项' },
      cell: ({ change }) =>
        change ? (change.key === '' ? change.namespace : `${change.namespace}.${change.key}`) : '-',
    },
    { head: { en: 'NOW', zh: '现值' }, cell: ({ change }) => (change ? sides(change)[0] : '-') },
    { head: { en: 'THEN', zh: '新值' }, cell: ({ change }) => (change ? sides(change)[1] : '-') },
    { head: { en: 'WHY', zh: '原因' }, cell: ({ row, change }) => whyText(context, row, change?.namespace) },
  ];
  await output.list(lines, columns);
}

/** An instance of another app, which links what is released, is called by its app too. */
const nameOf = ({ app, instanceId }: PlanRow): string =>
  app === undefined ? instanceId : `${app}/${instanceId}`;

const sides = ({ key, change, before, after }: Change): [string, string] =>
  bothSides({ key, change, ...sideOf('before', before), ...sideOf('after', after) });

const sideOf = (name: 'before' | 'after', value: Json | undefined): { before?: Json; after?: Json } =>
  value === undefined ? {} : { [name]: value };

function stateText({ say }: Context, row: PlanRow): string {
  const words: ErrorText[] = [row.online ? { en: 'online', zh: '在线' } : { en: 'offline', zh: '离线' }];
  if (row.online && row.holding === 'other')
    words.push({ en: 'holds something else now', zh: '目前持有其他内容' });
  return words.map((word) => say(word)).join(', ');
}

function whyText({ language }: Context, row: PlanRow, namespace: string | undefined): string {
  const reasons = row.reasons.filter((r) => namespace === undefined || r.namespace === namespace);
  return [...new Set(reasons.map((r) => r.why[language]))].join('; ');
}
