/** Length in four bytes, big-endian, then JSON in UTF-8. */
const headBytes = 4;
/** A frame of the child may have so much; what claims more is not read but ends the child. */
const mostBytes = 8 * 1024 * 1024;

/** What came through the pipe is no frame, so nothing after it can be trusted either. */
export class FrameError extends Error {
  override readonly name = 'FrameError';
}

export function encodeFrame(value: unknown): Buffer {
  const body = JSON.stringify(value);
  const size = Buffer.byteLength(body);
  const frame = Buffer.allocUnsafe(headBytes + size);
  frame.writeUInt32BE(size, 0);
  frame.write(body, headBytes);
  return frame;
}

/** Puts frames together again from the pieces that a pipe gives. Holds at most one frame's bytes. */
export class FrameReader {
  readonly #chunks: Buffer[] = [];
  #heldBytes = 0;
  #wantedBytes = headBytes;

  /** The frames that this piece completes. Throws a `FrameError` at the first byte that can't belong to one. */
  push(chunk: Buffer): unknown[] {
    this.#chunks.push(chunk);
    this.#heldBytes += chunk.length;
    const found: unknown[] = [];
    while (this.#heldBytes >= this.#wantedBytes) {
      const held = this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks);
      this.#chunks.length = 0;
      const rest = this.#take(held, found);
      this.#heldBytes = rest.length;
      this.#chunks.push(rest);
    }
    return found;
  }

  #take(held: Buffer, found: unknown[]): Buffer {
    let at = 0;
    for (;;) {
      this.#wantedBytes = headBytes;
      if (held.length - at < headBytes) break;
      const size = held.readUInt32BE(at);
      if (size > mostBytes) throw new FrameError(`a frame of ${size} bytes`);
      this.#wantedBytes += size;
      if (held.length - at < this.#wantedBytes) break;
      found.push(parse(held.toString('utf8', at + headBytes, at + this.#wantedBytes)));
      at += this.#wantedBytes;
    }
    return held.subarray(at);
  }
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new FrameError('a frame that is not JSON');
  }
}
