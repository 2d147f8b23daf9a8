import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { BenchOptions } from './options.ts';
import { against, type BenchLine, median } from './report.ts';
import { Sender } from './sender.ts';

const paths = Array.from({ length: 100 }, (_, n) => `/books/${n}`);
/** What the machine does besides is much the same in two turns that follow each other, if they are short. */
const turnMs = 40;
const warmUpTurns = 200;
const turns = 75;

const kinds = ['bare', 'guarded', 'loaded'] as const;
type Kind = (typeof kinds)[number];
type OfEach<T> = Record<Kind, T>;

/** Requests a second of an Express app with the whole guard in front of its routes, against the same app bare. */
export async function app({ rounds = 9 }: BenchOptions): Promise<BenchLine[]> {
  const all: OfEach<number>[] = [];
  // Two processes of the same program are not equally fast.
  for (let round = 0; round < rounds; round++) all.push(await compared());
  const middle = (kind: Kind): number => median(all.map((ratios) => ratios[kind]));
  const bareRate = middle('bare');
  console.error(
    `an app with the guard in its process and in front of no route: ${middle('loaded').toFixed(3)} of bare`,
  );
  return [
    against({
      name: 'Express with five rules in front of its route',
      ours: bareRate * middle('guarded'),
      unit: 'requests/s',
      peer: 'Express bare',
      peerValue: bareRate,
      goal: 0.95,
      better: 'higher',
    }),
  ];
}

/** One process of each kind, in turns: the rate of the bare one, and what the others make of it. */
async function compared(): Promise<OfEach<number>> {
  const served = await Promise.all(kinds.map(started));
  // In turns as well: whoever waits for the others to be warm has its connections closed meanwhile, and what V8 compiled
  // for them is thrown away.
  for (let turn = 0; turn < warmUpTurns; turn++) for (const { sender } of served) await sender.rate(turnMs);
  const rates: OfEach<number[]> = { bare: [], guarded: [], loaded: [] };
  for (let turn = 0; turn < turns; turn++) {
    // Who is first has the warmer machine, so they take turns in that too. Nobody comes twice in a row, which is worth
    // two hundredths: there and back again would favour the first and the last.
    for (let n = 0; n < served.length; n++) {
      const { kind, sender } = served[(turn + n) % served.length]!;
      rates[kind].push(await sender.rate(turnMs));
    }
  }
  for (const { stop } of served) stop();
  const ofBare = (kind: Kind): number => median(rates[kind].map((rate, turn) => rate / rates.bare[turn]!));
  const ratios = { guarded: ofBare('guarded'), loaded: ofBare('loaded') };
  console.error(`guarded ${ratios.guarded.toFixed(3)} of bare, loaded ${ratios.loaded.toFixed(3)}`);
  return { bare: median(rates.bare), ...ratios };
}

interface Served {
  readonly kind: Kind;
  readonly sender: Sender;
  stop(): void;
}

async function started(kind: Kind): Promise<Served> {
  const child = fork(new URL('./app-server.ts', import.meta.url), [kind], {
    execArgv: ['--conditions=sluice-source'],
  });
  const [port] = (await once(child, 'message')) as [number];
  const sender = await Sender.to(port, paths);
  const stop = (): void => {
    sender.close();
    child.kill();
  };
  return { kind, sender, stop };
}
