import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** From this length on a text that leaves an isolate lies outside of the heap. */
const leastLength = 1024;
const mostBytes = 16 * 1024 * 1024;

// Taken before there is any isolate, and the flag with it: no isolate of a script gets the function.
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
setFlagsFromString('--no-expose-gc');

let bytes = 0;

/** Counts a text that came out of an isolate. */
export function count(text) {
  if (text.length >= leastLength) bytes += text.length * 2;
}

/**
 * Gives back the memory of texts that are no longer needed. The heap that refers to them hardly grows, so V8 sees no
 * reason to, and this process would be taken for one whose script hoards. It takes some 10 ms: to be called when
 * nobody waits for what is known.
 */
export function collectIfDue() {
  if (bytes < mostBytes) return;
  bytes = 0;
  collect();
}
