import { contracts } from '@sluice/protocol';
import { useQueries } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useText } from '../../lib/i18n/language.ts';
import { read } from '../../lib/transport.ts';
import { Age } from '../../ui/age.tsx';
import { Notice } from '../../ui/notice.tsx';

/** Of so many apps it is asked; more would be a request each. */
const askedApps = 20;
const everyMs = 10_000;

/** What is broken on purpose right now, so that nobody looks for another reason first. */
export function RunningDrills({ env, apps }: { readonly env: string; readonly apps: readonly string[] }) {
  const t = useText().overview;
  const drills = useQueries({
    queries: apps.slice(0, askedApps).map((app) => ({
      ...read(contracts.listDrills, { params: { env, app }, query: { state: 'running', limit: '5' } }),
      refetchInterval: everyMs,
    })),
  }).flatMap((each) => each.data?.items ?? []);
  return drills.map((drill) => (
    <Notice
      key={drill.drillId}
      tone="warn"
      action={
        <Link
          to="/environments/$env/apps/$app/drills/$drill"
          params={{ env, app: drill.app, drill: drill.drillId }}
        >
          {t.openDrill}
        </Link>
      }
    >
      <strong>{t.drillRuns(drill.title, drill.app)}</strong> · {t.brokenIn(drill.targets)}
      {drill.startedAt && (
        <>
          {' '}
          <span className="quiet">
            <Age at={drill.startedAt} />
          </span>
        </>
      )}
    </Notice>
  ));
}
