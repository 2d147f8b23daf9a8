import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { encodeFrame, FrameError, FrameReader } from './frames.ts';

describe('frames', () => {
  it('come out as they went in, however the pipe cuts them', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue(), { maxLength: 6 }), fc.array(fc.nat(40)), (values, cuts) => {
        const sent = JSON.parse(JSON.stringify(values)) as unknown[];
        const bytes = Buffer.concat(sent.map(encodeFrame));
        const reader = new FrameReader();
        const got: unknown[] = [];
        let at = 0;
        for (const cut of [...cuts, bytes.length]) {
          got.push(...reader.push(bytes.subarray(at, at + cut)));
          at += cut;
        }
        expect(got).toEqual(sent);
      }),
    );
  });

  it('are refused at their head when they claim too much', () => {
    const head = Buffer.alloc(4);
    head.writeUInt32BE(1_000_000_000);
    expect(() => new FrameReader().push(head)).toThrow(FrameError);
  });

  it('are refused when they are no JSON', () => {
    expect(() => new FrameReader().push(Buffer.from([0, 0, 0, 1, 0x7b]))).toThrow(FrameError);
  });

  it('never yield anything for noise but a refusal', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 64 }), { maxLength: 20 }), (chunks) => {
        const reader = new FrameReader();
        try {
          for (const chunk of chunks) reader.push(Buffer.from(chunk));
        } catch (error) {
          expect(error).toBeInstanceOf(FrameError);
        }
      }),
    );
  });
});
