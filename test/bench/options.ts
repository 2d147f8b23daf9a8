/** What a benchmark may be told on the command line. */
export interface BenchOptions {
  readonly instances: number | undefined;
  readonly rounds: number | undefined;
}
