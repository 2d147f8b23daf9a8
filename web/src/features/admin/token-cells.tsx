import type { Token } from '@sluice/protocol';
import { permissionsOf } from '@sluice/protocol';
import { useNow } from '../../lib/clock.ts';
import { useAdminText } from '../../lib/i18n/admin/admin-texts.ts';
import { Age, Moment } from '../../ui/age.tsx';
import { Badge } from '../../ui/badge.tsx';
import { lifeOf } from './token-life.ts';

/** What a token may do. */
export function TokenKind({ token }: { readonly token: Token }) {
  const t = useAdminText();
  const { kind, role, only } = token;
  const may =
    kind === 'client'
      ? undefined
      : role === undefined
        ? t.tokens.asOwner
        : only
          ? `${t.roles[role]}, ${t.tokens.onlyOf(only.length, permissionsOf[role].length)}`
          : t.roles[role];
  return (
    <>
      {t.tokens.kinds[kind]}{' '}
      {may && (
        <span className="quiet" title={only?.join(', ')}>
          · {may}
        </span>
      )}
    </>
  );
}

export function TokenState({ token }: { readonly token: Token }) {
  const t = useAdminText().tokens;
  const now = useNow();
  const life = lifeOf(token, now);
  if (life.is === 'revoked')
    return (
      <Badge tone="idle">
        {t.revoked} <Moment at={life.at} />
      </Badge>
    );
  if (life.is === 'expired') return <Badge tone="bad">{t.expired}</Badge>;
  if (life.is === 'rests') return <Badge tone="warn">{t.ownerDisabled}</Badge>;
  return (
    <>
      {life.daysLeft === undefined ? (
        <Badge tone="ok">{t.inForce}</Badge>
      ) : (
        <Badge tone="warn">{t.endsSoon(life.daysLeft)}</Badge>
      )}{' '}
      {life.until && (
        <span className="quiet">
          {t.until} <Moment at={life.until} />
        </span>
      )}
      {token.previous && (
        <div className="quiet">
          {t.oldSecret} <Moment at={token.previous.until} />
          {token.previous.lastUsedAt && (
            <>
              {', '}
              {t.oldUsed} <Age at={token.previous.lastUsedAt} />
            </>
          )}
        </div>
      )}
    </>
  );
}

/** Whose it is; one of an application goes on when he leaves, and somebody should know. */
export function TokenOwner({ token }: { readonly token: Token }) {
  const t = useAdminText();
  if (!token.owner) return <span className="quiet">{t.tokens.noOwner}</span>;
  return (
    <>
      {token.owner.name} {token.owner.disabled && <Badge tone="warn">{t.admin.disabled}</Badge>}
    </>
  );
}
