import { contracts } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { Select } from 'antd';
import { useText } from '../lib/i18n/language.ts';
import { read } from '../lib/transport.ts';

/** Narrows a list of an environment down to one of its apps; undefined is all of them. */
export function AppFilter({
  environment,
  app,
  onChange,
}: {
  readonly environment: string;
  readonly app: string | undefined;
  readonly onChange: (app: string | undefined) => void;
}) {
  const t = useText();
  const apps = useQuery(read(contracts.listAppsOf, { params: { env: environment } }));
  return (
    <Select
      aria-label={t.changes.onlyApp}
      placeholder={t.changes.everyApp}
      allowClear
      showSearch
      style={{ minWidth: 200 }}
      value={app}
      options={(apps.data?.items ?? []).map((each) => ({ value: each.name, label: each.name }))}
      onChange={(next: string | undefined) => onChange(next)}
    />
  );
}
