/** How the calls to one peer ended since the process started. */
export interface CallCount {
  ok: number;
  /** The peer said no: a full answer, only not the wished one. */
  refused: number;
  /** No answer in the time that the settings allow. */
  timeouts: number;
  /** No connection, a broken one, or an answer that makes no sense. */
  errors: number;
}

export type CallEnd = keyof CallCount;

/** Counts by the name of the peer, for the process' own report. */
export class CallCounts {
  readonly #byPeer = new Map<string, CallCount>();

  count(peer: string, end: CallEnd): void {
    const counts = this.#byPeer.get(peer) ?? { ok: 0, refused: 0, timeouts: 0, errors: 0 };
    counts[end] += 1;
    this.#byPeer.set(peer, counts);
  }

  report(): Record<string, CallCount> {
    return Object.fromEntries([...this.#byPeer].map(([peer, counts]) => [peer, { ...counts }]));
  }
}
