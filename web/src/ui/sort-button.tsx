import { useText } from '../lib/i18n/language.ts';

interface Props {
  readonly title: string;
  readonly sorted: 'up' | 'down' | undefined;
  readonly press: () => void;
}

/** A heading that sorts; pressed again, the other way round. */
export function SortButton({ title, sorted, press }: Props) {
  const t = useText();
  return (
    <button
      type="button"
      onClick={press}
      aria-label={t.common.sortBy(title)}
      aria-pressed={sorted !== undefined}
      style={{
        minHeight: 24,
        padding: 0,
        border: 0,
        background: 'none',
        cursor: 'pointer',
        fontWeight: sorted ? 700 : 500,
        color: sorted ? 'var(--text)' : 'inherit',
      }}
    >
      {title}{' '}
      <span aria-hidden="true" style={{ opacity: sorted ? 1 : 0.5 }}>
        {sorted === 'up' ? '↑' : sorted === 'down' ? '↓' : '↕'}
      </span>
    </button>
  );
}
