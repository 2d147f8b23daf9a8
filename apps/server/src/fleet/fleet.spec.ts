import { describe, expect, it } from '@jest/globals';
import { Metrics } from '../env/metrics.ts';
import type { Connection } from './connection.ts';
import { Fleet } from './fleet.ts';

const place = { environment: 'prod', app: 'orders' };

function bench() {
  const fleet = new Fleet(new Metrics());
  const heard: string[] = [];
  const connect = (name: string, instanceId: string, bootId: string): Connection => {
    const connection = { place, instanceId, bootId, name, wire: { close: () => undefined } } as never;
    fleet.add(connection);
    return connection;
  };
  const nameOf = (connection: Connection): string => (connection as unknown as { name: string }).name;
  fleet.onLeft((connection) => heard.push(`left ${nameOf(connection)}`));
  fleet.onGone(({ instanceId }) => heard.push(`gone ${instanceId}`));
  return { fleet, heard, connect };
}

describe('a fleet', () => {
  it('says of a connection that the same process replaced that it is over, and not that the instance is gone', () => {
    const { fleet, heard, connect } = bench();
    const first = connect('first', 'a', 'boot');
    const second = connect('second', 'a', 'boot');
    expect(heard).toEqual(['left first']);
    // Its socket is noticed to be dead only now.
    fleet.remove(first);
    expect(heard).toEqual(['left first']);
    fleet.remove(second);
    expect(heard).toEqual(['left first', 'left second', 'gone a']);
    expect(fleet.size).toBe(0);
  });

  it('says of one of two processes of one id that it left, while the other goes on', () => {
    const { fleet, heard, connect } = bench();
    const old = connect('old', 'a', 'one');
    const fresh = connect('fresh', 'a', 'two');
    expect([old.conflict, fresh.conflict]).toEqual([true, true]);
    fleet.remove(old);
    expect([heard, fresh.conflict]).toEqual([['left old'], false]);
    fleet.remove(fresh);
    expect(heard).toEqual(['left old', 'left fresh', 'gone a']);
  });
});
