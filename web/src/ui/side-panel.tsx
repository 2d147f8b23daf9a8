import { Drawer } from 'antd';
import type { ReactNode } from 'react';

interface Props {
  readonly title: ReactNode;
  readonly open: boolean;
  readonly onClose: () => void;
  readonly footer?: ReactNode;
  readonly width?: number;
  readonly children: ReactNode;
}

/** A panel beside the page for one task. Keeps the focus inside, closes with Esc, gives the focus back. */
export function SidePanel({ title, open, onClose, footer, width = 680, children }: Props) {
  return (
    <Drawer
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
