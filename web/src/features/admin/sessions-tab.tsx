import { contracts, type ResponseOf, type Session } from '@sluice/protocol';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { useMay } from '../../lib/access.ts';
import { type AdminTexts, useAdminText } from '../../lib/i18n/admin/admin-texts.ts';
import type { Problem } from '../../lib/problem.ts';
import { call, keyOf, read } from '../../lib/transport.ts';
import { Action } from '../../ui/action.tsx';
import { Age, Moment } from '../../ui/age.tsx';
import { Badge } from '../../ui/badge.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Section } from '../../ui/page.tsx';
import { ProblemBox } from '../../ui/problem-box.tsx';
import { Stack } from '../../ui/stack.tsx';
import { browserName } from './browser-name.ts';

type Theirs = ResponseOf<typeof contracts.listSessions>['items'][number];

/** One's own sessions for everybody; all of them for those who manage users. */
export function SessionsTab() {
  const may = useMay('user:manage');
  return (
    <Stack gap={14}>
      <OwnSessions />
      {may.allowed && <AllSessions />}
    </Stack>
  );
}

function columnsOf(t: AdminTexts): Column<Session>[] {
  return [
    {
      key: 'browser',
      title: t.sessions.browser,
      cell: (row) => (
        <>
          <span title={row.userAgent}>{browserName(row.userAgent) ?? t.sessions.unknownBrowser}</span>{' '}
          {row.isThis && <Badge tone="accent">{t.sessions.isThis}</Badge>}
        </>
      ),
    },
    { key: 'from', title: t.sessions.from, cell: (row) => <code>{row.remoteAddress}</code> },
    { key: 'begun', title: t.sessions.begun, minor: true, cell: (row) => <Moment at={row.createdAt} /> },
    { key: 'used', title: t.sessions.lastUsed, cell: (row) => <Age at={row.lastSeenAt} /> },
    { key: 'ends', title: t.sessions.ends, minor: true, cell: (row) => <Moment at={row.endsAt} /> },
  ];
}

function useRefresh() {
  const client = useQueryClient();
  return async (): Promise<void> => {
    await client.invalidateQueries({ queryKey: [keyOf(contracts.listOwnSessions)[0]] });
    await client.invalidateQueries({ queryKey: [keyOf(contracts.listSessions)[0]] });
  };
}

function OwnSessions() {
  const t = useAdminText();
  const refresh = useRefresh();
  const own = useQuery(read(contracts.listOwnSessions));
  const end = useMutation<unknown, Problem, Session>({
    mutationFn: (session) => call(contracts.endOwnSession, { params: { session: session.id } }),
    onSuccess: refresh,
  });
  const endOthers = useMutation<unknown, Problem>({
    mutationFn: () => call(contracts.endOtherSessions),
    onSuccess: refresh,
  });
  const others = own.data?.items.filter((session) => !session.isThis).length ?? 0;
  const columns: Column<Session>[] = [
    ...columnsOf(t),
    {
      key: 'do',
      title: <span className="visually-hidden">{t.history.actions}</span>,
      align: 'right',
      cell: (row) =>
        !row.isThis && (
          <Button
            size="small"
            danger
            aria-label={t.sessions.endOf(browserName(row.userAgent) ?? t.sessions.unknownBrowser)}
            loading={end.isPending && end.variables.id === row.id}
            onClick={() => end.mutate(row)}
          >
            {t.sessions.end}
          </Button>
        ),
    },
  ];
  return (
    <Section
      flush
      title={t.shell.ownSessions}
      aside={
        <Action
          blocked={others === 0 ? t.sessions.noOthers : undefined}
          loading={endOthers.isPending}
          onClick={() => endOthers.mutate()}
        >
          {t.sessions.endOthers(others)}
        </Action>
      }
    >
      {end.isError && <ProblemBox error={end.error} />}
      {endOthers.isError && <ProblemBox error={endOthers.error} />}
      <Loaded of={own}>
        {({ items }) => (
          <DataTable
            label={t.shell.ownSessions}
            columns={columns}
            rows={items}
            rowKey={(row) => row.id}
            tone={(row) => (row.isThis ? 'current' : undefined)}
            empty={<Empty title={t.sessions.noneOwn} />}
          />
        )}
      </Loaded>
      <p className="quiet" style={{ padding: '8px 14px', margin: 0 }}>
        {t.sessions.hint}
      </p>
    </Section>
  );
}

function AllSessions() {
  const t = useAdminText();
  const refresh = useRefresh();
  const all = useQuery(read(contracts.listSessions));
  const end = useMutation<unknown, Problem, Theirs>({
    mutationFn: ({ user }) => call(contracts.endUserSessions, { params: { user: user.id } }),
    onSuccess: refresh,
  });
  const columns: Column<Theirs>[] = [
    { key: 'user', title: t.admin.user, cell: (row) => <strong>{row.user.name}</strong> },
    ...columnsOf(t),
    {
      key: 'do',
      title: <span className="visually-hidden">{t.history.actions}</span>,
      align: 'right',
      cell: (row) => (
        <Button
          size="small"
          danger
          loading={end.isPending && end.variables.id === row.id}
          onClick={() => end.mutate(row)}
        >
          {t.sessions.endAllOf(row.user.name)}
        </Button>
      ),
    },
  ];
  return (
    <Section flush title={t.sessions.everybody}>
      {end.isError && <ProblemBox error={end.error} />}
      <Loaded of={all}>
        {({ items }) => (
          <DataTable
            label={t.sessions.everybody}
            columns={columns}
            rows={items}
            rowKey={(row) => row.id}
            empty={<Empty title={t.sessions.none} />}
          />
        )}
      </Loaded>
    </Section>
  );
}
