import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useRef } from 'react';
import styles from './data-table.module.css';

export interface Column<Row> {
  readonly key: string;
  readonly title: ReactNode;
  readonly cell: (row: Row) => ReactNode;
  readonly align?: 'right';
  readonly width?: string;
  /** Left out where the table is narrow. */
  readonly minor?: boolean;
}

interface Props<Row> {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  readonly empty: ReactNode;
  readonly tone?: (row: Row) => 'bad' | 'muted' | 'current' | undefined;
  /** A row that is opened below itself. */
  readonly detail?: (row: Row) => ReactNode;
  /** For lists that may be long: only what is on screen is drawn. Rows then have one height. */
  readonly virtual?: boolean;
}

const rowHeightPx = 36;

/** A real table: dense, with a head that stays, and for long lists only the visible rows in the document. */
export function DataTable<Row>(props: Props<Row>) {
  if (props.rows.length === 0) return props.empty;
  return props.virtual && props.rows.length > 60 ? <VirtualTable {...props} /> : <PlainTable {...props} />;
}

function PlainTable<Row>(props: Props<Row>) {
  return (
    <div className={styles.scroll}>
      <table className={styles.table}>
        <Head {...props} />
        <tbody>
          {props.rows.map((row) => (
            <TableRow key={props.rowKey(row)} row={row} {...props} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function VirtualTable<Row>(props: Props<Row>) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: props.rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeightPx,
    overscan: 8,
  });
  const shown = virtualizer.getVirtualItems();
  const before = shown[0]?.start ?? 0;
  const after = virtualizer.getTotalSize() - (shown.at(-1)?.end ?? 0);
  return (
    <div ref={scroller} className={styles.viewport}>
      <table className={styles.table} aria-rowcount={props.rows.length + 1}>
        <Head {...props} />
        <tbody>
          <Spacer height={before} />
          {shown.map((item) => (
            <TableRow
              key={props.rowKey(props.rows[item.index]!)}
              row={props.rows[item.index]!}
              rowIndex={item.index + 2}
              {...props}
            />
          ))}
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

function Head<Row>({ label, columns }: Props<Row>) {
  return (
    <>
      <caption className="visually-hidden">{label}</caption>
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column.key} scope="col" style={{ width: column.width }} className={cellClass(column)}>
              {column.title}
            </th>
          ))}
        </tr>
      </thead>
    </>
  );
}

function TableRow<Row>({
  row,
  rowIndex,
  columns,
  tone,
  detail,
}: Props<Row> & { readonly row: Row; readonly rowIndex?: number }) {
  const opened = detail?.(row);
  const toneName = tone?.(row);
  return (
    <>
      <tr aria-rowindex={rowIndex} className={`${styles.row} ${toneName ? styles[toneName] : ''}`}>
        {columns.map((column) => (
          <td key={column.key} className={cellClass(column)}>
            {column.cell(row)}
          </td>
        ))}
      </tr>
      {opened && (
        <tr className={styles.detail}>
          <td colSpan={columns.length}>{opened}</td>
        </tr>
      )}
    </>
  );
}

function cellClass<Row>(column: Column<Row>): string {
  return [column.align === 'right' && styles.right, column.minor && styles.minor].filter(Boolean).join(' ');
}
