import { contracts, type ReleaseSummary } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Button } from 'antd';
import { bytes, shortDigest } from '../../../lib/format.ts';
import { useDeliveryText } from '../../../lib/i18n/delivery/delivery-texts.ts';
import { read } from '../../../lib/transport.ts';
import { changeLook } from '../../../parts/changes-table.tsx';
import { Action } from '../../../ui/action.tsx';
import { Moment } from '../../../ui/age.tsx';
import { Badge } from '../../../ui/badge.tsx';
import { type Column, DataTable } from '../../../ui/data-table.tsx';
import { Empty } from '../../../ui/empty.tsx';
import { Loaded } from '../../../ui/loaded.tsx';
import { Section } from '../../../ui/page.tsx';
import { Pager } from '../../../ui/pager.tsx';
import { Row } from '../../../ui/stack.tsx';
import { useNamespace } from '../namespace-context.ts';
import { ReleaseDiff } from './release-diff.tsx';

/** Releases of a namespace, newest first; each shows what it would change and goes back with two actions. */
export function HistoryTab() {
  const t = useDeliveryText();
  const { place, namespace, mayPublish, rollBackTo } = useNamespace();
  const { release, before } = useSearch({
    from: '/shell/environments/$env/apps/$app/namespaces/$ns/history',
  });
  const navigate = useNavigate({ from: '/environments/$env/apps/$app/namespaces/$ns/history' });
  const history = useQuery(
    read(contracts.listHistory, { params: place, query: { limit: '30', ...(before && { before }) } }),
  );
  const liveNumber = namespace.live?.number;
  const liveDigest = namespace.live?.digest;
  const toggle = (row: ReleaseSummary): void =>
    void navigate({
      search: { release: release === String(row.number) ? undefined : String(row.number), before },
      replace: true,
    });
  const columns: Column<ReleaseSummary>[] = [
    {
      key: 'n',
      title: t.history.release,
      cell: (row) => (
        <Row gap={6}>
          <strong className="num">{row.number}</strong>
          <Badge tone={changeLook[row.kind].tone} sign={changeLook[row.kind].sign}>
            {row.restored === undefined ? t.changes.kind[row.kind] : t.history.restored(row.restored)}
          </Badge>
          {row.number === liveNumber && <Badge tone="ok">{t.history.live}</Badge>}
          {row.number !== liveNumber && row.kind !== 'delete' && row.digest === liveDigest && (
            <Badge tone="idle" sign="=">
              {t.history.asLive}
            </Badge>
          )}
        </Row>
      ),
    },
    { key: 'why', title: t.changes.why, cell: (row) => row.message || <span className="quiet">–</span> },
    { key: 'who', title: t.changes.who, cell: (row) => row.author },
    { key: 'at', title: t.changes.at, cell: (row) => <Moment at={row.createdAt} /> },
    {
      key: 'digest',
      title: t.push.digest,
      minor: true,
      cell: (row) => (
        <>
          <code title={row.digest}>{shortDigest(row.digest)}</code>{' '}
          <span className="quiet">{bytes(row.sizeBytes)}</span>
        </>
      ),
    },
    {
      key: 'do',
      title: <span className="visually-hidden">{t.history.actions}</span>,
      align: 'right',
      cell: (row) => (
        <Row end gap={6}>
          {row.pushId && (
            <Link
              to="/environments/$env/apps/$app/pushes/$push"
              params={{ env: place.env, app: place.app, push: row.pushId }}
            >
              {t.changes.whoHasIt}
            </Link>
          )}
          <Button size="small" aria-expanded={release === String(row.number)} onClick={() => toggle(row)}>
            {t.history.diff}
          </Button>
          {row.number !== liveNumber && row.kind !== 'delete' && (
            <Action size="small" blocked={mayPublish.reason} onClick={() => rollBackTo(row.number)}>
              {t.rollback.open(row.number)}
            </Action>
          )}
        </Row>
      ),
    },
  ];
  return (
    <Section flush title={t.namespace.history}>
      <Loaded of={history}>
        {({ items, next }) => (
          <>
            <DataTable
              label={t.namespace.history}
              columns={columns}
              rows={items}
              rowKey={(row) => String(row.number)}
              tone={(row) => (row.number === liveNumber ? 'current' : undefined)}
              detail={(row) => release === String(row.number) && <ReleaseDiff release={row} />}
              empty={<Empty title={t.history.none}>{t.history.noneHint}</Empty>}
            />
            <Pager
              newest={before === undefined}
              older={next}
              go={(cursor) => void navigate({ search: { release: undefined, before: cursor } })}
            />
          </>
        )}
      </Loaded>
    </Section>
  );
}
