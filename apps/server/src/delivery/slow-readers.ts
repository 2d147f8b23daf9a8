import type { Connection } from '../fleet/connection.ts';

/** More than this waiting for one that takes nothing of it, and it is cut: it will come back and be told the newest state only. */
const maxBufferedBytes = 1024 * 1024;
/**
 * Nothing taken for so long means that it doesn't read. Not shorter: the system of one that reads slowly makes room in
 * leaps of megabytes.
 */
const patienceMs = 10_000;
/** A delivery without an answer for so long means a broken link; the instance comes back and says what it holds. */
const ackDeadlineMs = 30_000;

/**
 * Tells an instance that doesn't read from one that reads slowly. Who lets more than 1 MiB wait and takes nothing
 * of it for 10 s is stuck, and so is who owes an answer for 30 s; the time counts from the last byte that
 * such a slow one took. A first state of many megabytes reaches an instance behind a thin line all the same.
 */
export class SlowReaders {
  #watched = new Map<Connection, { readonly mark: number; readonly movedAtMs: number }>();

  /** Who is stuck by now; asked again and again. `nowMs` is monotonic. */
  stuck(connections: Iterable<Connection>, nowMs: number): Connection[] {
    const watched = new Map<Connection, { readonly mark: number; readonly movedAtMs: number }>();
    const stuck = [...connections].filter((connection) => {
      const { inFlight, wire } = connection;
      const isBehind = wire.bufferedBytes() > maxBufferedBytes;
      const before = this.#watched.get(connection);
      if (!isBehind && !before) return inFlight !== undefined && nowMs - inFlight.sentAt > ackDeadlineMs;
      const mark = wire.progressMark();
      const isMoving = before?.mark !== mark;
      const movedAtMs = isMoving ? nowMs : before.movedAtMs;
      if (isBehind && nowMs - movedAtMs > patienceMs) return true;
      if (inFlight && nowMs - movedAtMs > ackDeadlineMs) return true;
      if (inFlight || isBehind) watched.set(connection, { mark, movedAtMs });
      return false;
    });
    this.#watched = watched;
    return stuck;
  }
}
