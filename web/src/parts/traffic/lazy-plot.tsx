import { lazy, Suspense } from 'react';
import type { PlotProps } from './plot.tsx';

const Plot = lazy(() => import('./plot.tsx'));

/** The canvas, loaded with the first chart that is looked at; made anew when its lines or `look` change. */
export function LazyPlot({ look, ...props }: PlotProps & { readonly look: string }) {
  const shape = props.lines.map((line) => `${line.key} ${line.colour} ${line.shown}`).join();
  return (
    <Suspense fallback={<div style={{ height: props.heightPx }} />}>
      <Plot key={`${look} ${shape}`} {...props} />
    </Suspense>
  );
}
