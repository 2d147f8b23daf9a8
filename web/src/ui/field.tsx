import { type ReactNode, useId } from 'react';
import styles from './field.module.css';

interface Props {
  readonly label: ReactNode;
  readonly hint?: ReactNode;
  readonly error?: ReactNode;
  /** Given the ids that tie the control to its label, hint and error. */
  readonly children: (ids: { id: string; 'aria-describedby'?: string; status?: 'error' }) => ReactNode;
}

/** A labelled control with its hint and what is wrong with it, all tied together for screen readers. */
export function Field({ label, hint, error, children }: Props) {
  const id = useId();
  const noteId = `${id}-note`;
  const note = error ?? hint;
  return (
    <div className={styles.field}>
      <label htmlFor={id} className={styles.label}>
        {label}
      </label>
      {children({
        id,
        ...(note && { 'aria-describedby': noteId }),
        ...(error && { status: 'error' as const }),
      })}
      {note && (
        <div id={noteId} className={error ? styles.error : styles.hint}>
          {note}
        </div>
      )}
    </div>
  );
}
