import { describe, expect, it } from '@jest/globals';
import type { Content } from '@sluice/core';
import type { LiveValues } from '@sluice/protocol';
import { spreadOf } from './spread.ts';

const map = (timeoutMs: number): Content => ({
  kind: 'map',
  items: { timeoutMs: { type: 'number', value: timeoutMs } },
});
const variant = (
  digest: string | null,
  ids: string[],
  content?: Content,
): LiveValues['variants'][number] => ({
  digest,
  isTarget: false,
  instanceCount: ids.length,
  instanceIds: ids,
  ...(content && { content }),
});
const live = (...variants: LiveValues['variants']): LiveValues => ({
  online: 0,
  variants,
  at: '2026-01-01T00:00:00Z',
});

describe('spreadOf', () => {
  it('puts contents together that say the same of the key, most held first', () => {
    const spread = spreadOf(
      live(variant('a', ['i1'], map(800)), variant('b', ['i2'], map(500)), variant('c', ['i3'], map(500))),
      'timeoutMs',
    );
    expect(spread.map(({ value, count, instanceIds }) => [value, count, instanceIds])).toEqual([
      [500, 2, ['i2', 'i3']],
      [800, 1, ['i1']],
    ]);
  });

  it('tells holding nothing from not being known', () => {
    const [nothing, unknown] = spreadOf(live(variant(null, ['i1', 'i2']), variant('x', ['i3'])), 'timeoutMs');
    expect(nothing).toMatchObject({ known: true, value: undefined, count: 2 });
    expect(unknown).toMatchObject({ known: false, count: 1 });
  });

  it('takes a key like any other that objects have by nature', () => {
    expect(spreadOf(live(variant('a', ['i1'], map(1))), 'toString')[0]).toMatchObject({ value: undefined });
  });
});
