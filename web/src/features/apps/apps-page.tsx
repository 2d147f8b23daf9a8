import { contracts } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { Input } from 'antd';
import { useState } from 'react';
import { useMay } from '../../lib/access.ts';
import { useText } from '../../lib/i18n/language.ts';
import { useWatch } from '../../lib/live/link.ts';
import { read } from '../../lib/transport.ts';
import { AppsTable } from '../../parts/apps-table.tsx';
import { Action } from '../../ui/action.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { CreateApp } from './create-app.tsx';

/** Every app with its instances at a glance. */
export function AppsPage() {
  const t = useText();
  const { env } = useParams({ from: '/shell/environments/$env/apps' });
  const { q } = useSearch({ from: '/shell/environments/$env/apps' });
  const navigate = useNavigate({ from: '/environments/$env/apps' });
  const [creating, setCreating] = useState(false);
  const may = useMay('app:manage');
  useWatch({ of: 'environment', environment: env });
  const apps = useQuery(read(contracts.listAppsOf, { params: { env } }));
  const create = (
    <Action type="primary" blocked={may.reason} onClick={() => setCreating(true)}>
      {t.apps.create}
    </Action>
  );
  return (
    <Page name={t.shell.apps} title={t.shell.apps} actions={create}>
      <Section
        flush
        aside={
          <Input
            allowClear
            aria-label={t.apps.filter}
            placeholder={t.apps.filter}
            style={{ width: 260 }}
            value={q ?? ''}
            onChange={(event) =>
              void navigate({ search: { q: event.target.value || undefined }, replace: true })
            }
          />
        }
      >
        <Loaded of={apps}>
          {({ items }) => (
            <AppsTable
              env={env}
              apps={items.filter((each) => matches(q, `${each.name} ${each.title} ${each.owner}`))}
              empty={
                items.length > 0 ? (
                  <Empty title={t.common.nothingMatches(q ?? '')} />
                ) : (
                  <Empty title={t.apps.none} action={create}>
                    {t.apps.noneHint}
                  </Empty>
                )
              }
            />
          )}
        </Loaded>
      </Section>
      {creating && <CreateApp env={env} onClose={() => setCreating(false)} />}
    </Page>
  );
}

const matches = (q: string | undefined, text: string): boolean =>
  q === undefined || text.toLowerCase().includes(q.toLowerCase());
