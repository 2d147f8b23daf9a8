import { Link, type LinkProps } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import styles from './tabs.module.css';

export interface TabLink {
  readonly key: string;
  readonly label: ReactNode;
  readonly link: LinkProps;
}

interface Props {
  readonly label: string;
  readonly tabs: readonly TabLink[];
  /** At the far end of the line. */
  readonly aside?: ReactNode;
}

/** Tabs that are places of their own: links, so that each can be opened, kept and sent. */
export function TabLinks({ label, tabs, aside }: Props) {
  return (
    <div className={styles.line}>
      <nav className={styles.tabs} aria-label={label}>
        {tabs.map((tab) => (
          <Link
            key={tab.key}
            {...tab.link}
            className={styles.tab}
            activeProps={{ className: `${styles.tab} ${styles.active}`, 'aria-current': 'page' }}
            activeOptions={{ exact: true, includeSearch: false }}
          >
            {tab.label}
          </Link>
        ))}
      </nav>
      {aside && <div className={styles.aside}>{aside}</div>}
    </div>
  );
}
