import { useText } from '../../lib/i18n/language.ts';
import { openKill } from '../../parts/open-kill.ts';
import { Age } from '../../ui/age.tsx';
import styles from './kill.module.css';
import { togglesOn, useKill } from './kill-state.ts';

/** On every page while a kill switch is on: what, for whom, by whom, how many obey, and the way back. */
export function KillBanner({ environment }: { readonly environment: string }) {
  const t = useText();
  const kill = useKill(environment);
  const on = (kill.data?.items ?? []).filter((each) => togglesOn(each).length > 0);
  if (on.length === 0) return null;
  return (
    <div className={styles.banner} role="alert">
      {on.map((each) => (
        <div key={each.app ?? ''} className={styles.line}>
          <strong>
            {togglesOn(each)
              .map((toggle) => t.kill.toggles[toggle])
              .join(t.common.comma)}
          </strong>
          <span>{each.app === undefined ? t.kill.whole(environment) : t.kill.onlyApp(each.app)}</span>
          <span>{t.kill.obeyed(each.acked, each.instances)}</span>
          <span>
            {t.kill.turnedBy(each.by)}, <Age at={each.at} />
          </span>
          <span className={styles.reason}>{each.reason}</span>
          <button type="button" className={styles.undo} onClick={() => openKill(each.app ?? '')}>
            {t.kill.undoShort}
          </button>
        </div>
      ))}
    </div>
  );
}
