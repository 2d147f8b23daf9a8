import { expect, it } from '@jest/globals';
import type { Report } from '@sluice/protocol/client';
import { LinkFrames } from '../delivery/link-frames.ts';
import { Clock } from '../env/clock.ts';
import { Metrics } from '../env/metrics.ts';
import type { Connection } from '../fleet/connection.ts';
import { Fleet } from '../fleet/fleet.ts';
import { ClusterLimits } from './cluster-limits.ts';
import type { LiveRules } from './live-rules.ts';
import type { NodeDemands } from './node-demands.ts';
import type { ReturningInstances } from './returning-instances.ts';

const place = { environment: 'prod', app: 'orders' };
const where = { rule: 'rules/pay', resource: 'pay', type: 'rpc' } as const;
const rule = {
  kind: 'limit',
  mode: 'intercept',
  resource: { match: 'exact', value: 'pay' },
  algorithm: 'tokenBucket',
  limit: 100,
  intervalMs: 1000,
  scope: 'cluster',
};

/** One process, connected once more, with the shares that it is told over this connection. */
function connectionOf(told: (limit: number) => void): Connection {
  const send = (_: string, { leases }: { leases: readonly { limit: number }[] }) => told(leases[0]!.limit);
  return { place, instanceId: 'a', bootId: 'boot', wire: { send, close: () => undefined } } as never;
}

it('gives all of a limit to who is connected, and none to a connection that was replaced', async () => {
  const [fleet, frames] = [new Fleet(new Metrics()), new LinkFrames()];
  const alone = {
    partOf: (_place: unknown, _address: string, limit: number) => limit,
    instancesElsewhere: () => 0,
    exchange: () => Promise.resolve(),
  };
  const all = { [where.rule]: rule };
  const rules = { peek: () => ({ all }), peekFor: () => all };
  const limits = new ClusterLimits(
    fleet,
    frames,
    rules as unknown as LiveRules,
    alone as unknown as NodeDemands,
    { missing: () => 0 } as unknown as ReturningInstances,
    new Clock(),
  );
  const wish = { leases: [{ ...where, calls: 3 }] } as unknown as Report;
  limits.onApplicationBootstrap();
  const shares: number[] = [];
  try {
    for (let n = 0; n < 3; n++) {
      const connected = new Promise<void>((resolve) => {
        const connection = connectionOf((limit) => {
          shares.push(limit);
          resolve();
        });
        fleet.add(connection);
        frames.emit('report', connection, wish);
      });
      await connected;
    }
  } finally {
    limits.onApplicationShutdown();
  }
  expect(shares.at(-1)).toBeCloseTo(100, 5);
});
