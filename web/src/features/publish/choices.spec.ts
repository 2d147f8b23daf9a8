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
      { mode: 'gray', by: 'count', count: '2', off: 'no calls' },
      { mode: 'gray', by: 'count', count: '2', health: '0', rails: '{"minCalls":50}' },
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

  it('goes with guardrails unless somebody says why not', () => {
    expect(gray({}).target).toEqual({
      mode: 'gray',
      audience: { by: 'percent', steps: [5, 25, 100] },
      gate: { bakeMs: 0, click: true },
    });
    expect(gray({ off: '' }).fault).toEqual({ missing: 'reason' });
    expect(gray({ off: 'no calls' }).target).toMatchObject({ guardrails: { off: 'no calls' } });
    expect(gray({ rails: '{"windows":3}' }).target).toMatchObject({ guardrails: { windows: 3 } });
    expect(gray({ rails: '{"windows":' }).target).not.toHaveProperty('guardrails');
    expect(gray({ rails: '{"windows":300}' }).target).not.toHaveProperty('guardrails');
  });

  it('names what is missing', () => {
    expect(gray({ by: 'instances' }).fault).toEqual({ missing: 'ids' });
    expect(gray({ by: 'labels' }).fault).toEqual({ missing: 'selector' });
    expect(targetOf(choicesOf({ mode: 'group' }), 'en').fault).toEqual({ missing: 'group' });
    expect(targetOf(choicesOf({ mode: 'single' }), 'en').fault).toEqual({ missing: 'instance' });
  });
});
