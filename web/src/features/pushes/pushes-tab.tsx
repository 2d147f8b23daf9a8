import { contracts, type Push } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { Select } from 'antd';
import { useDeliveryText } from '../../lib/i18n/delivery/delivery-texts.ts';
import { read } from '../../lib/transport.ts';
import { LinkedBadge } from '../../parts/linked.tsx';
import { PushStateBadge } from '../../parts/push-state-badge.tsx';
import { wordsOfPush } from '../../parts/push-words.ts';
import { TimeLeft } from '../../parts/time-left.tsx';
import { pushTone } from '../../parts/verdict-line.tsx';
import { Moment } from '../../ui/age.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Section } from '../../ui/page.tsx';
import { Pager } from '../../ui/pager.tsx';
import { Progress } from '../../ui/share-bar.tsx';

const states = [
  'open',
  'inForce',
  'planned',
  'running',
  'paused',
  'verifying',
  'converged',
  'diverged',
  'promoted',
  'halted',
  'abandoned',
] as const;

/** Pushes of an app: those that wait for something first, then all, newest first; filters live in the address. */
export function PushesTab() {
  const t = useDeliveryText();
  const { env, app } = useParams({ from: '/shell/environments/$env/apps/$app/pushes' });
  const { namespace, state, before } = useSearch({ from: '/shell/environments/$env/apps/$app/pushes' });
  const navigate = useNavigate({ from: '/environments/$env/apps/$app/pushes' });
  const namespaces = useQuery(read(contracts.listNamespaces, { params: { env, app } }));
  const only = states.find((each) => each === state);
  const inNamespace = namespace === undefined ? {} : { namespace };
  const open = useQuery({
    ...read(contracts.listPushes, { params: { env, app }, query: { ...inNamespace, state: 'open' } }),
    enabled: only === undefined && before === undefined,
  });
  const pushes = useQuery(
    read(contracts.listPushes, {
      params: { env, app },
      query: { ...inNamespace, ...(only && { state: only }), ...(before && { before }) },
    }),
  );
  const filter = (part: { namespace?: string | undefined; state?: string | undefined }): void =>
    void navigate({ search: { namespace, state, ...part, before: undefined } });
  const waiting = only === undefined && before === undefined ? (open.data?.items ?? []) : [];
  return (
    <>
      {waiting.length > 0 && (
        <Section flush title={t.push.openOnes(waiting.length)}>
          <Pushes env={env} app={app} pushes={waiting} label={t.push.openOnes(waiting.length)} />
        </Section>
      )}
      <Section
        flush
        title={t.apps.pushes}
        aside={
          <>
            <Select
              aria-label={t.push.stateTitle}
              placeholder={t.push.everyState}
              allowClear
              style={{ minWidth: 170 }}
              value={only}
              options={states.map((each) => ({
                value: each,
                label:
                  each === 'open'
                    ? t.push.open
                    : each === 'inForce'
                      ? t.push.inForce
                      : t.push.pushState[each],
              }))}
              onChange={(next: string | undefined) => filter({ state: next })}
            />
            <Select
              aria-label={t.push.onlyNamespace}
              placeholder={t.push.everyNamespace}
              allowClear
              style={{ minWidth: 200 }}
              value={namespace}
              options={(namespaces.data?.items ?? []).map((each) => ({
                value: each.name,
                label: each.name,
              }))}
              onChange={(next: string | undefined) => filter({ namespace: next })}
            />
          </>
        }
      >
        <Loaded of={pushes}>
          {({ items, next }) => (
            <>
              <Pushes
                env={env}
                app={app}
                pushes={items}
                label={t.apps.pushes}
                filtered={only !== undefined || namespace !== undefined}
              />
              <Pager
                newest={before === undefined}
                older={next}
                go={(cursor) => void navigate({ search: { namespace, state, before: cursor } })}
              />
            </>
          )}
        </Loaded>
      </Section>
    </>
  );
}

interface ListProps {
  readonly env: string;
  readonly app: string;
  readonly label: string;
  readonly pushes: readonly Push[];
  readonly filtered?: boolean;
}

function Pushes({ env, app, label, pushes, filtered = false }: ListProps) {
  const t = useDeliveryText();
  const columns: Column<Push>[] = [
    { key: 'at', title: t.changes.at, width: '160px', cell: (row) => <Moment at={row.createdAt} /> },
    {
      key: 'what',
      title: t.push.what,
      cell: (row) => (
        <Link to="/environments/$env/apps/$app/pushes/$push" params={{ env, app, push: row.id }}>
          {wordsOfPush(row, t)}
        </Link>
      ),
    },
    { key: 'mode', title: t.push.mode, cell: (row) => <ModeCell push={row} /> },
    {
      key: 'state',
      title: t.push.stateTitle,
      cell: (row) => (
        <>
          <PushStateBadge push={row} /> <LinkedBadge linked={row.linked} />
        </>
      ),
    },
    {
      key: 'holding',
      title: t.push.holding,
      align: 'right',
      cell: (row) => (
        <>
          <Progress
            done={row.verdict.holding}
            of={row.verdict.targets}
            label={t.push.holding}
            tone={pushTone(row)}
          />{' '}
          {row.verdict.holding}/{row.verdict.targets}
        </>
      ),
    },
    {
      key: 'why',
      title: t.changes.why,
      minor: true,
      cell: (row) => row.message || <span className="quiet">–</span>,
    },
    { key: 'who', title: t.changes.who, whole: true, cell: (row) => row.createdBy },
  ];
  return (
    <DataTable
      label={label}
      columns={columns}
      rows={pushes}
      rowKey={(row) => row.id}
      empty={
        filtered ? <Empty title={t.push.noneSuch} /> : <Empty title={t.push.none}>{t.push.noneHint}</Empty>
      }
    />
  );
}

function ModeCell({ push }: { readonly push: Push }) {
  const t = useDeliveryText();
  const { step, expiresAt, mode, state } = push;
  const over = state === 'abandoned' || state === 'promoted';
  return (
    <>
      {t.push.modes[mode]}
      {step && step.of > 1 && !over && (
        <span className="quiet"> · {t.track.step(step.index + 1, step.of)}</span>
      )}{' '}
      {expiresAt !== undefined && !over && <TimeLeft until={expiresAt} />}
    </>
  );
}
