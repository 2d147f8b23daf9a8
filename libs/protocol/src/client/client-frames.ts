import type { z } from 'zod';
import { faultState } from './faults.ts';
import { ack, explained, heartbeat, hello, killed, prepared, state } from './frames.ts';
import { report } from './report.ts';

/** Every frame that a client sends, with its check. */
export const clientFrames = {
  hello,
  ack,
  state,
  heartbeat,
  prepared,
  killed,
  report,
  explained,
  faultState,
} as const;

type ClientFrames = typeof clientFrames;
export type ClientFrame<Name extends keyof ClientFrames> = z.infer<ClientFrames[Name]>;

export type ClientToServer = {
  readonly [Name in keyof ClientFrames]: (frame: ClientFrame<Name>) => void;
} & {
  /** Round trip of 5 s, so that a half-open connection is noticed within 10 s. */
  readonly alive: (answer: () => void) => void;
};
