import { contracts } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { Select } from 'antd';
import { useText } from '../../lib/i18n/language.ts';
import { useWatch } from '../../lib/live/link.ts';
import { read } from '../../lib/transport.ts';
import { ChangesTable } from '../../parts/changes-table.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { Pager } from '../../ui/pager.tsx';

/** Releases, rollbacks and deletions of an environment, newest first. */
export function ChangesPage() {
  const t = useText();
  const { env } = useParams({ from: '/shell/environments/$env/changes' });
  const { app, before } = useSearch({ from: '/shell/environments/$env/changes' });
  const navigate = useNavigate({ from: '/environments/$env/changes' });
  useWatch({ of: 'environment', environment: env });
  const apps = useQuery(read(contracts.listAppsOf, { params: { env } }));
  const changes = useQuery(
    read(contracts.listChanges, {
      params: { env },
      query: { limit: '50', ...(app && { app }), ...(before && { before }) },
    }),
  );
  return (
    <Page name={t.shell.changes} title={t.shell.changes}>
      <Section
        flush
        aside={
          <Select
            aria-label={t.changes.onlyApp}
            placeholder={t.changes.everyApp}
            allowClear
            showSearch
            style={{ minWidth: 220 }}
            value={app}
            options={(apps.data?.items ?? []).map((each) => ({ value: each.name, label: each.name }))}
            onChange={(next: string | undefined) =>
              void navigate({ search: { app: next, before: undefined } })
            }
          />
        }
      >
        <Loaded of={changes} rows={10}>
          {({ items, next }) => (
            <>
              <ChangesTable env={env} changes={items} />
              <Pager
                newest={before === undefined}
                older={next}
                go={(cursor) => void navigate({ search: { app, before: cursor } })}
              />
            </>
          )}
        </Loaded>
      </Section>
    </Page>
  );
}
