import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { textOfWholeFrame } from './whole-text.ts';

/** A frame as a client sends it: RFC 6455 §5.2. */
function framed(text: string, mask = [1, 2, 3, 250], first = 0x81): Buffer {
  const body = Buffer.from(text);
  const { length } = body;
  const head =
    length < 126
      ? [first, 0x80 | length]
      : length < 65_536
        ? [first, 0x80 | 126, length >> 8, length & 0xff]
        : [first, 0x80 | 127, 0, 0, 0, 0, 0, length >> 16, (length >> 8) & 0xff, length & 0xff];
  return Buffer.from([...head, ...mask, ...body.map((byte, i) => byte ^ mask[i & 3]!)]);
}

const byte = fc.integer({ min: 0, max: 255 });
const ascii = fc.string({ unit: 'binary-ascii', maxLength: 600 });

describe('the text of a chunk that is one whole frame', () => {
  it('is what was said, under any mask', () => {
    fc.assert(
      fc.property(ascii, fc.tuple(byte, byte, byte, byte), (text, mask) => {
        expect(textOfWholeFrame(framed(text, mask))).toBe(text);
      }),
    );
    for (const length of [0, 125, 126, 127, 4096]) {
      const text = 'x'.repeat(length);
      expect(textOfWholeFrame(framed(text))).toBe(text);
    }
  });

  it('is none of a part of a frame, of more than one, or of a text with other letters', () => {
    fc.assert(
      fc.property(ascii, fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 9 }), (text, at, more) => {
        const frame = framed(text);
        expect(textOfWholeFrame(frame.subarray(0, at % frame.length))).toBeUndefined();
        expect(textOfWholeFrame(Buffer.concat([frame, more]))).toBeUndefined();
        expect(textOfWholeFrame(framed(`${text}é`))).toBeUndefined();
        expect(textOfWholeFrame(framed(`中${text}`))).toBeUndefined();
      }),
    );
  });

  it('is none of what is long, not masked, or not a whole text', () => {
    expect(textOfWholeFrame(framed('x'.repeat(4097)))).toBeUndefined();
    expect(textOfWholeFrame(framed('x'.repeat(70_000)))).toBeUndefined();
    expect(textOfWholeFrame(Buffer.from([0x81, 2, 65, 66]))).toBeUndefined();
    // Its beginning, its end, bytes, a close, a ping, a pong, and one that is compressed.
    for (const first of [0x01, 0x80, 0x82, 0x88, 0x89, 0x8a, 0xc1])
      expect(textOfWholeFrame(framed('hello', undefined, first))).toBeUndefined();
    expect(textOfWholeFrame(Buffer.alloc(0))).toBeUndefined();
  });
});
