import { count } from '../lib/format.ts';
import type { Tone } from './badge.tsx';
import styles from './share-bar.module.css';

export interface Share {
  readonly key: string;
  readonly label: string;
  readonly count: number;
  readonly tone: Tone;
}

/** How a whole is divided, as a bar and in words; each part can be pressed. */
export function ShareBar({
  shares,
  onPick,
}: {
  readonly shares: readonly Share[];
  readonly onPick: (key: string) => void;
}) {
  return (
    <div className={styles.shares}>
      <div className={styles.bar} aria-hidden="true">
        {shares.map((share) => (
          <span key={share.key} className={styles[share.tone]} style={{ flexGrow: share.count }} />
        ))}
      </div>
      <ul className={styles.legend}>
        {shares.map((share) => (
          <li key={share.key}>
            <button type="button" onClick={() => onPick(share.key)} className={styles.part}>
              <span className={`${styles.dot} ${styles[share.tone]}`} aria-hidden="true" />
              <strong className="num">{count(share.count)}</strong> {share.label}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** How far something is, of a whole. */
export function Progress({
  done,
  of,
  label,
  tone = 'ok',
}: {
  readonly done: number;
  readonly of: number;
  readonly label: string;
  readonly tone?: Tone;
}) {
  return (
    <span
      className={styles.progress}
      role="progressbar"
      aria-label={label}
      aria-valuenow={done}
      aria-valuemin={0}
      aria-valuemax={of}
    >
      <span className={styles[tone]} style={{ width: `${of === 0 ? 0 : (done / of) * 100}%` }} />
    </span>
  );
}
