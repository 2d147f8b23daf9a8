import { useGuardText } from '../../../lib/i18n/guard/guard-texts.ts';
import { Badge, type Tone } from '../../../ui/badge.tsx';
import { Notice } from '../../../ui/notice.tsx';
import type { Remark } from '../rule-remarks.ts';
import styles from './rule-form.module.css';

const tones: Readonly<Record<Remark['severity'], Tone>> = { error: 'bad', warning: 'warn', hint: 'busy' };

/** What is wrong with the rule, or worth a look, with the place that it is about. */
export function Remarks({ remarks }: { readonly remarks: readonly Remark[] }) {
  const t = useGuardText();
  if (remarks.length === 0) return <Notice tone="ok">{t.editor.fits}</Notice>;
  return (
    <ul className={styles.remarks} aria-label={t.editor.remarks}>
      {remarks.map(({ field, severity, text }) => (
        <li key={`${field} ${text}`} data-severity={severity}>
          <Badge tone={tones[severity]}>{t.editor.severity[severity]}</Badge>
          <span>
            {field && <code>{field}</code>} {text}
          </span>
        </li>
      ))}
    </ul>
  );
}
