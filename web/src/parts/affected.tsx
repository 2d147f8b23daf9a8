import type { Instance } from '@sluice/protocol';
import { useState } from 'react';
import { useDeliveryText } from '../lib/i18n/delivery/delivery-texts.ts';
import { Age } from '../ui/age.tsx';
import { Badge } from '../ui/badge.tsx';
import styles from './affected.module.css';

interface Props {
  readonly instances: readonly Instance[];
  /** Ids that hold the new content already. */
  readonly holding: ReadonlySet<string>;
}

const shownAtFirst = 12;

/** Everybody whom a release reaches, by name: now, or when they return. */
export function Affected({ instances, holding }: Props) {
  const t = useDeliveryText();
  const [all, setAll] = useState(false);
  const sorted = [...instances].sort(
    (a, b) => Number(b.online) - Number(a.online) || a.instanceId.localeCompare(b.instanceId),
  );
  const shown = all ? sorted : sorted.slice(0, shownAtFirst);
  return (
    <div className={styles.box}>
      <ul className={styles.list} aria-label={t.publish.affectedList}>
        {shown.map((each) => (
          <li key={each.instanceId} className={styles.entry}>
            <code className={styles.id}>{each.instanceId}</code>
            {!each.online ? (
              <span className={styles.state}>
                <Badge tone="idle" sign="○">
                  {t.publish.whenItReturns}
                </Badge>
                <Age at={each.lastSeenAt} />
              </span>
            ) : holding.has(each.instanceId) ? (
              <Badge tone="idle" sign="=">
                {t.publish.holdsAlready}
              </Badge>
            ) : (
              <Badge tone="busy" sign="→">
                {t.publish.getsIt}
              </Badge>
            )}
          </li>
        ))}
      </ul>
      {sorted.length > shown.length && (
        <button type="button" className={styles.more} onClick={() => setAll(true)}>
          {t.publish.showAll(sorted.length)}
        </button>
      )}
    </div>
  );
}
