/** What the state of the generator grows by with each number. */
const step = 0x6d2b79f5;

function mixed(state: number): number {
  let mix = Math.imul(state ^ (state >>> 15), 1 | state);
  mix = (mix + Math.imul(mix ^ (mix >>> 7), 61 | mix)) ^ mix;
  return ((mix ^ (mix >>> 14)) >>> 0) / 2 ** 32;
}

/**
 * Numbers in [0, 1) that are the same for the same seed on every machine, for replays and drills: the mulberry32
 * generator of Tommy Ettinger. Not for secrets.
 */
export function seededDraw(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + step) | 0;
    return mixed(state);
  };
}

/** The number at a place of the same sequence, counted from 0, without those before it. */
export function drawAt(seed: number, index: number): number {
  return mixed((seed + Math.imul(index + 1, step)) | 0);
}

/** A seed from a text: FNV-1a. */
export function seedOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}
