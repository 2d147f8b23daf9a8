/** A frame of a client as it was heard. */
export interface Said {
  readonly event: string;
  readonly frame: unknown;
  /** What the check made of the frame, once it has been checked and found good. */
  checked: unknown;
  /** Others may say the same and get this object: what was checked is frozen then. */
  isShared: boolean;
}

export const saidAlone = (event: string, frame: unknown): Said => ({
  event,
  frame,
  checked: undefined,
  isShared: false,
});

/** Only what is short is worth the comparison: acks, heartbeats, turns of the kill switch. */
const maxLength = 1024;
const maxKept = 64;

const kept = new Map<string, Said>();
let [lastText, lastSaid] = ['', undefined as Said | undefined];

/**
 * What this text said the last time. Thousands of instances answer a push in the same words, since an answer tells
 * what is held and not by whom: reading and checking it costs as much as acting on it, and one of them is enough.
 */
export function saidInChorus(text: string): Said | undefined {
  // Most often it is what was said just before: comparing two texts is several times as fast as finding one.
  if (text === lastText) return lastSaid;
  if (text.length > maxLength) return undefined;
  const said = kept.get(text);
  if (said) [lastText, lastSaid] = [text, said];
  return said;
}

/** Keeps what a text said for others who say the same soon; everybody gets the same object then. */
export function keepForChorus(text: string, said: Said): void {
  if (text.length > maxLength) return;
  if (kept.size >= maxKept) kept.clear();
  said.isShared = true;
  kept.set(text, said);
}
