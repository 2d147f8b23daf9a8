/** The first filter of the page takes what is typed next. */
export function focusFilter(event: KeyboardEvent): void {
  const filter = document.querySelector<HTMLInputElement>('main input:not([type=radio], [type=checkbox])');
  if (!filter) return;
  event.preventDefault();
  filter.focus();
  filter.select();
}

/** Goes to the next row of a table, or the one before; Enter then opens what the row is about. */
export function moveRow(event: KeyboardEvent, by: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>('main tbody tr')].filter(opener);
  const now = document.activeElement?.closest<HTMLElement>('main tbody tr') ?? null;
  const at = now === null ? -1 : rows.indexOf(now);
  const next = rows[now === null ? 0 : Math.max(0, Math.min(rows.length - 1, at + by))];
  if (!next) return;
  event.preventDefault();
  opener(next)?.focus();
  next.scrollIntoView({ block: 'nearest' });
}

const opener = (row: HTMLElement): HTMLElement | null =>
  row.querySelector<HTMLElement>('a[href]') ?? row.querySelector<HTMLElement>('button');

/**
 * Presses the control of the page that names this key in `aria-keyshortcuts`; of several, the one in the row that
 * has the focus, else the first. One that is blocked only gets the focus, and says why.
 */
export function pressControl(event: KeyboardEvent, shortcut: string): void {
  const named = `[aria-keyshortcuts="${shortcut}"]`;
  const row = document.activeElement?.closest('main tbody tr');
  const control =
    row?.querySelector<HTMLElement>(named) ?? document.querySelector<HTMLElement>(`main ${named}`);
  if (!control || event.repeat) return;
  event.preventDefault();
  control.focus();
  control.click();
}
