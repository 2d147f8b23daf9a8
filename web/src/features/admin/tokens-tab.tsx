import { contracts, type Token } from '@sluice/protocol';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Button, Input, Select } from 'antd';
import { useState } from 'react';
import { useNow } from '../../lib/clock.ts';
import { useAdminText } from '../../lib/i18n/admin/admin-texts.ts';
import type { Problem } from '../../lib/problem.ts';
import { call, read } from '../../lib/transport.ts';
import { Age, Moment } from '../../ui/age.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Section } from '../../ui/page.tsx';
import { ProblemBox } from '../../ui/problem-box.tsx';
import { Row } from '../../ui/stack.tsx';
import { CreateToken } from './create-token.tsx';
import { usePlaces } from './places.ts';
import { RotateToken } from './rotate-token.tsx';
import { TokenKind, TokenOwner, TokenState } from './token-cells.tsx';
import { isSought, lifeOf } from './token-life.ts';

/** One's own tokens for everybody, and those of the places where one manages them. */
export function TokensTab() {
  const t = useAdminText();
  const client = useQueryClient();
  const { environment, app, q = '' } = useSearch({ from: '/shell/admin/tokens' });
  const now = useNow();
  const navigate = useNavigate({ from: '/admin/tokens' });
  const places = usePlaces();
  const [creating, setCreating] = useState(false);
  const [rotating, setRotating] = useState<Token>();
  /** The token whose button was pressed once: the second press revokes. */
  const [asked, setAsked] = useState<string>();
  const tokens = useQuery(
    read(contracts.listTokens, { query: { ...(environment && { environment }), ...(app && { app }) } }),
  );
  const revoke = useMutation<undefined, Problem, Token>({
    mutationFn: (token) => call(contracts.revokeToken, { params: { token: token.id } }),
    onSettled: () => setAsked(undefined),
    onSuccess: () => client.invalidateQueries({ queryKey: [contracts.listTokens.id] }),
  });
  const columns: Column<Token>[] = [
    {
      key: 'name',
      title: t.tokens.name,
      cell: (row) => (
        <>
          <strong>{row.name}</strong>{' '}
          <code className="quiet" title={row.prefix}>
            {row.prefix.slice(0, 12)}…
          </code>
        </>
      ),
    },
    { key: 'kind', title: t.tokens.kind, cell: (row) => <TokenKind token={row} /> },
    {
      key: 'where',
      title: t.tokens.where,
      cell: (row) => (
        <code>
          {row.environment} / {row.app}
        </code>
      ),
    },
    { key: 'owner', title: t.tokens.owner, cell: (row) => <TokenOwner token={row} /> },
    { key: 'state', title: t.push.stateTitle, cell: (row) => <TokenState token={row} /> },
    {
      key: 'used',
      title: t.tokens.lastUsed,
      cell: (row) =>
        row.lastUsedAt ? <Age at={row.lastUsedAt} /> : <span className="quiet">{t.admin.never}</span>,
    },
    {
      key: 'created',
      title: t.admin.created,
      minor: true,
      cell: (row) => (
        <>
          <Moment at={row.createdAt} /> <span className="quiet">{t.namespaces.by(row.createdBy)}</span>
        </>
      ),
    },
    {
      key: 'do',
      width: '176px',
      title: <span className="visually-hidden">{t.history.actions}</span>,
      align: 'right',
      cell: (row) =>
        row.revokedAt === undefined && (
          <Row end gap={6}>
            {lifeOf(row, now).is === 'inForce' && (
              <Button size="small" aria-label={t.tokens.rotateOf(row.name)} onClick={() => setRotating(row)}>
                {t.tokens.rotate}
              </Button>
            )}
            <Button
              size="small"
              danger
              type={asked === row.id ? 'primary' : 'default'}
              loading={revoke.isPending && revoke.variables.id === row.id}
              onClick={() => (asked === row.id ? revoke.mutate(row) : setAsked(row.id))}
              onBlur={() => setAsked(undefined)}
            >
              {asked === row.id ? t.tokens.revokeNow(row.name) : t.tokens.revoke}
            </Button>
          </Row>
        ),
    },
  ];
  return (
    <Section
      flush
      title={t.shell.adminPages.tokens}
      aside={
        <>
          <Input
            allowClear
            aria-label={t.tokens.search}
            placeholder={t.tokens.search}
            title={t.tokens.searchHint}
            style={{ width: 240 }}
            value={q}
            onChange={(event) =>
              // Of a secret that is pasted only the beginning stays in the address.
              void navigate({
                search: { environment, app, q: beginningOf(event.target.value) || undefined },
                replace: true,
              })
            }
          />
          <Select
            aria-label={t.shell.environment}
            style={{ minWidth: 160 }}
            value={environment ?? '*'}
            options={places.environments}
            onChange={(next: string) =>
              void navigate({
                search: { environment: next === '*' ? undefined : next, app, q: q || undefined },
              })
            }
          />
          <Select
            aria-label={t.shell.app}
            style={{ minWidth: 160 }}
            value={app ?? '*'}
            options={places.apps}
            onChange={(next: string) =>
              void navigate({
                search: { environment, app: next === '*' ? undefined : next, q: q || undefined },
              })
            }
          />
          <Button type="primary" onClick={() => setCreating(true)}>
            {t.tokens.create}
          </Button>
        </>
      }
    >
      {revoke.isError && <ProblemBox error={revoke.error} />}
      <Loaded of={tokens}>
        {({ items }) => (
          <>
            <EndingSoon tokens={items} />
            <DataTable
              label={t.shell.adminPages.tokens}
              columns={columns}
              rows={items.filter((token) => isSought(token, q))}
              rowKey={(row) => row.id}
              tone={(row) => (row.revokedAt ? 'muted' : undefined)}
              empty={<Empty title={t.tokens.none}>{t.tokens.noneHint}</Empty>}
            />
          </>
        )}
      </Loaded>
      {creating && <CreateToken onClose={() => setCreating(false)} />}
      {rotating && <RotateToken token={rotating} onClose={() => setRotating(undefined)} />}
    </Section>
  );
}

const beginningOf = (text: string): string => /^\s*(sl[ac]_[0-9a-f]{16})/.exec(text)?.[1] ?? text;

function EndingSoon({ tokens }: { readonly tokens: readonly Token[] }) {
  const t = useAdminText().tokens;
  const now = useNow();
  const soon = tokens.filter((token) => {
    const life = lifeOf(token, now);
    return life.is === 'inForce' && life.daysLeft !== undefined;
  });
  return soon.length > 0 && <Notice tone="warn">{t.soon(soon.length)}</Notice>;
}
