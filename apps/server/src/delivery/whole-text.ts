const wholeText = 0x81;
const maskBit = 0x80;
const maskBytes = 4;
const longest = 4096;
const scratch = Buffer.allocUnsafe(longest);

/**
 * The text of a chunk that is exactly one frame of a client (RFC 6455 §5.2): whole, masked, not compressed, short and
 * all ASCII, which is how nearly every frame of an instance comes. Undefined for anything else, right or wrong.
 */
export function textOfWholeFrame(chunk: Buffer): string | undefined {
  const second = chunk[1];
  if (chunk[0] !== wholeText || second === undefined || second < maskBit) return undefined;
  let length = second - maskBit;
  let at = 2;
  // 126: two bytes of length follow, and longer frames have eight.
  if (length >= 126) {
    if (length > 126 || chunk.length < 4) return undefined;
    length = chunk.readUInt16BE(2);
    at = 4;
  }
  const from = at + maskBytes;
  if (length > longest || chunk.length !== from + length) return undefined;
  let seen = 0;
  for (let i = 0; i < length; i++) {
    const byte = chunk[from + i]! ^ chunk[at + (i & 3)]!;
    scratch[i] = byte;
    seen |= byte;
  }
  return seen < 0x80 ? scratch.toString('latin1', 0, length) : undefined;
}
