import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism, constants, setPriority } from 'node:os';
import { DecideScript, ScriptHost } from '@sluice/scripts';
import type { BenchOptions } from './options.ts';
import { against, type BenchLine, median, within } from './report.ts';

const alone = 2000;
const underLoad = 50_000;
const lanes = 500;
const source = `function decide(call) {
  if (call['header:x-tier'] === 'gold') return 'pass';
  return call['stat.qps'] > 100 && call.random < 0.5 ? 'block' : 'pass';
}`;
const inputs = ['header:x-tier', 'user', 'stat.qps'];
const call = { user: 'ann', headers: { 'x-tier': 'silver' } };
const stats = { qps: 90 };
const request = Buffer.alloc(120, 'x');

/** A child that sends back what it gets, and nothing else: the least that any process of its own can cost. */
function startEcho(): { readonly ask: () => Promise<unknown>; readonly stop: () => void } {
  const child = spawn(process.execPath, ['-e', 'process.stdin.pipe(process.stdout)'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ask = (): Promise<unknown> => {
    const answered = once(child.stdout, 'data');
    child.stdin.write(request);
    return answered;
  };
  return { ask, stop: () => child.kill('SIGKILL') };
}

/**
 * Work of the lowest priority for each processor, which gives way to everything, so that none falls asleep: on a
 * virtual machine whose idle processors are handed back, being woken costs more than all that a decision does.
 */
function startIdlers(): { readonly goOn: () => void; readonly pause: () => void; readonly stop: () => void } {
  const children = Array.from({ length: availableParallelism() }, () => {
    const child = spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' });
    setPriority(child.pid!, constants.priority.PRIORITY_LOW);
    return child;
  });
  const tell = (signal: NodeJS.Signals) => (): void => children.forEach((child) => void child.kill(signal));
  return { goOn: tell('SIGCONT'), pause: tell('SIGSTOP'), stop: tell('SIGKILL') };
}

async function perCallUs(run: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let n = 0; n < alone; n++) {
    const started = performance.now();
    await run();
    times.push((performance.now() - started) * 1000);
  }
  return median(times);
}

async function perSecond(run: () => Promise<unknown>): Promise<number> {
  let left = underLoad;
  const lane = async (): Promise<void> => {
    while (left-- > 0) await run();
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: lanes }, lane));
  return underLoad / ((performance.now() - started) / 1000);
}

/**
 * A script that decides single calls: one after the other, on processors that may fall asleep between two of them and
 * on such that may not, and 500 at a time. Nothing is remembered.
 */
export async function script({ rounds = 5 }: BenchOptions): Promise<BenchLine[]> {
  const host = new ScriptHost({ cpuMsPerSec: 10_000 });
  const decides = new DecideScript(host, 'bench', { source, inputs, timeoutMs: 1000, onError: 'block' });
  const ask = async (): Promise<void> => {
    const { by, failure } = await decides.decide(call, stats);
    if (by !== 'script') throw new Error(`the script did not answer: ${failure?.code}`);
  };
  while ((await decides.decide(call, stats)).by !== 'script'); // until the host is ready
  const [echo, idlers] = [startEcho(), startIdlers()];
  const [aloneUs, awakeUs, echoUs, perSec]: [number[], number[], number[], number[]] = [[], [], [], []];
  try {
    for (let round = 0; round <= rounds; round++) {
      idlers.pause();
      const [many, alone] = [await perSecond(ask), await perCallUs(ask)];
      idlers.goOn();
      const [awake, peer] = [await perCallUs(ask), await perCallUs(echo.ask)];
      if (round === 0) continue; // the first one warms up
      perSec.push(many);
      aloneUs.push(alone);
      awakeUs.push(awake);
      echoUs.push(peer);
    }
  } finally {
    for (const one of [idlers, echo]) one.stop();
    host.close();
  }
  const oneByOne = { unit: 'us', better: 'lower' } as const;
  const awake = {
    ...oneByOne,
    name: 'decide, one by one, p50, no processor asleep',
    ours: median(awakeUs),
  };
  return [
    within({ ...oneByOne, name: 'decide, one by one, p50', ours: median(aloneUs), bound: 100 }),
    within({ ...awake, bound: 100 }),
    against({ ...awake, peer: 'echo over a pipe', peerValue: median(echoUs), goal: 5 }),
    within({
      name: 'decisions, 500 at a time',
      ours: median(perSec),
      unit: '1/s',
      bound: 50_000,
      better: 'higher',
    }),
  ];
}
