import { changeKinds, contracts } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { Input, Select } from 'antd';
import { useState } from 'react';
import { useText } from '../../lib/i18n/language.ts';
import { useWatch } from '../../lib/live/link.ts';
import { read } from '../../lib/transport.ts';
import { AppFilter } from '../../parts/app-filter.tsx';
import { ChangesTable } from '../../parts/changes-table.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { Pager } from '../../ui/pager.tsx';

/** Releases, rollbacks and deletions of an environment, newest first. */
export function ChangesPage() {
  const t = useText();
  const { env } = useParams({ from: '/shell/environments/$env/changes' });
  const { app, before, kind, actor } = useSearch({ from: '/shell/environments/$env/changes' });
  const [who, setWho] = useState(actor ?? '');
  const only = changeKinds.find((each) => each === kind);
  const navigate = useNavigate({ from: '/environments/$env/changes' });
  useWatch({ of: 'environment', environment: env });
  const changes = useQuery(
    read(contracts.listChanges, {
      params: { env },
      query: {
        limit: '50',
        ...(app && { app }),
        ...(before && { before }),
        ...(only && { kind: only }),
        ...(actor && { actor }),
      },
    }),
  );
  const filters = { app, kind, actor };
  const filter = (next: Partial<typeof filters>): void =>
    void navigate({ search: { ...filters, ...next, before: undefined } });
  const isFiltered = app !== undefined || only !== undefined || actor !== undefined;
  return (
    <Page name={t.shell.changes} title={t.shell.changes}>
      <Section
        flush
        aside={
          <>
            <AppFilter environment={env} app={app} onChange={(next) => filter({ app: next })} />
            <Select
              aria-label={t.changes.what}
              placeholder={t.changes.everyKind}
              allowClear
              style={{ minWidth: 200 }}
              value={only}
              options={changeKinds.map((value) => ({ value, label: t.changes.kind[value] }))}
              onChange={(next: string | undefined) => filter({ kind: next })}
            />
            <Input
              allowClear
              aria-label={t.changes.byWhom}
              placeholder={t.changes.byWhom}
              style={{ width: 190 }}
              value={who}
              onChange={(event) => {
                setWho(event.target.value);
                if (event.target.value === '') filter({ actor: undefined });
              }}
              onPressEnter={() => filter({ actor: who || undefined })}
              onBlur={() => (who || undefined) !== actor && filter({ actor: who || undefined })}
            />
          </>
        }
      >
        <Loaded of={changes} rows={10}>
          {({ items, next }) => (
            <>
              <ChangesTable env={env} changes={items} filtered={isFiltered} />
              <Pager
                newest={before === undefined}
                older={next}
                go={(cursor) => void navigate({ search: { ...filters, before: cursor } })}
              />
            </>
          )}
        </Loaded>
      </Section>
    </Page>
  );
}
