/** What a column compares of a row; undefined where it isn't known. */
export type SortValue = number | string | undefined;

const longestNumber = 15;

/**
 * Numbers in names count as numbers: `web-9` stands before `web-10`. A collator does the same, but takes longer for ten
 * thousand rows than a page has between two updates.
 */
const comparable = (value: SortValue): SortValue =>
  typeof value === 'string'
    ? value.toLowerCase().replace(/\d+/g, (digits) => digits.padStart(longestNumber, '0'))
    : value;

/** Rows in the order of a value, unknown ones last whichever way; equal ones stay in the order in which they were. */
export function sorted<Row>(rows: readonly Row[], orderOf: (row: Row) => SortValue, isUp: boolean): Row[] {
  const sign = isUp ? 1 : -1;
  return rows
    .map((row) => ({ row, value: comparable(orderOf(row)) }))
    .sort(({ value: a }, { value: b }) => {
      if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
      return a === b ? 0 : a < b ? -sign : sign;
    })
    .map(({ row }) => row);
}
