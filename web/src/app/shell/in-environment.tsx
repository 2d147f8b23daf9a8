import { contracts } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { Link, Outlet, useParams } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useText } from '../../lib/i18n/language.ts';
import { read } from '../../lib/transport.ts';
import { Empty, LoadingRows } from '../../ui/empty.tsx';

/** Pages of an environment; of one that isn't there, one word instead of an error in every place. */
export function InEnvironment() {
  const t = useText();
  const { env } = useParams({ strict: false });
  const { data, isFetching, refetch } = useQuery({ ...read(contracts.listEnvironments), staleTime: 30_000 });
  const isMissing = data !== undefined && !data.items.some(({ name }) => name === env);
  // It may have been made since the list was read.
  useEffect(() => {
    if (isMissing && env !== undefined) void refetch();
  }, [isMissing, env, refetch]);
  if (!isMissing) return <Outlet />;
  if (isFetching) return <LoadingRows label={t.common.loading} />;
  return (
    <Empty title={t.shell.noSuchEnvironment(env ?? '')} action={<Link to="/">{t.shell.toOverview}</Link>}>
      {data.items.length > 0 && t.shell.thereAre(data.items.map(({ name }) => name).join(t.common.comma))}
    </Empty>
  );
}
