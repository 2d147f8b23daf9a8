import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import styles from './menu.module.css';

export interface MenuEntry {
  readonly key: string;
  readonly label: ReactNode;
  readonly checked?: boolean;
  readonly disabled?: boolean;
  readonly onPick: () => void;
}

interface Props {
  readonly label: string;
  readonly button: ReactNode;
  readonly entries: readonly MenuEntry[];
}

/** A button with a short menu: arrow keys move, Esc closes and gives the focus back. */
export function Menu({ label, button, entries }: Props) {
  const [open, setOpen] = useState(false);
  const id = useId();
  const frame = useRef<HTMLDivElement>(null);
  const entriesOf = (): HTMLElement[] => [
    ...(frame.current?.querySelectorAll<HTMLElement>('[role^=menuitem]') ?? []),
  ];

  useEffect(() => {
    if (!open) return;
    frame.current?.querySelector<HTMLElement>('[role^=menuitem]')?.focus();
    const onPress = (event: PointerEvent): void => {
      if (!frame.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener('pointerdown', onPress);
    return () => document.removeEventListener('pointerdown', onPress);
  }, [open]);

  const close = (): void => {
    setOpen(false);
    frame.current?.querySelector('button')?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const all = entriesOf();
    const at = all.indexOf(document.activeElement as HTMLElement);
    if (event.key === 'Escape') close();
    else if (event.key === 'Tab') setOpen(false);
    else if (event.key === 'ArrowDown') all[(at + 1) % all.length]?.focus();
    else if (event.key === 'ArrowUp') all[(at - 1 + all.length) % all.length]?.focus();
    else return;
    if (event.key !== 'Tab') event.preventDefault();
  };
  return (
    <div ref={frame} className={styles.frame}>
      <button
        type="button"
        className={styles.button}
        aria-label={label}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={() => setOpen(!open)}
      >
        {button}
      </button>
      {open && (
        <div
          id={id}
          role="menu"
          tabIndex={-1}
          aria-label={label}
          className={styles.menu}
          onKeyDown={onKeyDown}
        >
          {entries.map((entry) => (
            <button
              key={entry.key}
              type="button"
              {...(entry.checked === undefined
                ? { role: 'menuitem' }
                : { role: 'menuitemradio', 'aria-checked': entry.checked })}
              disabled={entry.disabled}
              className={styles.entry}
              onClick={() => {
                close();
                entry.onPick();
              }}
            >
              <span className={styles.check} aria-hidden="true">
                {entry.checked ? '✓' : ''}
              </span>
              {entry.label}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
