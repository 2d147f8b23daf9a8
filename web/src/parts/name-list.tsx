import { useState } from 'react';
import { useDeliveryText } from '../lib/i18n/delivery/delivery-texts.ts';
import styles from './name-list.module.css';

const shownAtFirst = 24;

/** Instances by name, all of them on demand. */
export function NameList({ names, label }: { readonly names: readonly string[]; readonly label: string }) {
  const t = useDeliveryText();
  const [all, setAll] = useState(false);
  if (names.length === 0) return <p className={styles.nobody}>{t.act.nobody}</p>;
  const shown = all ? names : names.slice(0, shownAtFirst);
  return (
    <>
      <ul className={styles.names} aria-label={label}>
        {shown.map((name) => (
          <li key={name}>
            <code>{name}</code>
          </li>
        ))}
      </ul>
      {shown.length < names.length && (
        <button type="button" className={styles.more} onClick={() => setAll(true)}>
          {t.publish.showAll(names.length)}
        </button>
      )}
    </>
  );
}
