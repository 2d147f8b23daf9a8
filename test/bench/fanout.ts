import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { contracts, type Push } from '@sluice/protocol';
import { ServerProcess } from '../support/server-process.ts';
import type { BenchOptions } from './options.ts';
import { against, type BenchLine, median } from './report.ts';

/** Rounds in which both sides are compiled; they don't count. */
const warmUpRounds = 8;
const payload = 'x'.repeat(1000);
/**
 * For the processes that stand for thousands of machines, of both sides: there are no two cores for them beside the
 * server's, and their garbage is not to be collected in the middle of a burst.
 */
const loadFlags = ['--min-semi-space-size=64', '--max-semi-space-size=64'];

/**
 * A global push of a 1 KB value, from the publish to the last `applied` ack at the server, against a bare `ws`
 * server that broadcasts the same number of bytes to as many sockets and waits for as many acks. In turns; both
 * loads come from one process each.
 */
export async function fanout({ instances = 5000, rounds = 11 }: BenchOptions): Promise<BenchLine[]> {
  const server = await ServerProcess.start();
  const children: ChildProcess[] = [];
  try {
    await server.setUp();
    const { admin } = server;
    const token = await server.clientToken('shop');
    const params = { env: 'prod', app: 'shop', ns: 'page' };
    await admin.call(contracts.createNamespace, {
      params: { env: 'prod', app: 'shop' },
      body: { name: 'page', kind: 'document', format: 'text' },
    });
    await child('fleet.ts', { url: server.url, token, count: instances }, children, loadFlags);
    const peer = await child('peers/ws-server.ts', {}, children);
    await child(
      'peers/ws-fleet.ts',
      { port: (peer.ready as { port: number }).port, count: instances },
      children,
      loadFlags,
    );
    console.error(`${instances} instances and ${instances} bare sockets are connected`);

    const [ours, theirs]: [number[], number[]] = [[], []];
    let etag = '"0"';
    for (let round = 1 - warmUpRounds; round <= rounds; round++) {
      const content = { kind: 'document', format: 'text', text: `${round} ${payload}` } as const;
      const released = await admin.call(contracts.publish, {
        params,
        ifMatch: etag,
        body: { content, message: '' },
      });
      etag = released.etag;
      // The server says how long it took; asking it meanwhile would be a part of that.
      await rest();
      const push = await settled(server, released.push.id);
      await rest();
      if (push.verdict.holding !== instances)
        throw new Error(
          `only ${push.verdict.holding} of ${instances} hold it: ${JSON.stringify(push.verdict.counts)}`,
        );
      peer.process.send({ broadcast: JSON.stringify(content) });
      const [answer] = (await once(peer.process, 'message')) as [{ ms: number; acks: number }];
      await rest();
      if (answer.acks !== instances) throw new Error(`the peer got ${answer.acks} of ${instances} acks`);
      if (round > 0) {
        ours.push(push.verdict.lastAppliedMs ?? Number.NaN);
        theirs.push(answer.ms);
      }
      console.error(
        `round ${round}: ours ${push.verdict.lastAppliedMs} ms, bare ws ${answer.ms.toFixed(0)} ms`,
      );
    }
    return [
      against({
        name: `global push to ${instances} instances, publish -> last applied ack`,
        ours: median(ours),
        unit: 'ms',
        peer: 'ws broadcast + ack',
        peerValue: median(theirs),
        goal: 1.5,
        better: 'lower',
      }),
    ];
  } finally {
    for (const process of children) process.kill('SIGKILL');
    await server.remove();
  }
}

/** Both sides start each round from rest: nothing of the round before is still being written. */
const rest = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 2000));

async function child(
  file: string,
  options: object,
  children: ChildProcess[],
  flags: readonly string[] = [],
): Promise<{ process: ChildProcess; ready: unknown }> {
  const process = fork(join(import.meta.dirname, file), [JSON.stringify(options)], {
    execArgv: [...flags, '--conditions=sluice-source', '--disable-warning=ExperimentalWarning'],
  });
  children.push(process);
  const [ready] = (await once(process, 'message')) as [unknown];
  return { process, ready };
}

async function settled(server: ServerProcess, pushId: string): Promise<Push> {
  for (;;) {
    const push = await server.admin.call(contracts.getPush, {
      params: { env: 'prod', app: 'shop', push: pushId },
    });
    if (push.state === 'converged' || push.state === 'diverged') return push;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
