import { useEffect } from 'react';
import { nowMs, useNow } from '../../lib/clock.ts';
import { useText } from '../../lib/i18n/language.ts';
import { ProblemBox } from '../../ui/problem-box.tsx';
import styles from './shell.module.css';

const everySec = 5;
let openedAt = 0;

/** The whole page while the server doesn't answer; asks again by itself and shows when. */
export function ServerAway({ error, retry }: { readonly error: unknown; readonly retry: () => void }) {
  const t = useText();
  const now = useNow();
  useEffect(() => {
    openedAt = nowMs();
    const timer = setInterval(retry, everySec * 1000);
    return () => clearInterval(timer);
  }, [retry]);
  const left = everySec - (Math.floor((now - openedAt) / 1000) % everySec);
  return (
    <div className={styles.away}>
      <ProblemBox error={error} retry={retry} />
      <p className="quiet" style={{ marginTop: 10 }}>
        {t.shell.asksAgain(left)}
      </p>
    </div>
  );
}
