import { describe, expect, it } from '@jest/globals';
import type { IncidentEntry } from '@sluice/protocol';
import { folded } from './folded.ts';

const turn = (at: number, rule: string, to: 'open' | 'halfOpen' | 'closed' = 'open'): IncidentEntry =>
  ({
    app: 'shop',
    resource: 'pay',
    type: 'rpc',
    marker: { kind: 'breaker', at: new Date(at).toISOString(), rule, from: 'closed', to, reason: 'probing' },
  }) as unknown as IncidentEntry;
const change = (at: number): IncidentEntry =>
  ({
    app: 'shop',
    marker: { kind: 'push', at: new Date(at).toISOString(), what: 'publish' },
  }) as unknown as IncidentEntry;
const shown = (entries: readonly IncidentEntry[]): [string, number][] =>
  folded(entries).map(({ entry, older }) => [entry.marker.at.slice(20, 23), older.length]);

describe('the timeline of an incident', () => {
  it('gives a breaker that flaps one line, and shows the newest turn', () => {
    expect(shown([turn(5, 'a'), turn(4, 'a'), turn(3, 'a')])).toEqual([['005', 2]]);
  });

  it('folds two breakers that turn in turns, each for itself', () => {
    const both = [turn(6, 'a'), turn(5, 'b'), turn(4, 'a'), turn(3, 'b'), turn(2, 'a'), turn(1, 'b')];
    expect(shown(both)).toEqual([
      ['006', 2],
      ['005', 2],
    ]);
  });

  it('shows a turn or two as they are', () => {
    expect(shown([turn(2, 'a'), turn(1, 'a')])).toEqual([
      ['002', 0],
      ['001', 0],
    ]);
  });

  it('never reaches over a change: what came before it and what after it are told apart', () => {
    const entries = [turn(9, 'a'), turn(8, 'a'), turn(7, 'a'), change(5), turn(3, 'a')];
    expect(shown(entries)).toEqual([
      ['009', 2],
      ['005', 0],
      ['003', 0],
    ]);
  });
});
