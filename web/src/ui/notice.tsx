import type { ReactNode } from 'react';
import { type Tone, toneSign } from './badge.tsx';
import styles from './notice.module.css';

/** Something the reader should know, where it matters; spoken by screen readers when it appears. */
export function Notice({
  tone,
  children,
  action,
}: {
  readonly tone: Tone;
  readonly children: ReactNode;
  readonly action?: ReactNode;
}) {
  return (
    <div className={`${styles.notice} ${styles[tone]}`} role="status">
      <span className={styles.sign} aria-hidden="true">
        {toneSign[tone]}
      </span>
      <div className={styles.body}>{children}</div>
      {action && <div className={styles.action}>{action}</div>}
    </div>
  );
}
