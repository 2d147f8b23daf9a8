import { describe, expect, it } from '@jest/globals';
import { Peers } from './peers.ts';

describe('Peers', () => {
  it('takes the addresses in turn', () => {
    const peers = new Peers(['a', 'b']);
    expect([peers.next(), peers.next(), peers.next()]).toEqual(['a', 'b', 'a']);
  });

  it('has none to give when it was given none', () => {
    const peers = new Peers([]);
    expect([peers.next(), peers.next()]).toEqual([undefined, undefined]);
  });
});
