import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, expect, it } from '@jest/globals';
import type { DrillRecord } from '@sluice/protocol/client';
import { FakeServer } from './fake-server.ts';

const children: ChildProcess[] = [];
let next: FakeServer | undefined;
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await next?.stop();
});

/** A program of this folder, and the lines that it prints. */
function start(program: string, ...args: string[]) {
  const script = join(import.meta.dirname, program);
  const child = spawn(process.execPath, ['--conditions=sluice-source', script, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const lines: AsyncIterator<string> = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return { child, line: async () => (await lines.next()).value as string };
}

interface Seen {
  readonly lastBrokenAt: number;
  readonly freedAt: number;
  readonly now: number;
  readonly drills: readonly DrillRecord[];
}

it('faults are gone within 5 s of a kill -9 of the server, by the record of the instance', async () => {
  const server = start('fault-server.ts');
  const url = await server.line();
  const app = start('fault-program.ts', url);
  expect(JSON.parse(await app.line())).toEqual({ broken: true });
  // It goes on for longer than a lease, because it is renewed.
  await new Promise((resolve) => setTimeout(resolve, 3500));
  const killedAt = Date.now();
  server.child.kill('SIGKILL');
  await once(server.child, 'exit');
  const seen = JSON.parse(await app.line()) as Seen;
  expect(seen.lastBrokenAt).toBeGreaterThan(killedAt);
  expect(seen.lastBrokenAt - killedAt).toBeLessThan(5000);
  expect(seen.freedAt - killedAt).toBeLessThan(5000);
  const [drill] = seen.drills;
  expect(drill).toMatchObject({
    drillId: 'd1',
    state: 'ended',
    endedBecause: 'silence',
    faults: [
      { fault: 'down', held: 0 },
      { fault: 'stuck', injected: 1, held: 0, released: 1 },
    ],
  });
  expect(seen.now - drill!.endedAgoMs! - killedAt).toBeLessThan(5000);
  expect(drill!.activeMs).toBeGreaterThan(3500);
  expect(drill!.faults[0]!.injected).toBe(drill!.faults[0]!.eligible);

  // The server that comes back hears of it from the instance itself, and breaks nothing by asking for it again.
  next = await new FakeServer().start(Number(new URL(url).port));
  const told = await next.hears('faultState');
  expect(told.drills[0]).toMatchObject({ drillId: 'd1', state: 'ended', endedBecause: 'silence' });
  expect(told.drills[0]!.endedAgoMs).toBeGreaterThanOrEqual(drill!.endedAgoMs!);
  process.stderr.write(
    `after the kill calls were broken for ${seen.lastBrokenAt - killedAt} ms, a hang was let go after ${seen.freedAt - killedAt} ms\n`,
  );
}, 60_000);
