import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { encodeFrame, FrameReader } from '../../libs/scripts/src/frames.ts';

const program = join(import.meta.dirname, 'echo-child.mjs');

describe("the pipe of a script host's child", () => {
  it('brings frames of any size whole and in order, however they are cut, and ends with its parent', async () => {
    // From a few bytes to many times what the pipe or one reading takes.
    const size = fc.oneof(fc.nat(200), fc.integer({ min: 65_000, max: 66_000 }), fc.nat(600_000));
    const pieces = fc.array(fc.integer({ min: 1, max: 200_000 }), { maxLength: 12 });
    const child = spawn(process.execPath, ['--jitless', program], { stdio: ['pipe', 'pipe', 'inherit'] });
    const reader = new FrameReader();
    const got: unknown[] = [];
    let wake = (): void => undefined;
    child.stdout.on('data', (chunk: Buffer) => {
      got.push(...reader.push(chunk));
      wake();
    });
    await fc.assert(
      fc.asyncProperty(fc.array(size, { minLength: 1, maxLength: 8 }), pieces, async (sizes, cuts) => {
        const sent = sizes.map((length, n) => ({ n, text: `é${'x'.repeat(length)}` }));
        const bytes = Buffer.concat(sent.map(encodeFrame));
        let at = 0;
        for (const cut of [...cuts, bytes.length]) {
          child.stdin.write(bytes.subarray(at, at + cut));
          at += cut;
          await turn();
        }
        while (got.length < sent.length)
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        expect(got.splice(0)).toEqual(sent);
      }),
      { numRuns: 60 },
    );
    const exited = once(child, 'exit');
    child.stdin.end();
    expect(await exited).toEqual([0, null]);
  });
});
