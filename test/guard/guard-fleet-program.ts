// Some instances of an app in one process: real clients whose calls come under rules. It does what it is told, and
// tells of it on the machine's steady clock, so that what several processes say can be compared.
import { BlockedError, createSluice, type Sluice } from '@sluice/client';

export interface GuardFleetOrder {
  readonly server: string;
  readonly token: string;
  readonly app: string;
  /** Each instance has a folder of its own in it; nothing is kept on disk when absent. */
  readonly cacheDir?: string;
  readonly ids: readonly string[];
  readonly readyMs?: number;
}

/** What a process can be told to do. */
export type GuardFleetTask =
  | {
      readonly do: 'untilRefused' | 'untilPassed' | 'untilWatching' | 'untilEnforcing';
      readonly forMs: number;
      /** How often each instance is called, 10 ms when absent. */
      readonly everyMs?: number;
    }
  | { readonly do: 'callOnce' | 'holds' }
  | {
      readonly do: 'load';
      readonly perSec: readonly number[];
      readonly startMs: number;
      readonly forMs: number;
    };

/** By instance: when it was so, undefined when it never was. */
export type Moments = Record<string, number | null>;

export interface Offered {
  /** When each call was admitted, on the machine's clock. */
  readonly admittedMs: readonly number[];
  readonly offered: number;
  /** Calls that were made to wait for anything. */
  readonly waited: number;
}

const order = JSON.parse(process.argv[2]!) as GuardFleetOrder;
const clients = new Map<string, Sluice>();
const machineMs = (): number => Number(process.hrtime.bigint()) / 1e6;

for (const instanceId of order.ids)
  clients.set(
    instanceId,
    createSluice({
      server: order.server,
      token: order.token,
      environment: 'prod',
      app: order.app,
      instanceId,
      allowMultiple: true,
      cacheDir: order.cacheDir === undefined ? false : `${order.cacheDir}/${instanceId}`,
      logger: false,
    }),
  );
const states = await Promise.all(
  [...clients.values()].map((sluice) => sluice.ready({ timeoutMs: order.readyMs ?? 30_000 })),
);

/** What becomes of a call of `pay`. */
function call(sluice: Sluice): string {
  try {
    sluice.entry('pay').exit();
    return 'passed';
  } catch (error) {
    if (!(error instanceof BlockedError)) throw error;
    return error.code;
  }
}

const is: Record<
  Exclude<GuardFleetTask['do'], 'load' | 'callOnce' | 'holds'>,
  (sluice: Sluice) => boolean
> = {
  untilRefused: (sluice) => call(sluice) !== 'passed',
  untilPassed: (sluice) => call(sluice) === 'passed',
  untilWatching: (sluice) => sluice.guarding().killSwitch.monitorOnly,
  untilEnforcing: (sluice) => !sluice.guarding().killSwitch.monitorOnly,
};

/** Asks each instance every few milliseconds until all have said yes. */
function moments(
  isSo: (sluice: Sluice) => boolean,
  task: { readonly forMs: number; readonly everyMs?: number },
): Promise<Moments> {
  const found: Moments = Object.fromEntries(order.ids.map((id) => [id, null]));
  const waiting = new Map(clients);
  const endMs = machineMs() + task.forMs;
  return new Promise((resolve) => {
    const look = (): void => {
      for (const [id, sluice] of waiting) {
        if (!isSo(sluice)) continue;
        found[id] = machineMs();
        waiting.delete(id);
      }
      if (waiting.size === 0 || machineMs() > endMs) resolve(found);
      else setTimeout(look, task.everyMs ?? 10);
    };
    look();
  });
}

/** Offers each instance so many calls a second, evenly, from a moment on. */
async function load(perSec: readonly number[], startMs: number, forMs: number): Promise<Offered> {
  const admittedMs: number[] = [];
  const all = [...clients.values()];
  const done = all.map(() => 0);
  let waited = 0;
  for (;;) {
    const atMs = machineMs() - startMs;
    if (atMs >= forMs) return { admittedMs, offered: done.reduce((sum, each) => sum + each, 0), waited };
    all.forEach((sluice, i) => {
      const due = Math.floor((Math.max(0, atMs) / 1000) * perSec[i]!);
      for (; done[i]! < due; done[i]!++)
        try {
          const passage = sluice.gate('pay').admit();
          if (passage instanceof Promise) {
            waited += 1;
            void passage.then((late) => late.exit());
          } else passage.exit();
          admittedMs.push(machineMs());
        } catch (error) {
          if (!(error instanceof BlockedError)) throw error;
        }
    });
    await new Promise((resolve) => setTimeout(resolve, 4));
  }
}

function answer(task: GuardFleetTask): Promise<unknown> | unknown {
  switch (task.do) {
    case 'load':
      return load(task.perSec, task.startMs, task.forMs);
    case 'callOnce':
      return Object.fromEntries([...clients].map(([id, sluice]) => [id, call(sluice)]));
    case 'holds':
      return Object.fromEntries([...clients].map(([id, sluice]) => [id, sluice.digests().revision]));
    default:
      return moments(is[task.do], task);
  }
}

process.on('message', (message: { ask: number; task: GuardFleetTask }) => {
  void Promise.resolve(answer(message.task)).then((said) => process.send?.({ ask: message.ask, said }));
});
process.on('disconnect', () => process.exit(0));
process.send?.({ ready: states });
