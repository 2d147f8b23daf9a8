import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useText } from '../lib/i18n/language.ts';
import { LoadingRows } from './empty.tsx';
import { ProblemBox } from './problem-box.tsx';

interface Props<T> {
  readonly of: UseQueryResult<T, Error>;
  readonly rows?: number;
  readonly children: (data: T) => ReactNode;
}

/** What was read, or that it is on its way, or why not. A failed refresh leaves what was there and says so. */
export function Loaded<T>({ of, rows, children }: Props<T>) {
  const t = useText();
  if (of.data === undefined) {
    if (of.isError)
      return (
        <div style={{ padding: 14 }}>
          <ProblemBox error={of.error} retry={() => void of.refetch()} />
        </div>
      );
    return <LoadingRows label={t.common.loading} {...(rows !== undefined && { rows })} />;
  }
  return (
    <>
      {of.isError && <ProblemBox error={of.error} retry={() => void of.refetch()} />}
      {children(of.data)}
    </>
  );
}
