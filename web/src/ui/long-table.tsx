import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useRef } from 'react';
import styles from './data-table.module.css';

const rowHeightPx = 36;

interface Props {
  readonly head: ReactNode;
  readonly count: number;
  readonly row: (index: number) => ReactNode;
}

/** A table of any length, with only the rows on screen in the document. Rows have one height. */
export function LongTable({ head, count, row }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeightPx,
    overscan: 8,
  });
  const shown = virtualizer.getVirtualItems();
  const before = shown[0]?.start ?? 0;
  const after = virtualizer.getTotalSize() - (shown.at(-1)?.end ?? 0);
  return (
    <div ref={scroller} className={styles.viewport}>
      <table className={styles.table} aria-rowcount={count + 1}>
        {head}
        <tbody>
          <Spacer height={before} />
          {shown.map((item) => row(item.index))}
          <Spacer height={after} />
        </tbody>
      </table>
    </div>
  );
}

/** The place of rows that aren't drawn. */
function Spacer({ height }: { readonly height: number }) {
  if (height === 0) return null;
  return (
    <tr className={styles.spacer}>
      <td style={{ height }} />
    </tr>
  );
}
