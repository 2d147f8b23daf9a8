/** What can be done to a call in the place where faults are injected. */
export interface FaultScope {
  /** The caller takes a promise. */
  readonly mayWait: boolean;
  /** A value can be given to the caller in place of the call. */
  readonly mayAnswer: boolean;
  /** The only protocol in which the caller can be answered; undefined where an abort is an error like any other. */
  readonly protocol?: 'http' | 'grpc';
}
