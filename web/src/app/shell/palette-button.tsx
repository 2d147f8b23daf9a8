import { SearchOutlined } from '@ant-design/icons';
import { useParams } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { useText } from '../../lib/i18n/language.ts';
import type { NamespacePlace } from '../../parts/place.ts';
import styles from './shell.module.css';
import { useShortcuts } from './use-shortcuts.ts';

const Palette = lazy(() => import('./palette.tsx'));
const ShortcutHelp = lazy(() => import('./shortcut-help.tsx'));
const PaletteRollback = lazy(() => import('./palette-rollback.tsx'));

type Open = 'palette' | 'help' | NamespacePlace;

/** Opens the palette, by a press or by Ctrl+K, and the help with ?; both are loaded when they are first opened. */
export function PaletteButton({ environment }: { readonly environment: string | undefined }) {
  const t = useText();
  const [open, setOpen] = useState<Open>();
  const close = (): void => setOpen(undefined);
  const { app } = useParams({ strict: false });
  useShortcuts({ environment, app }, setOpen);
  return (
    <>
      <button
        type="button"
        className={styles.jump}
        aria-keyshortcuts="Control+K"
        onClick={() => setOpen('palette')}
      >
        <SearchOutlined className={styles.jumpIcon} aria-hidden="true" />
        <span className={styles.jumpLabel}>{t.shell.jump}</span>
        <kbd>Ctrl K</kbd>
      </button>
      <Suspense>
        {open === 'palette' && (
          <Palette
            environment={environment}
            rollBack={setOpen}
            help={() => setOpen('help')}
            onClose={() => setOpen((now) => (now === 'palette' ? undefined : now))}
          />
        )}
        {open === 'help' && <ShortcutHelp onClose={close} />}
        {typeof open === 'object' && <PaletteRollback place={open} onClose={close} />}
      </Suspense>
    </>
  );
}
