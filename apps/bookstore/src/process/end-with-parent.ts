// Loaded with `--import` into every process that the demo starts: when the demo is gone, even by kill -9, the
// operating system closes the channel between the two, and the process ends as if it had been asked to.
const graceMs = 3000;

if (process.connected) {
  process.on('disconnect', () => {
    process.kill(process.pid, 'SIGTERM');
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), graceMs).unref();
  });
  // The listener alone must not keep a finished process alive.
  process.channel?.unref();
}
