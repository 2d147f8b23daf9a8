import { lazy, type ReactNode, Suspense } from 'react';
import styles from './data-table.module.css';

export interface Column<Row> {
  readonly key: string;
  readonly title: ReactNode;
  readonly cell: (row: Row) => ReactNode;
  readonly align?: 'right';
  /** Stands in one line, like a name. */
  readonly whole?: boolean;
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

/** Loaded with the first list that is long; until then the top of it is shown. */
const LongTable = lazy(async () => ({ default: (await import('./long-table.tsx')).LongTable }));
const longFrom = 60;
/** What fits on a screen. */
const shownAtFirst = 40;

/** A real table: dense, with a head that stays, and for long lists only the visible rows in the document. */
export function DataTable<Row>(props: Props<Row>) {
  if (props.rows.length === 0) return props.empty;
  const { rows, rowKey } = props;
  if (!props.virtual || rows.length <= longFrom) return <PlainTable {...props} />;
  return (
    <Suspense fallback={<PlainTable {...props} rows={rows.slice(0, shownAtFirst)} />}>
      <LongTable
        head={<Head {...props} />}
        count={rows.length}
        row={(i) => <TableRow key={rowKey(rows[i]!)} row={rows[i]!} rowIndex={i + 2} {...props} />}
      />
    </Suspense>
  );
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
  const { align, whole, minor } = column;
  return [align === 'right' && styles.right, whole && styles.whole, minor && styles.minor]
    .filter(Boolean)
    .join(' ');
}
