import { lazy, Suspense } from 'react';
import { useText } from '../../lib/i18n/language.ts';
import { LoadingRows } from '../empty.tsx';
import type { EditorProps } from './editor.tsx';
import type { TextDiffProps } from './text-diff.tsx';

const LazyEditor = lazy(() => import('./editor.tsx'));
const LazyTextDiff = lazy(() => import('./text-diff.tsx'));

/** The editor, loaded when it is first needed. */
export function CodeEditor(props: EditorProps) {
  const t = useText();
  return (
    <Suspense fallback={<LoadingRows label={t.common.loading} />}>
      <LazyEditor {...props} />
    </Suspense>
  );
}

export function CodeDiff(props: TextDiffProps) {
  const t = useText();
  return (
    <Suspense fallback={<LoadingRows label={t.common.loading} />}>
      <LazyTextDiff {...props} />
    </Suspense>
  );
}
