import { describe, expect, it } from '@jest/globals';
import { applyStates } from '@sluice/core';
import { worstFirst } from './apply-state.ts';

describe('worstFirst', () => {
  it('has a place for every state an instance can be in', () => {
    expect(worstFirst.toSorted()).toEqual(applyStates.toSorted());
  });
});
