import { contracts, type ResponseOf } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button, Select } from 'antd';
import { useState } from 'react';
import { nowMs } from '../../../lib/clock.ts';
import { shortDigest } from '../../../lib/format.ts';
import { useDeliveryText } from '../../../lib/i18n/delivery/delivery-texts.ts';
import { read } from '../../../lib/transport.ts';
import { Moment } from '../../../ui/age.tsx';
import { CodeEditor } from '../../../ui/code/lazy.tsx';
import { type Column, DataTable } from '../../../ui/data-table.tsx';
import { Empty } from '../../../ui/empty.tsx';
import { Loaded } from '../../../ui/loaded.tsx';
import { Section } from '../../../ui/page.tsx';
import { localOfMoment, momentOfLocal } from './local-moment.ts';

type Held = ResponseOf<typeof contracts.instanceTimeline>['items'][number];

interface Props {
  readonly place: { readonly env: string; readonly app: string; readonly instance: string };
  readonly namespaces: readonly string[];
  /** The moment that is asked about; absent: all changes of the last day. */
  readonly at: string | undefined;
  readonly ask: (at: string | undefined) => void;
}

const dayMs = 86_400_000;

const rowKey = (row: Held): string => `${row.namespace} ${row.since}`;

/** What an instance ran at a moment, or every change of it in the last day. */
export function PastSection({ place, namespaces, at, ask }: Props) {
  const t = useDeliveryText();
  const [namespace, setNamespace] = useState<string>();
  const [open, setOpen] = useState<string>();
  const [aDayAgo] = useState(() => new Date(nowMs() - dayMs).toISOString());
  const timeline = useQuery(
    read(contracts.instanceTimeline, {
      params: place,
      query: {
        ...(at === undefined ? { from: aDayAgo } : { at }),
        ...(namespace !== undefined && { namespace }),
      },
    }),
  );
  const { env, app } = place;
  const columns: Column<Held>[] = [
    { key: 'since', title: t.past.since, cell: (row) => <Moment at={row.since} /> },
    {
      key: 'until',
      title: t.past.until,
      cell: (row) =>
        row.until === undefined ? <span className="quiet">{t.past.still}</span> : <Moment at={row.until} />,
    },
    { key: 'ns', title: t.namespaces.namespace, cell: (row) => row.namespace },
    {
      key: 'held',
      title: t.instances.holds,
      cell: (row) =>
        row.digest === null ? (
          <span className="quiet">{t.past.nothing}</span>
        ) : (
          <>
            {row.release !== undefined && <>{t.namespaces.release(row.release)} </>}
            <code className="quiet" title={row.digest}>
              {shortDigest(row.digest)}
            </code>
          </>
        ),
    },
    {
      key: 'push',
      title: t.push.title,
      cell: (row) =>
        row.pushId === undefined ? (
          <span className="quiet">–</span>
        ) : (
          <Link to="/environments/$env/apps/$app/pushes/$push" params={{ env, app, push: row.pushId }}>
            {t.push.openPage}
          </Link>
        ),
    },
    {
      key: 'content',
      title: t.past.content,
      align: 'right',
      cell: (row) =>
        row.content === undefined ? (
          <span className="quiet">{row.digest === null ? '–' : t.past.lost}</span>
        ) : (
          <Button
            size="small"
            aria-expanded={open === rowKey(row)}
            onClick={() => setOpen(open === rowKey(row) ? undefined : rowKey(row))}
          >
            {open === rowKey(row) ? t.past.hide : t.past.show}
          </Button>
        ),
    },
  ];
  return (
    <Section
      flush
      title={t.past.title}
      aside={
        <>
          <Select
            aria-label={t.namespaces.namespace}
            placeholder={t.past.every}
            allowClear
            style={{ minWidth: 170 }}
            value={namespace}
            options={namespaces.map((each) => ({ value: each, label: each }))}
            onChange={(next: string | undefined) => setNamespace(next)}
          />
          <label>
            {t.past.at}{' '}
            <input
              type="datetime-local"
              step={1}
              className="moment-input"
              value={at === undefined ? '' : localOfMoment(at)}
              max={localOfMoment(new Date(nowMs()).toISOString())}
              onChange={(event) => ask(momentOfLocal(event.target.value))}
            />
          </label>
          <Button size="small" disabled={at === undefined} onClick={() => ask(undefined)}>
            {t.past.now}
          </Button>
        </>
      }
    >
      <Loaded of={timeline}>
        {({ items, recordedSince }) => (
          <>
            <DataTable
              label={at === undefined ? t.past.changes : t.past.atMoment}
              columns={columns}
              rows={[...items].sort((a, b) => b.since.localeCompare(a.since))}
              rowKey={rowKey}
              detail={(row) =>
                open === rowKey(row) &&
                row.content && (
                  <CodeEditor
                    label={t.past.content}
                    language={row.content.kind === 'document' ? 'plain' : 'json'}
                    value={
                      row.content.kind === 'document'
                        ? row.content.text
                        : JSON.stringify(row.content.items, null, 2)
                    }
                  />
                )
              }
              empty={<Empty title={t.past.none} />}
            />
            {recordedSince !== undefined && (
              <p className="quiet" style={{ padding: '8px 14px' }}>
                {t.past.recorded} <Moment at={recordedSince} />
              </p>
            )}
          </>
        )}
      </Loaded>
    </Section>
  );
}
