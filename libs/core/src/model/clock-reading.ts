/**
 * A reading of the clock of the calls: monotonic milliseconds. On the way of a call it is handed on in an object, for a
 * bare fraction that is handed to a function is allocated wherever V8 doesn't compile that function in.
 */
export interface ClockReading {
  readonly nowMs: number;
}

/** A call, by the reading at which it went. */
export interface Started {
  readonly startMs: number;
}
