import { Drawer } from 'antd';
import { type ReactNode, useEffect, useRef } from 'react';

interface Props {
  readonly title: ReactNode;
  readonly open: boolean;
  readonly onClose: () => void;
  readonly footer?: ReactNode;
  readonly width?: number;
  readonly children: ReactNode;
}

/**
 * A panel beside the page for one task. Keeps the focus inside, closes with Esc, gives the focus back. It begins at
 * what carries `data-first-focus`, else at the first input, from the moment it is there: who presses Enter while it
 * still slides in means the panel, not the page behind it.
 */
export function SidePanel({ title, open, onClose, footer, width = 680, children }: Props) {
  const panel = useRef<HTMLDivElement>(null);
  const isGiven = useRef(false);
  const giveFocus = (): void => {
    if (!open || isGiven.current) return;
    const now = document.activeElement;
    const isChosen = panel.current?.contains(now) && !now?.matches('.ant-drawer-section, .ant-drawer-close');
    const first =
      panel.current?.querySelector<HTMLElement>('[data-first-focus]') ??
      panel.current?.querySelector<HTMLElement>('input:not([type=radio]), textarea');
    if (!isChosen) first?.focus({ preventScroll: true });
    isGiven.current = isChosen === true || first != null;
  };
  return (
    <Drawer
      panelRef={panel}
      // The drawer would take the focus itself, after it was given.
      autoFocus={false}
      afterOpenChange={giveFocus}
      title={title}
      open={open}
      onClose={onClose}
      size={Math.min(width, window.innerWidth)}
      footer={footer}
      destroyOnHidden
      aria-label={typeof title === 'string' ? title : undefined}
    >
      {children}
      <AfterEach tell={giveFocus} />
    </Drawer>
  );
}

/** Tells each time that what stands around it has come onto the page anew: what was loading may be there now. */
function AfterEach({ tell }: { readonly tell: () => void }) {
  useEffect(tell);
  return null;
}
