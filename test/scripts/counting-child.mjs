// Stands in for the child of a script host and answers every call with how often it has loaded a script so far:
// node counting-child.mjs <bytes that it holds>
import { readFrames, writeFrame } from '../../libs/scripts/src/child/pipe.mjs';

const held = Buffer.alloc(Number(process.argv[2]), 1);
let loads = 0;

readFrames((messages) => {
  for (const { t, v, calls } of messages)
    if (t === 'load') {
      loads += 1;
      writeFrame([{ t: 'loaded', v }]);
    } else if (t === 'run') {
      const out = JSON.stringify(calls.map(() => [1, loads]));
      writeFrame([{ t: 'out', v, n: calls.length, out, cpuMs: 0 }]);
    }
});
writeFrame([{ t: 'ready', node: `${process.versions.node} ${held.length}` }]);
