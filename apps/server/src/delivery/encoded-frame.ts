import { clientNamespace, type Sync } from '@sluice/protocol/client';
import type { EncodedFrame } from '../fleet/connection.ts';

const wholeText = 0x81;

/**
 * A sync for many, made bytes once: the websocket's header (RFC 6455 §5.2, a whole text, not masked), the packet types
 * of engine.io and socket.io, and the text.
 */
export function encodedSync(frame: Sync): EncodedFrame {
  const text = Buffer.from(`42${clientNamespace},${JSON.stringify(['sync', frame])}`);
  return { event: 'sync', frame, bytes: Buffer.concat([header(text.length), text]) };
}

function header(length: number): Buffer {
  if (length < 126) return Buffer.from([wholeText, length]);
  if (length < 65_536) return Buffer.from([wholeText, 126, length >> 8, length & 0xff]);
  const header = Buffer.alloc(10);
  header[0] = wholeText;
  header[1] = 127;
  header.writeBigUInt64BE(BigInt(length), 2);
  return header;
}
