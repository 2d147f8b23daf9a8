import type { ReactNode } from 'react';

/** Things below each other, evenly. */
export function Stack({ gap = 12, children }: { readonly gap?: number; readonly children: ReactNode }) {
  return <div style={{ display: 'grid', gap, minWidth: 0 }}>{children}</div>;
}

/** Things beside each other, wrapping. */
export function Row({
  gap = 8,
  end = false,
  children,
}: {
  readonly gap?: number;
  readonly end?: boolean;
  readonly children: ReactNode;
}) {
  return (
    <div
      style={{
        display: 'flex',
        flexWrap: 'wrap',
        alignItems: 'center',
        gap,
        ...(end && { justifyContent: 'flex-end' }),
      }}
    >
      {children}
    </div>
  );
}
