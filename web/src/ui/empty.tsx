import type { ReactNode } from 'react';
import styles from './empty.module.css';

/** What a place says when it holds nothing: why, and the next step. */
export function Empty({
  title,
  children,
  action,
}: {
  readonly title: ReactNode;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}) {
  return (
    <div className={styles.empty}>
      <p className={styles.title}>{title}</p>
      {children && <div className={styles.text}>{children}</div>}
      {action && <div className={styles.action}>{action}</div>}
    </div>
  );
}

const widths = ['72%', '54%', '63%', '48%', '68%'];

/** The place of rows that are on their way. */
export function LoadingRows({ rows = 4, label }: { readonly rows?: number; readonly label: string }) {
  return (
    <div className={styles.loading} role="status" aria-label={label}>
      {Array.from({ length: rows }, (_, i) => (
        <span key={widths[i % widths.length]! + String(i)} style={{ width: widths[i % widths.length] }} />
      ))}
    </div>
  );
}
