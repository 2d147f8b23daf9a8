import type { Json } from '@sluice/core';
import { sameData } from '@sluice/core';
import { type ReactNode, useState } from 'react';
import { useDeliveryText } from '../../../lib/i18n/delivery/delivery-texts.ts';
import { AsCommand } from '../../../parts/as-command.tsx';
import { type Held, spreadOf } from '../../../parts/spread.ts';
import { Badge } from '../../../ui/badge.tsx';
import { SidePanel } from '../../../ui/side-panel.tsx';
import { useNamespace } from '../namespace-context.ts';
import { KeyLayers } from './key-layers.tsx';
import { KeySpread } from './key-spread.tsx';
import { ValueCell } from './value-cell.tsx';
import styles from './values.module.css';

interface Props {
  readonly itemKey: string;
  readonly target: Json | undefined;
  readonly summary?: (value: Json) => string;
  /** How the one value that all hold is drawn; else in one line. */
  readonly draw?: (value: Json) => ReactNode;
}

/** What instances hold of one key: one value when they agree, else how many values; pressed, who holds which. */
export function LiveCell({ itemKey, target, summary, draw }: Props) {
  const t = useDeliveryText();
  const { live, place } = useNamespace();
  const [open, setOpen] = useState(false);
  if (!live) return <span className={styles.none}>{t.values.unknown}</span>;
  const spread = spreadOf(live, itemKey);
  const only = spread.length === 1 ? spread[0]! : undefined;
  if (spread.length === 0) return <span className={styles.none}>{t.values.nobody}</span>;
  const agrees = only?.known === true && sameData(only.value, target);
  return (
    <>
      <button type="button" className={styles.liveButton} onClick={() => setOpen(true)}>
        <span className="visually-hidden">{t.values.whoHoldsKey(itemKey)}: </span>
        {only ? (
          <>
            <span className={agrees ? styles.agrees : styles.differs} aria-hidden="true">
              {agrees ? '✓' : '≠'}
            </span>
            {draw && only.known && only.value !== undefined ? (
              draw(only.value)
            ) : (
              <HeldValue held={only} {...(summary && { summary })} />
            )}
          </>
        ) : (
          <Badge tone="warn" sign="≠">
            {t.values.severalValues(spread.length)}
          </Badge>
        )}
      </button>
      <KeyLayers itemKey={itemKey} />
      {open && (
        <SidePanel title={t.values.whoHoldsKey(itemKey)} open onClose={() => setOpen(false)}>
          <KeySpread itemKey={itemKey} {...(summary && { summary })} />
          <AsCommand
            line={[
              ...['sluice', 'get', place.app, `${place.ns}.${itemKey}`, '--distribution'],
              ...['--env', place.env],
            ]}
          />
        </SidePanel>
      )}
    </>
  );
}

function HeldValue({ held, summary }: { readonly held: Held; readonly summary?: (value: Json) => string }) {
  const t = useDeliveryText();
  if (!held.known) return <span className={styles.none}>{t.values.unknown}</span>;
  return <ValueCell value={held.value !== undefined && summary ? summary(held.value) : held.value} />;
}
