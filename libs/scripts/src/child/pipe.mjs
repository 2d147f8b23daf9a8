import { writeSync } from 'node:fs';

const headBytes = 4;
const nap = new Int32Array(new SharedArrayBuffer(4));

/** Calls back with each frame of standard input: four bytes of length, then JSON. The parent is trusted. */
export function readFrames(onFrame) {
  let held = Buffer.alloc(0);
  process.stdin.on('data', (chunk) => {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    while (held.length >= headBytes) {
      const end = headBytes + held.readUInt32BE(0);
      if (held.length < end) return;
      const body = held.toString('utf8', headBytes, end);
      held = held.subarray(end);
      onFrame(JSON.parse(body));
    }
  });
  process.stdin.on('end', () => process.exit(0));
}

/** Writes one frame to standard output, and returns when the pipe has taken all of it. */
export function writeFrame(messages) {
  const body = JSON.stringify(messages);
  const size = Buffer.byteLength(body);
  const frame = Buffer.allocUnsafe(headBytes + size);
  frame.writeUInt32BE(size, 0);
  frame.write(body, headBytes);
  for (let at = 0; at < frame.length; ) {
    try {
      at += writeSync(1, frame, at);
    } catch (error) {
      if (error.code !== 'EAGAIN') process.exit(1); // nobody reads any more
      Atomics.wait(nap, 0, 0, 1);
    }
  }
}
