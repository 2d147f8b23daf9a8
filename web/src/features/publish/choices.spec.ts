import { describe, expect, it } from '@jest/globals';
import { choicesOf, searchOf, targetOf } from './choices.ts';

const gray = (search: object) => targetOf(choicesOf({ mode: 'gray', ...search }), 'en');

describe('the choices of a push', () => {
  it('is everyone when nothing is said', () => {
    expect(targetOf(choicesOf({}), 'en')).toEqual({ target: { mode: 'global' } });
  });

  it('reads what it wrote into the address', () => {
    for (const search of [
      { mode: 'gray', by: 'percent', steps: '10, 50', select: 'zone=a', bake: '60000', auto: '1' },
      { mode: 'gray', by: 'instances', ids: 'a,b', two: '1', expires: '600000' },
      { mode: 'single', instance: 'shop-1', expires: 'untilCleared' },
      { mode: 'group', group: 'early' },
      { mode: 'global', grays: 'supersede' },
    ])
      expect(JSON.parse(JSON.stringify(searchOf(choicesOf(search))))).toEqual(search);
  });

  it('takes percents with signs of both scripts', () => {
    expect(gray({ steps: '5%，25 → 100' }).target).toMatchObject({ audience: { steps: [5, 25, 100] } });
  });

  it('says in words of the reader what is wrong with steps and selectors', () => {
    expect(gray({ steps: '25, 5' }).fault).toMatchObject({
      wrong: 'steps',
      words: expect.stringContaining('25'),
    });
    expect(targetOf(choicesOf({ mode: 'gray', steps: '0' }), 'zh').fault).toMatchObject({
      words: expect.stringContaining('步骤'),
    });
    expect(gray({ by: 'labels', select: 'zone in' }).fault).toMatchObject({ wrong: 'selector' });
    expect(gray({ by: 'count', count: '1.5' }).fault).toEqual({ wrong: 'count' });
  });

  it('names what is missing', () => {
    expect(gray({ by: 'instances' }).fault).toEqual({ missing: 'ids' });
    expect(gray({ by: 'labels' }).fault).toEqual({ missing: 'selector' });
    expect(targetOf(choicesOf({ mode: 'group' }), 'en').fault).toEqual({ missing: 'group' });
    expect(targetOf(choicesOf({ mode: 'single' }), 'en').fault).toEqual({ missing: 'instance' });
  });
});
