/**
 * Runs `stop` once when the process is asked to end, then exits: 0 when everything closed in time, else 1. Work
 * that is under way gets `graceMs` to finish.
 */
export function stopOnSignal(stop: () => Promise<void>, graceMs = 2500): void {
  let stopping = false;
  const end = (): void => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(1), graceMs).unref();
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error('could not stop cleanly:', error);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
}
