import type { KeyRoom } from './key-room.ts';
import type { Limiter } from './limiter.ts';

interface Slot<L> {
  readonly key: string;
  readonly limiter: L;
  /** Asked since the hand last came by. */
  touched: boolean;
}

/** How far the hand looks for a key that needs nothing remembered before it takes one that does. */
const reach = 16;
const maxKeyLength = 256;

/**
 * One limiter a key, for at most `maxKeys` keys, and as many as there is room for in `room`, if others share it. A key is made when it first takes something, not when it is asked.
 * When it is full, a hand goes round (the clock algorithm, an LRU without lists): it forgets a key whose limiter is
 * idle, of which nothing is lost; failing that, the first it finds that wasn't asked since it last came by.
 */
export class Keyed<L extends Limiter> {
  /** Asked for last: calls of one key often follow each other. */
  #last: Slot<L> | undefined;
  readonly #create: (key: string, nowMs: number) => L;
  readonly #room: KeyRoom | undefined;
  #maxKeys: number;
  readonly #byKey = new Map<string, Slot<L>>();
  readonly #slots: Slot<L>[] = [];
  #hand = 0;

  constructor(maxKeys: number, create: (key: string, nowMs: number) => L, room?: KeyRoom) {
    this.#maxKeys = maxKeys;
    this.#create = create;
    this.#room = room;
    room?.join(this);
  }

  get size(): number {
    return this.#slots.length;
  }

  /** The limiter of a key, if it is remembered. Whoever isn't has taken nothing yet. */
  find(key: string): L | undefined {
    const slot = this.#last?.key === key ? this.#last : this.#look(key);
    if (slot === undefined) return undefined;
    slot.touched = true;
    return slot.limiter;
  }

  /** The limiter of a key, made if need be. */
  take(key: string, nowMs: number): L {
    return this.find(key) ?? this.#add(shortKey(key), nowMs);
  }

  /** Another bound; the keys beyond it are forgotten. */
  resize(maxKeys: number, nowMs: number): void {
    this.#maxKeys = maxKeys;
    while (this.#slots.length > maxKeys) this.forgetOne(nowMs);
  }

  /** Makes room for others. */
  forgetOne(nowMs: number): void {
    const index = this.#toForget(nowMs);
    this.#forget(this.#slots[index]!);
    const last = this.#slots.pop()!;
    if (index < this.#slots.length) this.#slots[index] = last;
    this.#room?.giveBack();
  }

  forEach(visit: (limiter: L, key: string) => void): void {
    for (const { limiter, key } of this.#slots) visit(limiter, key);
  }

  #look(key: string): Slot<L> | undefined {
    const slot = this.#byKey.get(shortKey(key));
    if (slot !== undefined) this.#last = slot;
    return slot;
  }

  #add(key: string, nowMs: number): L {
    const slot: Slot<L> = { key, limiter: this.#create(key, nowMs), touched: false };
    if (this.#slots.length < this.#maxKeys && this.#hasRoom(nowMs)) this.#slots.push(slot);
    else {
      const index = this.#toForget(nowMs);
      this.#forget(this.#slots[index]!);
      this.#slots[index] = slot;
    }
    this.#byKey.set(key, slot);
    return slot.limiter;
  }

  #hasRoom(nowMs: number): boolean {
    return this.#room === undefined || this.#room.take(this, nowMs);
  }

  #forget(slot: Slot<L>): void {
    this.#byKey.delete(slot.key);
    if (this.#last === slot) this.#last = undefined;
  }

  #toForget(nowMs: number): number {
    let cold = -1;
    for (let step = 0; ; step++) {
      const index = this.#hand % this.#slots.length;
      this.#hand = index + 1;
      const slot = this.#slots[index]!;
      if (slot.limiter.isIdle(nowMs)) return index;
      if (!slot.touched && cold < 0) cold = index;
      slot.touched = false;
      if (cold >= 0 && step >= reach) return cold;
    }
  }
}

/** A long key is cut, and told apart by two hashes of all of it; whoever makes them collide shares a limit. */
function shortKey(key: string): string {
  if (key.length <= maxKeyLength) return key;
  let [a, b] = [0x811c9dc5, 0x9e3779b9];
  for (let i = 0; i < key.length; i++) {
    const unit = key.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x01000193);
    b = Math.imul(b ^ unit, 0x85ebca6b) ^ (b >>> 13);
  }
  return `${key.slice(0, maxKeyLength - 24)}#${(a >>> 0).toString(36)}#${(b >>> 0).toString(36)}`;
}
