import { type ErrorComponentProps } from '@tanstack/react-router';
import { ProblemBox } from '../ui/problem-box.tsx';

/** A page that broke says so in its own place; the frame around it keeps working. */
export function PageError({ error, reset }: ErrorComponentProps) {
  return (
    <div style={{ padding: 20 }}>
      <ProblemBox error={error} retry={reset} />
    </div>
  );
}
