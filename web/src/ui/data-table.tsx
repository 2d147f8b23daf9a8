import { lazy, type ReactNode, Suspense } from 'react';
import styles from './data-table.module.css';
import { SortButton } from './sort-button.tsx';
import { type SortValue, sorted } from './sorted.ts';

export interface Column<Row> {
  readonly key: string;
  /** As a text where rows can be sorted by it. */
  readonly title: ReactNode;
  readonly cell: (row: Row) => ReactNode;
  readonly align?: 'right';
  /** Stands in one line, like a name. */
  readonly whole?: boolean;
  readonly width?: string;
  /** Left out where the table is narrow. */
  readonly minor?: boolean;
  /** What rows are sorted by where this column is pressed; without it they can't be. */
  readonly order?: (row: Row) => SortValue;
}

/** By which column rows are sorted: none at first, then they stand as they were given. */
export interface Sorting {
  readonly by: string | undefined;
  readonly isUp: boolean;
  readonly change: (by: string, isUp: boolean) => void;
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
  readonly sorting?: Sorting;
}

/** Loaded with the first list that is long; until then the top of it is shown. */
const LongTable = lazy(async () => ({ default: (await import('./long-table.tsx')).LongTable }));
const longFrom = 60;
/** What fits on a screen. */
const shownAtFirst = 40;

/** A real table: dense, with a head that stays, and for long lists only the visible rows in the document. */
export function DataTable<Row>(given: Props<Row>) {
  const rows = sortedRows(given);
  if (rows.length === 0) return given.empty;
  const { rowKey } = given;
  const props = { ...given, rows };
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

function sortedRows<Row>({ rows, columns, sorting }: Props<Row>): readonly Row[] {
  const order = sorting && columns.find(({ key }) => key === sorting.by)?.order;
  return order ? sorted(rows, order, sorting.isUp) : rows;
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

function Head<Row>({ label, columns, sorting }: Props<Row>) {
  return (
    <>
      <caption className="visually-hidden">{label}</caption>
      <thead>
        <tr>
          {columns.map((column) => (
            <th
              key={column.key}
              scope="col"
              style={{ width: column.width }}
              className={cellClass(column)}
              aria-sort={sortOf(column, sorting)}
            >
              {sorting && column.order ? <Heading column={column} sorting={sorting} /> : column.title}
            </th>
          ))}
        </tr>
      </thead>
    </>
  );
}

function sortOf<Row>({ key, order }: Column<Row>, sorting: Sorting | undefined) {
  if (!sorting || !order || sorting.by !== key) return undefined;
  return sorting.isUp ? 'ascending' : 'descending';
}

/** Pressed again, it sorts the other way round. What is a number begins with the largest. */
function Heading<Row>({
  column,
  sorting: { by, isUp, change },
}: {
  readonly column: Column<Row>;
  readonly sorting: Sorting;
}) {
  const isOn = by === column.key;
  return (
    <SortButton
      title={String(column.title)}
      sorted={isOn ? (isUp ? 'up' : 'down') : undefined}
      press={() => change(column.key, isOn ? !isUp : column.align !== 'right')}
    />
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
