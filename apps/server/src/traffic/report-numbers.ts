/** Reports of which it is known whether they came; at two a second, those of the last minute. */
const width = 128;

/**
 * Which reports of one process came, by their numbers: a window that slides with the highest, as IPsec does it (RFC
 * 4303, 3.4.3). One that is sent again, by a client that was not sure, is known; one that comes late is not.
 */
export class ReportNumbers {
  /** When the last one came. */
  atMs = 0;
  #highest: number | undefined;
  /** A bit for each number, that of the highest the lowest. */
  #came = 1n;

  /** Answers how many before it never came so far; undefined: it came before. */
  take(sequence: number): number | undefined {
    const ahead = sequence - (this.#highest ?? sequence);
    // Far below the highest nobody sends a report again: the process has begun to count anew.
    if (this.#highest === undefined || ahead <= -width || ahead >= width) {
      this.#highest = sequence;
      this.#came = 1n;
      return Math.max(0, ahead - 1);
    }
    if (ahead > 0) {
      this.#highest = sequence;
      this.#came = BigInt.asUintN(width, (this.#came << BigInt(ahead)) | 1n);
      return ahead - 1;
    }
    const bit = 1n << BigInt(-ahead);
    if ((this.#came & bit) !== 0n) return undefined;
    this.#came |= bit;
    return 0;
  }
}
