import type { AppOverview, contracts, ResponseOf } from '@sluice/protocol';
import { Link } from '@tanstack/react-router';
import { amount, percent } from '../../lib/amount.ts';
import { useText } from '../../lib/i18n/language.ts';
import { Age } from '../../ui/age.tsx';
import { Badge, type Tone } from '../../ui/badge.tsx';
import styles from './app-strip.module.css';

type AppTraffic = ResponseOf<typeof contracts.environmentTraffic>['apps'][number];

interface Props {
  readonly env: string;
  readonly apps: readonly AppOverview[];
  /** Absent while it is not known. */
  readonly traffic: readonly AppTraffic[] | undefined;
}

/** From this share on, errors of an app are worth a look. */
const manyErrors = 0.05;
const worstFirst: readonly Tone[] = ['bad', 'warn', 'ok', 'idle'];

/** One card an app, those in trouble first: who is there, who differs, how calls do. */
export function AppStrip({ env, apps, traffic }: Props) {
  const t = useText();
  const rows = apps
    .map((app) => {
      const calls = traffic?.find((each) => each.app === app.name);
      return { app, calls, tone: toneOf(app, calls) };
    })
    .sort((a, b) => worstFirst.indexOf(a.tone) - worstFirst.indexOf(b.tone));
  return (
    <ul className={styles.strip} aria-label={t.overview.health}>
      {rows.map(({ app, calls, tone }) => (
        <li key={app.name} className={`${styles.app} ${styles[tone]}`}>
          <div className={styles.head}>
            <Link
              to="/environments/$env/apps/$app"
              params={{ env, app: app.name }}
              className={styles.name}
              title={app.title || app.name}
            >
              {app.name}
            </Link>
            <Badge tone={tone}>{wordOf(app, calls, t.overview)}</Badge>
          </div>
          <div className={styles.line}>{t.overview.onlineOf(app.instancesOnline, app.instancesOffline)}</div>
          {traffic ? <Calls calls={calls} /> : <div className={styles.quiet}>–</div>}
        </li>
      ))}
    </ul>
  );
}

function Calls({ calls }: { readonly calls: AppTraffic | undefined }) {
  const t = useText().overview;
  if (!calls?.minute)
    return (
      <div className={styles.quiet}>
        {t.noCalls} {calls?.heardAt && <Age at={calls.heardAt} />}
      </div>
    );
  const { passed, blocked, seconds } = calls.minute;
  const refused = Object.values(blocked).reduce((sum, each) => sum + each, 0);
  return (
    <div className={styles.line}>
      {t.appCalls(amount(passed / seconds), percent(errorShare(calls)), amount(refused / seconds))}
    </div>
  );
}

function errorShare({ minute }: AppTraffic): number {
  const finished = minute ? minute.errors + minute.success : 0;
  return minute && finished > 0 ? minute.errors / finished : 0;
}

function toneOf(app: AppOverview, calls: AppTraffic | undefined): Tone {
  if ((calls?.breakersOpen ?? 0) > 0) return 'bad';
  if (app.instancesOnline === 0) return app.instancesOffline > 0 ? 'bad' : 'idle';
  return app.instancesDiffering > 0 || (calls && errorShare(calls) >= manyErrors) ? 'warn' : 'ok';
}

/** The one word for why it has its colour. */
function wordOf(
  app: AppOverview,
  calls: AppTraffic | undefined,
  t: ReturnType<typeof useText>['overview'],
): string {
  if (calls && calls.breakersOpen > 0) return t.breakersOpen(calls.breakersOpen);
  if (app.instancesOnline === 0) return app.instancesOffline > 0 ? t.allGone : t.neverSeen;
  if (app.instancesDiffering > 0) return t.someDiffering(app.instancesDiffering);
  return calls && errorShare(calls) >= manyErrors ? t.manyErrors : t.healthy;
}
