import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';

/** The second key after `g`, and where it leads. */
const places = { o: '', a: '/apps', c: '/changes', i: '/incident' } as const;
/** How long `g` waits for its second key. */
const chordMs = 1500;

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/** The first filter of the page takes what is typed next. */
function focusFilter(event: KeyboardEvent): void {
  const filter = document.querySelector<HTMLInputElement>('main input:not([type=radio], [type=checkbox])');
  if (!filter) return;
  event.preventDefault();
  filter.focus();
  filter.select();
}

const isPaletteKey = (event: KeyboardEvent): boolean =>
  (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k';

/** Whether a plain key is meant for the page: nobody types, no panel is open. */
const isForPage = (event: KeyboardEvent): boolean =>
  !(event.ctrlKey || event.metaKey || event.altKey) &&
  !isTyping(event.target) &&
  document.querySelector('[role=dialog]') === null;

/** Keys that work on every page: Ctrl+K, ?, /, and g followed by the first letter of a page. */
export function useShortcuts(
  environment: string | undefined,
  open: (what: 'palette' | 'help') => void,
): void {
  const navigate = useNavigate();
  const wentAt = useRef(Number.NEGATIVE_INFINITY);
  useEffect(() => {
    const go = (key: string): void => {
      if (environment === undefined || !(key in places)) return;
      const path = places[key as keyof typeof places];
      void navigate({ href: `/environments/${encodeURIComponent(environment)}${path}` });
    };
    const onKey = (event: KeyboardEvent): void => {
      if (event.isComposing) return;
      if (isPaletteKey(event)) {
        event.preventDefault();
        open('palette');
      } else if (isForPage(event)) {
        const isSecond = event.timeStamp - wentAt.current < chordMs;
        wentAt.current = event.key === 'g' ? event.timeStamp : Number.NEGATIVE_INFINITY;
        if (isSecond) go(event.key);
        else if (event.key === '?') open('help');
        else if (event.key === '/') focusFilter(event);
      }
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [environment, navigate, open]);
}
