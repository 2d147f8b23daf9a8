import type { ReactNode } from 'react';
import styles from './facts.module.css';

/** Names and what they are, compactly. */
export function Facts({ facts }: { readonly facts: readonly (readonly [ReactNode, ReactNode])[] }) {
  return (
    <dl className={styles.facts}>
      {facts.map(([name, value], i) => (
        <div key={typeof name === 'string' ? name : i} className={styles.fact}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
