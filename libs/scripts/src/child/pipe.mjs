import { readSync, writeSync } from 'node:fs';

const headBytes = 4;
const usualBytes = 65_536;
const nap = new Int32Array(new SharedArrayBuffer(4));

/**
 * Calls back with each frame of standard input: four bytes of length, then JSON. The parent is trusted. It is the
 * reading that waits, not the event loop: on the way through loop and stream a call that comes alone would lose
 * more time than its script takes. Between two readings the loop gets its turn.
 */
export function readFrames(onFrame) {
  let held = Buffer.allocUnsafe(usualBytes);
  let heldBytes = 0;
  /** Where the frame that begins at `at` ends: behind what is held, as long as it isn't whole. */
  const endOf = (at) => at + headBytes + (heldBytes - at < headBytes ? 0 : held.readUInt32BE(at));
  const turn = () => {
    heldBytes += waitFor(() => readSync(0, held, heldBytes, held.length - heldBytes, null));
    let at = 0;
    for (let end = endOf(at); end <= heldBytes; end = endOf(at)) {
      const body = held.toString('utf8', at + headBytes, end);
      at = end;
      onFrame(JSON.parse(body));
    }
    held = roomFor(endOf(at) - at, held, held.subarray(at, heldBytes));
    heldBytes -= at;
    setImmediate(turn);
  };
  setImmediate(turn);
}

/** What is left moves to the front of a buffer that its frame fits in. */
function roomFor(wantedBytes, held, rest) {
  const bytes = Math.max(usualBytes, wantedBytes);
  if (bytes !== held.length) return Buffer.concat([rest], bytes);
  held.set(rest);
  return held;
}

/** Writes one frame to standard output, and returns when the pipe has taken all of it. */
export function writeFrame(messages) {
  const body = JSON.stringify(messages);
  const size = Buffer.byteLength(body);
  const frame = Buffer.allocUnsafe(headBytes + size);
  frame.writeUInt32BE(size, 0);
  frame.write(body, headBytes);
  for (let at = 0; at < frame.length; ) at += waitFor(() => writeSync(1, frame, at));
}

/** The bytes that `move` moved. Where there are none any more, the parent is gone, and so is this process. */
function waitFor(move) {
  for (;;)
    try {
      return move() || process.exit(0);
    } catch (error) {
      if (error.code !== 'EAGAIN') process.exit(1);
      Atomics.wait(nap, 0, 0, 1);
    }
}
