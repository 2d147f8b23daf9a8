import { PoweroffOutlined } from '@ant-design/icons';
import { lazy, Suspense, useEffect, useState } from 'react';
import { useText } from '../../lib/i18n/language.ts';
import styles from './kill.module.css';
import { togglesOn, useKill } from './kill-state.ts';

const KillPanel = lazy(async () => ({ default: (await import('./kill-panel.tsx')).KillPanel }));

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/** The kill switch in the top bar: whether it is on, on every page; pressed, or with Shift+K, its panel. */
export function KillSwitchButton({ environment }: { readonly environment: string }) {
  const t = useText();
  const [openFor, setOpenFor] = useState<string>();
  const kill = useKill(environment);
  const on = (kill.data?.items ?? []).reduce((sum, each) => sum + togglesOn(each).length, 0);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const isMeant = event.key === 'K' && event.shiftKey && !event.ctrlKey && !event.metaKey;
      if (isMeant && !event.isComposing && !isTyping(event.target)) setOpenFor('');
    };
    const onAsked = (event: Event): void => setOpenFor((event as CustomEvent<string>).detail);
    window.addEventListener('keydown', onKey);
    window.addEventListener('sluice-kill', onAsked);
    return () => {
      window.removeEventListener('keydown', onKey);
      window.removeEventListener('sluice-kill', onAsked);
    };
  }, []);
  return (
    <>
      <button
        type="button"
        className={`${styles.button} ${on > 0 ? styles.on : ''}`}
        aria-keyshortcuts="Shift+K"
        title="Shift+K"
        onClick={() => setOpenFor('')}
      >
        <PoweroffOutlined aria-hidden="true" /> {on > 0 ? t.kill.openOn(on) : t.kill.open}
      </button>
      {openFor !== undefined && (
        <Suspense>
          <KillPanel environment={environment} app={openFor} onClose={() => setOpenFor(undefined)} />
        </Suspense>
      )}
    </>
  );
}
