import type { ReactNode } from 'react';
import styles from './badge.module.css';

export type Tone = 'ok' | 'warn' | 'bad' | 'busy' | 'idle' | 'accent';

/** Every tone has a sign of its own, so that colour is never the only cue. */
export const toneSign: Readonly<Record<Tone, string>> = {
  ok: '✓',
  warn: '!',
  bad: '✕',
  busy: '↻',
  idle: '–',
  accent: '●',
};

interface Props {
  readonly tone: Tone;
  readonly sign?: string | false;
  readonly title?: string;
  readonly children: ReactNode;
}

/** A state in sign, colour and word. */
export function Badge({ tone, sign = toneSign[tone], title, children }: Props) {
  return (
    <span className={`${styles.badge} ${styles[tone]}`} title={title}>
      {sign !== false && <span aria-hidden="true">{sign}</span>}
      <span>{children}</span>
    </span>
  );
}
