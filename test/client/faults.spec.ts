import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Sluice } from '@sluice/client';
import { until } from '../support/until.ts';
import { breaksAll, leaseMs } from './fault-drill.ts';
import { freshFolder, useFakeServer } from './use-fake-server.ts';

const fake = useFakeServer();
afterEach(() => {
  delete process.env.SLUICE_KILL;
});

/** A client whose connection stands. */
async function connected(more: Parameters<typeof fake.connect>[0] = {}): Promise<Sluice> {
  const sluice = fake.connect(more);
  await sluice.ready();
  await until('the server heard its ack', async () => fake.server.heard.ack.length > 0);
  return sluice;
}

const begins = (version = 1, ...ids: string[]): void =>
  fake.server.tell('faults', { version, leaseMs, drills: ids.map((id) => breaksAll(id)) });
const stateOf = (drillId: string, state: string) =>
  fake.server.hears('faultState', ({ drills }) =>
    drills.some((drill) => drill.drillId === drillId && drill.state === state),
  );
const callOf = (sluice: Sluice) => sluice.protect('pay', async () => 'paid');

describe('faults that a server sends', () => {
  it('are in force when the instance says so, and gone when they are named no more', async () => {
    const sluice = await connected();
    const pay = callOf(sluice);
    begins(1, 'd1');
    expect(await stateOf('d1', 'active')).toMatchObject({
      bootId: fake.server.heard.hello[0]?.bootId,
      version: 1,
    });
    await expect(pay()).rejects.toThrow('no');
    const hung = sluice.protect('stuck', async () => 'there')();
    const freed = expect(hung).rejects.toMatchObject({ kind: 'hang' });
    begins(2);
    const { version, drills } = await stateOf('d1', 'ended');
    expect([version, drills[0]]).toMatchObject([
      2,
      {
        endedBecause: 'ended',
        faults: [
          { fault: 'down', eligible: 1, injected: 1 },
          { fault: 'stuck', eligible: 1, injected: 1, held: 0, released: 1 },
        ],
        callers: { error: expect.any(Number) },
      },
    ]);
    await freed;
    expect(await pay()).toBe('paid');
    // Counts go on for the call that was under way.
    await fake.server.hears('faultState', ({ drills: [drill] }) => drill?.callers.error === 2);
    expect(fake.said.map((line) => line.replace(/:.*/, ''))).toEqual([
      '[sluice] drill_began',
      '[sluice] drill_ended',
    ]);
  });

  it('leave no trace in namespaces, digests or on disk', async () => {
    const cacheDir = await freshFolder();
    const sluice = await connected({ cacheDir });
    const before = sluice.digests();
    begins(1, 'd1');
    await stateOf('d1', 'active');
    expect(sluice.digests()).toEqual(before);
    await sluice.close();
    fake.server.heard.faultState.length = 0;
    const again = fake.connect({ cacheDir });
    await again.ready();
    expect(await callOf(again)()).toBe('paid');
    expect(again.guarding().drills).toEqual([]);
  });

  it('are told as closed when the client closes', async () => {
    const sluice = await connected();
    begins(1, 'd1');
    await stateOf('d1', 'active');
    const hung = sluice.protect('stuck', async () => 'there')();
    const freed = expect(hung).rejects.toMatchObject({ kind: 'hang' });
    await sluice.close();
    await freed;
    expect((await stateOf('d1', 'ended')).drills[0]).toMatchObject({ endedBecause: 'closed' });
    expect(await callOf(sluice)()).toBe('paid');
  });

  describe('end with the kill switch', () => {
    it('of the server', async () => {
      const sluice = await connected();
      begins(1, 'd1');
      await stateOf('d1', 'active');
      fake.server.tell('kill', { version: 1, monitorOnly: false, noFaults: true });
      expect((await stateOf('d1', 'ended')).drills[0]).toMatchObject({ endedBecause: 'killSwitch' });
      expect(await callOf(sluice)()).toBe('paid');
      begins(2, 'd1', 'd2');
      expect((await stateOf('d2', 'ended')).drills.find(({ drillId }) => drillId === 'd2')).toMatchObject({
        endedBecause: 'killSwitch',
        faults: [{ injected: 0 }, { injected: 0 }],
      });
      expect(await callOf(sluice)()).toBe('paid');
    });

    it('of a file, without a single call', async () => {
      const cacheDir = await freshFolder();
      const sluice = await connected({ cacheDir });
      begins(1, 'd1');
      await stateOf('d1', 'active');
      await writeFile(join(cacheDir, 'KILL'), 'faults', { mode: 0o600 });
      expect((await stateOf('d1', 'ended')).drills[0]).toMatchObject({ endedBecause: 'killSwitch' });
      expect(sluice.guarding().killSwitch).toEqual({ monitorOnly: false, noFaults: true });
    });

    it('of the environment, which lets none begin', async () => {
      process.env.SLUICE_KILL = 'faults';
      const sluice = await connected();
      begins(1, 'd1');
      expect((await stateOf('d1', 'ended')).drills[0]).toMatchObject({ endedBecause: 'killSwitch' });
      expect(await callOf(sluice)()).toBe('paid');
    });
  });

  it('that no client knows are refused by name, and the others begin', async () => {
    const sluice = await connected();
    const odd = { ...breaksAll('odd'), faults: { odd: { kind: 'fault', fault: 'teleport' } } };
    fake.server.tell('faults', { version: 1, leaseMs, drills: [odd as never, breaksAll('d1')] });
    const { drills } = await stateOf('d1', 'active');
    expect(drills.find(({ drillId }) => drillId === 'odd')).toMatchObject({ state: 'refused' });
    await expect(callOf(sluice)()).rejects.toThrow('no');
  });
});
