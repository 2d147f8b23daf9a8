import { Tooltip } from 'antd';
import type { ReactNode } from 'react';
import { useDeliveryText } from '../../../lib/i18n/delivery/delivery-texts.ts';
import styles from './values.module.css';

interface Props {
  readonly itemKey: string;
  readonly changed: boolean;
  readonly removed: boolean;
  readonly blocked: string | undefined;
  readonly open: boolean;
  readonly toggle: () => void;
  readonly children: ReactNode;
}

/** Your value of a key; pressed, it opens for editing. */
export function DraftCell({ itemKey, changed, removed, blocked, open, toggle, children }: Props) {
  const t = useDeliveryText();
  return (
    <Tooltip title={blocked}>
      <button
        type="button"
        className={`${styles.draftButton} ${changed ? styles.changed : ''}`}
        aria-expanded={open}
        aria-keyshortcuts="e"
        aria-disabled={blocked !== undefined}
        onClick={() => blocked === undefined && toggle()}
      >
        <span className="visually-hidden">{t.values.editKey(itemKey)}: </span>
        {removed ? <span className={styles.none}>{t.diff.removed}</span> : children}
        <span className={styles.pencil} aria-hidden="true">
          ✎
        </span>
      </button>
    </Tooltip>
  );
}
