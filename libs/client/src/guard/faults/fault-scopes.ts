import type { FaultScope } from '@sluice/core';
import type { GateOptions } from '../call-options.ts';

/** What can be done to calls of functions, by what the function is known to answer. */
export const functionScopes = {
  /** Nobody knows: a value in place of a promise would break its caller, and so would a promise in place of a value. */
  unknown: { mayWait: false, mayAnswer: false },
  values: { mayWait: false, mayAnswer: true },
  promises: { mayWait: true, mayAnswer: true },
} as const satisfies Record<string, FaultScope>;

/** What can be done to a call that is let in at once, or not at all. */
export const entryScope: FaultScope = { mayWait: false, mayAnswer: false };

const passageScopes = {
  plain: { mayWait: true, mayAnswer: false },
  http: { mayWait: true, mayAnswer: true, protocol: 'http' },
  grpc: { mayWait: true, mayAnswer: true, protocol: 'grpc' },
  grpcStream: { mayWait: true, mayAnswer: false, protocol: 'grpc' },
  message: { mayWait: true, mayAnswer: true },
} as const satisfies Record<string, FaultScope>;

/** What can be done to a call whose caller takes a promise of its passage. */
export const passageScope = (protocol: GateOptions['protocol']): FaultScope =>
  passageScopes[protocol ?? 'plain'];
