/** What shares room with others: it tells how many keys it holds, and forgets one when it is told to. */
export interface KeyHolder {
  readonly size: number;
  forgetOne(nowMs: number): void;
}

/**
 * How many keys the limits of one rule remember together, at all resources that it is about: a rule about all paths of
 * an app would else remember each of its callers once a path. While there is room everybody takes what he needs; then
 * who has less than an even share gets the room of one who has more, and who has his share makes do with it.
 */
export class KeyRoom {
  #mostKeys: number;
  readonly #holders: KeyHolder[] = [];
  #used = 0;
  /** The one who was found to have more than his share, and where to look for the next. */
  #hand = 0;

  constructor(mostKeys: number) {
    this.#mostKeys = mostKeys;
  }

  join(holder: KeyHolder): void {
    this.#holders.push(holder);
  }

  /** Another bound, which holds for what is taken from now on: nothing is forgotten for it. */
  resize(mostKeys: number): void {
    this.#mostKeys = mostKeys;
  }

  /** Room for one more key of a holder that has joined; false when he has to forget one of his own for it. */
  take(holder: KeyHolder, nowMs: number): boolean {
    if (this.#used >= this.#mostKeys) {
      const share = this.#mostKeys / this.#holders.length;
      if (holder.size > 0 && holder.size >= share) return false;
      // All is taken and this one has less than his share, so somebody has more; he gives his key's room back.
      this.#whoHasMoreThan(share).forgetOne(nowMs);
    }
    this.#used += 1;
    return true;
  }

  giveBack(): void {
    this.#used -= 1;
  }

  #whoHasMoreThan(share: number): KeyHolder {
    const holders = this.#holders;
    while (holders[this.#hand]!.size <= share) this.#hand = (this.#hand + 1) % holders.length;
    return holders[this.#hand]!;
  }
}
