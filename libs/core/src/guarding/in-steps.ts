/** Work that others get their turn between the steps of. */
export type InSteps<T> = Generator<undefined, T>;

/** All steps, one right after the other. */
export function atOnce<T>(steps: InSteps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
