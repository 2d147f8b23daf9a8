import { Drawer } from 'antd';
import { type ReactNode, useRef } from 'react';

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
 * what carries `data-first-focus`, else at the first input.
 */
export function SidePanel({ title, open, onClose, footer, width = 680, children }: Props) {
  const panel = useRef<HTMLDivElement>(null);
  const focusFirst = (isOpen: boolean): void => {
    if (!isOpen) return;
    const first =
      panel.current?.querySelector<HTMLElement>('[data-first-focus]') ??
      panel.current?.querySelector<HTMLElement>('input:not([type=radio]), textarea');
    first?.focus();
  };
  return (
    <Drawer
      panelRef={panel}
      afterOpenChange={focusFirst}
      title={title}
      open={open}
      onClose={onClose}
      size={Math.min(width, window.innerWidth)}
      footer={footer}
      destroyOnHidden
      aria-label={typeof title === 'string' ? title : undefined}
    >
      {children}
    </Drawer>
  );
}
