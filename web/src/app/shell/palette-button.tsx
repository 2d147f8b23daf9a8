import { lazy, Suspense, useEffect, useState } from 'react';
import { useText } from '../../lib/i18n/language.ts';
import styles from './shell.module.css';

const Palette = lazy(() => import('./palette.tsx'));

/** Opens the palette, by a press or by Ctrl+K; it is loaded when it is first opened. */
export function PaletteButton({ environment }: { readonly environment: string | undefined }) {
  const t = useText();
  const [open, setOpen] = useState(false);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k' && !event.isComposing) {
        event.preventDefault();
        setOpen(true);
      }
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
  return (
    <>
      <button type="button" className={styles.jump} onClick={() => setOpen(true)}>
        <span className={styles.jumpLabel}>{t.shell.jump}</span>
        <kbd>Ctrl K</kbd>
      </button>
      {open && (
        <Suspense>
          <Palette environment={environment} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
