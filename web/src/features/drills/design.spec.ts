import { describe, expect, it } from '@jest/globals';
import { drillDefinition, type Resource } from '@sluice/protocol';
import { blankDesign } from './blank-design.ts';
import { asFault, asRule, faultVariants, freshName, otherFault } from './fault-draft.ts';

const words = { title: 'A drill', hypothesis: 'Nobody notices' };
const resource = (name: string, passed?: number): Resource =>
  ({
    resource: name,
    type: 'web',
    ...(passed !== undefined && { minute: { passed } }),
  }) as unknown as Resource;

describe('a design to begin with', () => {
  it('is one that could be stored, about the busiest resource', () => {
    const design = blankDesign([resource('idle'), resource('busy', 90), resource('slow', 3)], words);
    expect(drillDefinition.parse(design)).toEqual(design);
    expect(design.faults.slow).toMatchObject({ resource: { value: 'busy', type: 'web' } });
    expect(design.guards).toMatchObject([{ resource: 'busy', type: 'web' }]);
  });

  it('names no resource where none is known, and leaves that to be filled in', () => {
    expect(blankDesign([], words).faults.slow!.resource).toEqual({ match: 'exact', value: '' });
  });
});

describe('a fault in a form', () => {
  const fault = { resource: { match: 'exact', value: 'pay' }, share: 0.25, seed: 7, fault: 'hang' };

  it('is the same after it was a rule', () => {
    expect(asFault(asRule(fault))).toEqual(fault);
  });

  it('keeps which calls it breaks when it breaks them otherwise, in every way there is', () => {
    expect(faultVariants.length).toBeGreaterThan(8);
    for (const variant of faultVariants) {
      const other = otherFault(fault, variant);
      expect(other).toMatchObject({ resource: fault.resource, share: 0.25, seed: 7 });
      const design = { ...blankDesign([resource('pay', 1)], words), faults: { other } };
      expect([variant, drillDefinition.safeParse(design).success]).toEqual([variant, true]);
    }
  });

  it('gets a name that no other has', () => {
    expect(freshName(['slow'])).toBe('fault-1');
    expect(freshName(['fault-1', 'fault-2'])).toBe('fault-3');
  });
});
