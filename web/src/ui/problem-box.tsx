import { Button } from 'antd';
import { useLanguage, useText } from '../lib/i18n/language.ts';
import { asProblem } from '../lib/problem.ts';
import styles from './notice.module.css';

/** An error where it happened: what happened, what is still true, what to do, and the code to quote. */
export function ProblemBox({ error, retry }: { readonly error: unknown; readonly retry?: () => void }) {
  const t = useText();
  const language = useLanguage();
  const problem = asProblem(error);
  return (
    <div className={`${styles.notice} ${styles.bad}`} role="alert">
      <span className={styles.sign} aria-hidden="true">
        ✕
      </span>
      <div className={styles.body}>
        <p>{problem.message}</p>
        {problem.faults.length > 0 && (
          <ul className={styles.faults}>
            {problem.faults.map((fault) => (
              <li key={`${fault.path} ${fault.problem} ${fault.message}`}>
                {fault.path && <code>{fault.path}</code>} {(language === 'zh' && fault.zh) || fault.message}
              </li>
            ))}
          </ul>
        )}
        <p className={styles.meta}>
          <code>{problem.code}</code>
          {problem.requestId && (
            <>
              {' · '}
              {t.problem.request} <code>{problem.requestId}</code>
            </>
          )}
        </p>
      </div>
      {retry && problem.status !== 404 && (
        <Button size="small" onClick={retry}>
          {t.common.retry}
        </Button>
      )}
    </div>
  );
}
