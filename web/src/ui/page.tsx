import { type ReactNode, useEffect } from 'react';
import styles from './page.module.css';

interface Props {
  /** What the browser's tab says. */
  readonly name: string;
  readonly title: ReactNode;
  readonly above?: ReactNode;
  readonly aside?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** The frame of every page: where you are, what it is, what you can do, then the matter itself. */
export function Page({ name, title, above, aside, actions, children }: Props) {
  useEffect(() => {
    document.title = `${name} · Sluice`;
  }, [name]);
  return (
    <div className={styles.page}>
      <header className={styles.head}>
        <div className={styles.titles}>
          {above && <div className={styles.above}>{above}</div>}
          <div className={styles.line}>
            <h1 className={styles.title}>{title}</h1>
            {aside}
          </div>
        </div>
        {actions && <div className={styles.actions}>{actions}</div>}
      </header>
      {children}
    </div>
  );
}

/** A part of a page with a heading of its own. */
export function Section({
  title,
  aside,
  flush = false,
  children,
}: {
  readonly title?: ReactNode;
  readonly aside?: ReactNode;
  /** The content reaches the border: for tables. */
  readonly flush?: boolean;
  readonly children: ReactNode;
}) {
  return (
    <section className={styles.section}>
      {(title || aside) && (
        <div className={styles.sectionHead}>
          {title && <h2 className={styles.sectionTitle}>{title}</h2>}
          {aside && <div className={styles.sectionAside}>{aside}</div>}
        </div>
      )}
      <div className={flush ? undefined : styles.sectionBody}>{children}</div>
    </section>
  );
}
