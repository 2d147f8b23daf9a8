import { describe, expect, it } from '@jest/globals';
import type { Holding } from '../fleet/fleet.entities.ts';
import type { View } from '../fleet/target.ts';
import type { ViewNamespace } from '../fleet/view-namespace.ts';
import { OpenPush, reachableOf, type Witness } from './open-push.ts';

const place = { environment: 'prod', app: 'shop' };

/** A view in which each namespace has this digest and is carried by this push. */
function view(namespaces: Readonly<Record<string, readonly [digest: string, pushId: string]>>): View {
  const entries = Object.entries(namespaces).map(([name, [digest, pushId]]) => [
    name,
    { name, digest, carries: (id: string) => id === pushId } as ViewNamespace,
  ]);
  return { rootDigest: '', namespaces: new Map(entries as [string, ViewNamespace][]) };
}

function holder(
  holds: Readonly<Record<string, string | Holding>>,
  more: { revision?: number; refused?: Readonly<Record<string, string>>; isDoubted?: boolean } = {},
): Witness {
  return {
    instanceId: 'i',
    revision: more.revision ?? 5,
    isDoubted: more.isDoubted ?? false,
    holds: new Map(
      Object.entries(holds).map(([name, held]) => [
        name,
        typeof held === 'string' ? { digest: held, at: 0 } : held,
      ]),
    ),
    refused: new Map(
      Object.entries(more.refused ?? {}).map(([name, digest]) => [name, { digest, error: 'no' }]),
    ),
  };
}

function pushOver(...names: string[]): OpenPush {
  const digests = new Map(names.map((name) => [name, null]));
  const push = new OpenPush({ id: 'p', place, isForAll: false, digests, revision: 5, createdAt: 0 });
  push.set({ instanceId: 'i', state: 'pending', at: 0 });
  return push;
}
const stateOf = (push: OpenPush): string | undefined => push.targets.get('i')?.state;

describe('a push over several namespaces', () => {
  const both = view({ order: ['o2', 'p'], rules: ['r2', 'p'] });

  it('is applied when all of them hold', () => {
    const push = pushOver('order', 'rules');
    expect(push.weigh(holder({ order: 'o2', rules: 'r1' }), both, 1)).toBe(false);
    expect(stateOf(push)).toBe('pending');
    expect(push.weigh(holder({ order: 'o2', rules: 'r2' }), both, 2)).toBe(true);
    expect(stateOf(push)).toBe('applied');
  });

  it('is rejected by one of them, with the reason and what was expected', () => {
    const push = pushOver('order', 'rules');
    push.weigh(holder({ order: 'o1', rules: 'r1' }, { refused: { rules: 'r2' } }), both, 1);
    expect(push.targets.get('i')).toMatchObject({
      state: 'rejected',
      error: 'no',
      digest: 'r1',
      expected: 'r2',
    });
  });

  it('fails where a listener threw, and an old refusal of something else is no complaint', () => {
    const push = pushOver('order', 'rules');
    const thrown: Holding = { digest: 'o2', at: 0, error: 'boom', failed: true };
    push.weigh(holder({ order: thrown, rules: 'r2' }), both, 1);
    expect(push.targets.get('i')).toMatchObject({ state: 'failed', error: 'boom' });
    const other = pushOver('order');
    const told: Holding = { digest: 'o2', at: 0, error: 'refused o3' };
    other.weigh(holder({ order: told }, { refused: { order: 'o3' } }), both, 1);
    expect(stateOf(other)).toBe('applied');
  });
});

describe('a push', () => {
  it('whose place another one has taken is superseded, unless its own answer comes first', () => {
    const digests = new Map([['order', 'o2']]);
    const head = { id: 'p', place, isForAll: true, digests, revision: 5, createdAt: 0 };
    const next = view({ order: ['o3', 'q'] });
    const slow = new OpenPush(head);
    slow.set({ instanceId: 'i', state: 'pending', at: 0 });
    expect(slow.weigh(holder({ order: 'o2' }), next, 1)).toBe(true);
    expect(stateOf(slow)).toBe('applied');
    const passed = new OpenPush(head);
    passed.set({ instanceId: 'i', state: 'pending', at: 0 });
    passed.weigh(holder({ order: 'o3' }, { revision: 6 }), next, 1);
    expect(stateOf(passed)).toBe('superseded');
    expect(reachableOf(passed.verdict(1).counts)).toBe(0);
  });

  it('that is over is proven by what is held without it', () => {
    const push = pushOver('order');
    push.weigh(holder({ order: 'o2' }), view({ order: ['o2', 'p'] }), 1);
    push.settled = true;
    push.end(7, 2);
    expect(push).toMatchObject({ settled: false, isOver: true, revision: 7 });
    expect(stateOf(push)).toBe('pending');
    const without = view({ order: ['o1', 'q'] });
    expect(push.weigh(holder({ order: 'o2' }), without, 3)).toBe(false);
    expect(push.weigh(holder({ order: 'o1' }), without, 3)).toBe(true);
    expect(push.verdict(4)).toMatchObject({ holding: 1, targets: 1, lastAppliedMs: 1 });
  });

  it('that drifted is repaired, not simply applied', () => {
    const push = pushOver('order');
    const wanted = view({ order: ['o2', 'p'] });
    expect(push.drifted('i', 'x', 'o2', 1)).toBe(false);
    push.weigh(holder({ order: 'o2' }), wanted, 1);
    expect(push.drifted('i', 'x', 'o2', 2)).toBe(true);
    push.weigh(holder({ order: 'o2' }), wanted, 3);
    expect(stateOf(push)).toBe('repaired');
  });

  it('that drifted is repaired by what its memory shows, not by one more word', () => {
    const push = pushOver('order');
    const wanted = view({ order: ['o2', 'p'] });
    push.weigh(holder({ order: 'o2' }), wanted, 1);
    push.drifted('i', 'x', 'o2', 2);
    const confirmed = holder({ order: 'o2' }, { isDoubted: true });
    expect(push.weigh(confirmed, wanted, 3, { stage: 'listened', ms: 1 })).toBe(false);
    expect(stateOf(push)).toBe('drifted');
    const refused = holder({ order: 'x' }, { isDoubted: true, refused: { order: 'o2' } });
    expect(push.weigh(refused, wanted, 4)).toBe(true);
    expect(stateOf(push)).toBe('rejected');
  });

  it('forgets whom it is no longer for, and has the row removed', () => {
    const push = pushOver('order');
    push.drop('i');
    expect(push.hasPending).toBe(false);
    expect([...push.dropped]).toEqual(['i']);
    push.set({ instanceId: 'i', state: 'pending', at: 1 });
    expect([...push.dropped]).toEqual([]);
  });
});
