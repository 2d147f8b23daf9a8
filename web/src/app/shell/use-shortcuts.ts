import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { focusFilter, moveRow, pressControl } from './page-keys.ts';

/** The second key after `g`, and where it leads in the environment. */
const places: Readonly<Record<string, string>> = {
  o: '',
  a: '/apps',
  c: '/changes',
  i: '/incident',
  l: '/alerts',
};
/** Those that lead to a tab of the app that the page is about; where it is about none, to the list of apps. */
const tabs: Readonly<Record<string, string>> = { r: '/resources', d: '/drills' };
/** How long `g` waits for its second key. */
const chordMs = 1500;

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

const isPaletteKey = (event: KeyboardEvent): boolean =>
  (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k';

/** Whether a plain key is meant for the page: nobody types, no panel and no menu is open. */
const isForPage = (event: KeyboardEvent): boolean =>
  !(event.ctrlKey || event.metaKey || event.altKey) &&
  !isTyping(event.target) &&
  document.querySelector('[role=dialog], [role=menu]') === null;

/** What keys do on the page itself; a control of it names its own key. */
const acts: Readonly<Record<string, (event: KeyboardEvent) => void>> = {
  '/': focusFilter,
  j: (event) => moveRow(event, 1),
  k: (event) => moveRow(event, -1),
  e: (event) => pressControl(event, 'e'),
  p: (event) => pressControl(event, 'p'),
  R: (event) => pressControl(event, 'Shift+R'),
  '.': (event) => pressControl(event, '.'),
};

interface Where {
  readonly environment: string | undefined;
  readonly app: string | undefined;
}

function pathOf(key: string, { environment, app }: Where): string | undefined {
  const tab = tabs[key];
  const inApp = tab !== undefined && app !== undefined ? `/${encodeURIComponent(app)}${tab}` : '';
  const path = tab === undefined ? places[key] : `/apps${inApp}`;
  if (environment === undefined || path === undefined) return undefined;
  return `/environments/${encodeURIComponent(environment)}${path}`;
}

/** Keys that work on every page: Ctrl+K, ?, /, j and k, those of its controls, and g followed by a letter of a page. */
export function useShortcuts({ environment, app }: Where, open: (what: 'palette' | 'help') => void): void {
  const navigate = useNavigate();
  const wentAt = useRef(Number.NEGATIVE_INFINITY);
  useEffect(() => {
    const go = (key: string): void => {
      const href = pathOf(key, { environment, app });
      if (href !== undefined) void navigate({ href });
    };
    const onPageKey = (event: KeyboardEvent): void => {
      const isSecond = event.timeStamp - wentAt.current < chordMs;
      wentAt.current = event.key === 'g' ? event.timeStamp : Number.NEGATIVE_INFINITY;
      if (isSecond) go(event.key);
      else if (event.key === '?') open('help');
      else if (event.key === 'i') go('i');
      else acts[event.key]?.(event);
    };
    const onKey = (event: KeyboardEvent): void => {
      if (event.isComposing) return;
      if (isPaletteKey(event)) {
        event.preventDefault();
        open('palette');
      } else if (isForPage(event)) onPageKey(event);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [environment, app, navigate, open]);
}
