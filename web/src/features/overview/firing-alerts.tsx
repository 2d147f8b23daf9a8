import { alertTitles } from '@sluice/core';
import { type Alert, contracts } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useLanguage, useText } from '../../lib/i18n/language.ts';
import { read } from '../../lib/transport.ts';
import { Age } from '../../ui/age.tsx';
import type { Tone } from '../../ui/badge.tsx';
import { Notice } from '../../ui/notice.tsx';

const shownAtMost = 3;

const toneOf = (alerts: readonly Alert[]): Tone => {
  const severities = new Set(alerts.map(({ severity }) => severity));
  return severities.has('critical') ? 'bad' : severities.has('warning') ? 'warn' : 'accent';
};

export const firingIn = (env: string) =>
  read(contracts.listAlerts, { params: { env }, query: { limit: String(shownAtMost), state: 'firing' } });

/** Alerts that fire now, before everything else, with the way to all of them; nothing while none does. */
export function FiringAlerts({ env }: { readonly env: string }) {
  const t = useText();
  const language = useLanguage();
  const firing = useQuery({ ...firingIn(env), refetchInterval: 5000 });
  const { items = [], firing: count = 0 } = firing.data ?? {};
  if (count === 0) return null;
  return (
    <Notice
      tone={toneOf(items)}
      action={
        <Link to="/environments/$env/alerts" params={{ env }} search={{ state: 'firing' }}>
          {t.overview.allAlerts(count)}
        </Link>
      }
    >
      {items.map((alert) => (
        <div key={alert.id}>
          <strong>{alertTitles[alert.condition][language]}</strong> · {alert.text[language]}{' '}
          <span className="quiet">
            <Age at={alert.firedAt} />
          </span>
        </div>
      ))}
    </Notice>
  );
}
