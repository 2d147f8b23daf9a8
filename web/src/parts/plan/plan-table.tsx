import type { PushPlanBody } from '@sluice/protocol';
import { Link } from '@tanstack/react-router';
import { useDeliveryText } from '../../lib/i18n/delivery/delivery-texts.ts';
import { useWords } from '../../lib/i18n/words.ts';
import { Badge } from '../../ui/badge.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Empty } from '../../ui/empty.tsx';
import styles from './plan.module.css';
import { entryText } from './plan-changes.tsx';

type Target = PushPlanBody['targets'][number];

interface Props {
  readonly env: string;
  readonly app: string;
  readonly plan: PushPlanBody;
  /** Only what fits these words is listed. */
  readonly filter?: string;
}

/** Of so many changes a row tells each; of more it tells how many, and the variant above tells which. */
const toldInRow = 2;

/** Everybody whom a plan changes, by name: from what to what, why, and whether it is there to hear it. */
export function PlanTable({ env, app, plan, filter = '' }: Props) {
  const t = useDeliveryText();
  const say = useWords();
  const several = plan.variants.length > 1;
  const rows = filter
    ? plan.targets.filter((each) => each.instanceId.toLowerCase().includes(filter.toLowerCase()))
    : plan.targets;
  const columns: Column<Target>[] = [
    {
      key: 'id',
      title: t.push.instance,
      whole: true,
      cell: (row) => (
        <>
          <Link
            to="/environments/$env/apps/$app/instances/$instance"
            params={{ env, app: row.app ?? app, instance: row.instanceId }}
            className="mono"
            data-target={row.instanceId}
          >
            {row.instanceId}
          </Link>
          {row.app !== undefined && row.app !== app && <span className="quiet"> · {row.app}</span>}
        </>
      ),
    },
    {
      key: 'state',
      title: t.plan.holds,
      cell: (row) =>
        row.online ? (
          <Badge {...holdingLook[row.holding]}>{t.plan.holding[row.holding]}</Badge>
        ) : (
          <Badge tone="idle" sign="○">
            {t.publish.whenItReturns}
          </Badge>
        ),
    },
    {
      key: 'change',
      title: t.plan.nowToNew,
      cell: (row) => (
        <>
          {several && <span className={styles.letter}>{variantName(row.variant)}</span>}
          <ChangeWords plan={plan} variant={row.variant} />
        </>
      ),
    },
    {
      key: 'why',
      title: t.plan.why,
      minor: true,
      cell: (row) => (
        <span className="quiet">
          {[...new Set(row.reasons.map((each) => say(each.why)))].join(t.common.comma)}
        </span>
      ),
    },
  ];
  return (
    <DataTable
      label={t.plan.list}
      columns={columns}
      rows={rows}
      rowKey={(row) => `${row.app ?? ''} ${row.instanceId}`}
      tone={(row) => (row.online ? undefined : 'muted')}
      empty={<Empty title={filter ? t.common.nothingMatches(filter) : t.plan.nobody} />}
      virtual
    />
  );
}

const holdingLook = {
  before: { tone: 'busy', sign: '→' },
  after: { tone: 'idle', sign: '=' },
  other: { tone: 'warn', sign: '≠' },
  unknown: { tone: 'warn', sign: '?' },
} as const;

/** `A`, `B`, …, then numbers: what a group of instances with the same change is called in one plan. */
export const variantName = (index: number): string =>
  index < 26 ? String.fromCharCode(65 + index) : String(index + 1);

function ChangeWords({ plan, variant }: { readonly plan: PushPlanBody; readonly variant: number }) {
  const t = useDeliveryText();
  const namespaces = plan.variants[variant]?.namespaces ?? [];
  const changes = namespaces.flatMap(({ namespace, changes: all }) =>
    all.map((change) => ({ ...change, namespace })),
  );
  const isWhole = changes.some((change) => change.key === '');
  if (changes.length > toldInRow || isWhole) return <span>{t.plan.changes(changes.length)}</span>;
  return (
    <span className={styles.changes}>
      {changes.map(({ namespace, key, before, after }) => (
        <span key={`${namespace} ${key}`} className={styles.change}>
          <code>{namespaces.length > 1 ? `${namespace}.${key}` : key}</code>{' '}
          <code className={styles.before}>{entryText(before) ?? t.diff.nothing}</code>
          {' → '}
          <code className={styles.after}>{entryText(after) ?? t.diff.nothing}</code>
        </span>
      ))}
    </span>
  );
}
