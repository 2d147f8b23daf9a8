import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { fileError } from '../files/read-source.ts';
import type { Io } from '../host/io.ts';

const chunkBytes = 1 << 20;

/** The bytes of a log piece by piece, unpacked where it is gzip. `-` is standard input. */
export async function* logChunks(io: Io, path: string): AsyncGenerator<Uint8Array> {
  try {
    const source = path === '-' ? io.stdin() : await fileChunks(resolve(io.cwd, path));
    yield* await unpacked(source);
  } catch (error) {
    throw fileError(path, error);
  }
}

async function fileChunks(path: string): Promise<AsyncIterable<Uint8Array>> {
  const { createReadStream } = await import('node:fs');
  return createReadStream(path, { highWaterMark: chunkBytes }) as AsyncIterable<Uint8Array>;
}

/** A gzip file says so in its first two bytes, whatever its name; a pipe may bring them one by one. */
async function unpacked(source: AsyncIterable<Uint8Array>): Promise<AsyncIterable<Uint8Array>> {
  const chunks = source[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  let begin = new Uint8Array(0);
  while (begin.length < 2) {
    const step = await chunks.next();
    if (step.done) break;
    first.push(step.value);
    begin = Uint8Array.from([...begin, ...step.value.subarray(0, 2)]);
  }
  async function* all(): AsyncGenerator<Uint8Array> {
    yield* first;
    for (let step = await chunks.next(); !step.done; step = await chunks.next()) yield step.value;
  }
  if (begin[0] !== 0x1f || begin[1] !== 0x8b) return all();
  const [{ createGunzip }, stream] = await Promise.all([import('node:zlib'), import('node:stream')]);
  const unzip = createGunzip({ chunkSize: chunkBytes });
  // What goes wrong on either side ends the reading below with it.
  stream.pipeline(stream.Readable.from(all()) as Readable, unzip, () => undefined);
  return unzip as AsyncIterable<Uint8Array>;
}
