// Stands in for the child of a script host and misbehaves on its pipe as it is told: node broken-child.mjs <how>
import { writeSync } from 'node:fs';

function frame(value) {
  const body = Buffer.from(JSON.stringify(value));
  const head = Buffer.alloc(4);
  head.writeUInt32BE(body.length);
  return Buffer.concat([head, body]);
}
const ready = frame([{ t: 'ready', node: '24' }]);
const head = (size) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(size);
  return bytes;
};
const results = frame([{ t: 'out', v: 1, n: 1, out: '[[1,"pass"]]', cpuMs: 0 }]);
const misdeeds = {
  garbage: () => writeSync(1, Buffer.alloc(100_000, 0xff)),
  text: () => writeSync(1, 'Segmentation fault\n'.repeat(1000)),
  gigabyte: () => {
    writeSync(1, head(1_000_000_000));
    for (;;) writeSync(1, Buffer.alloc(1 << 20, 0x20));
  },
  'not-json': () => writeSync(1, Buffer.concat([head(4), Buffer.from('{{{{')])),
  'no-message': () => writeSync(1, frame([{ t: 'root', please: true }])),
  'no-list': () => writeSync(1, frame({ t: 'ready' })),
  unasked: () => writeSync(1, Buffer.concat([results, results, results])),
  'too-many': () =>
    writeSync(
      1,
      frame([
        { t: 'loaded', v: 1 },
        { t: 'out', v: 1, n: 2, out: '[[1,1]]', cpuMs: 0 },
      ]),
    ),
  'odd-results': () =>
    writeSync(
      1,
      frame([
        { t: 'loaded', v: 1 },
        { t: 'out', v: 1, n: 1, out: 'boo', cpuMs: 0 },
      ]),
    ),
  negative: () => writeSync(1, frame([{ t: 'out', v: -1, n: 0, out: '', cpuMs: -1e9 }])),
  again: () => writeSync(1, Buffer.concat(Array(50).fill(frame([{ t: 'again', v: 1, patience: 5 }])))),
  partial: () => writeSync(1, results.subarray(0, results.length - 3)),
  silence: () => undefined,
  end: () => process.exit(0),
  crash: () => process.abort(),
};

const how = process.argv[2];
for (const byte of ready) writeSync(1, Buffer.of(byte)); // in pieces, as pipes may
process.stdin.on('data', () => misdeeds[how]());
