import type { Json } from '@sluice/core';
import { valueText } from '../../../lib/format.ts';
import { useDeliveryText } from '../../../lib/i18n/delivery/delivery-texts.ts';
import styles from './values.module.css';

/** A value as one line; what isn't there is drawn as not there. */
export function ValueCell({
  value,
  strong = false,
}: {
  readonly value: Json | undefined;
  readonly strong?: boolean;
}) {
  const t = useDeliveryText();
  if (value === undefined) return <span className={styles.none}>{t.values.notThere}</span>;
  const text = value === '' ? '""' : valueText(value);
  return (
    <span className={`${styles.value} ${strong ? styles.strong : ''}`} title={text}>
      {text}
    </span>
  );
}
