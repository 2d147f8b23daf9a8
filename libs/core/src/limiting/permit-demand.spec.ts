import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PermitDemand } from './permit-demand.ts';

describe('how many calls would be under way', () => {
  it.each([
    ['short ones that come often', 100, 5],
    ['long ones that come rarely', 2, 30_000],
    ['as long as a look', 10, 500],
  ])('is as many as come while one lasts: %s', (_, calls, lastsMs) => {
    const demand = new PermitDemand();
    let wanted = 0;
    for (let n = 0; n < 1000; n++) wanted = demand.look(500, calls, calls, calls * lastsMs);
    expect(wanted).toBeCloseTo((calls / 500) * lastsMs, 3);
  });

  it('takes one long call for one, not for as many as would have come at that pace', () => {
    const demand = new PermitDemand();
    demand.look(500, 1, 1, 60_000);
    expect(demand.look(500, 1, 0, 0)).toBeLessThan(2);
  });

  it('forgets calls as they end, and what took long once', () => {
    const demand = new PermitDemand();
    for (let n = 0; n < 100; n++) demand.look(500, 10, 10, 10 * 2000);
    expect(demand.look(20_000, 0, 0, 0)).toBeLessThan(0.01);
    let wanted = 0;
    for (let n = 0; n < 100; n++) wanted = demand.look(500, 10, 10, 10 * 20);
    expect(wanted).toBeCloseTo(0.4, 1);
  });

  it('knows a second at first, and is a number whatever it is told', () => {
    expect(new PermitDemand().look(500, 5, 0, 0)).toBeCloseTo(5 * (1 - Math.exp(-0.5)) * 2, 6);
    const some = fc.double({ min: 0, max: 1e9, noNaN: true });
    const told = fc.array(fc.tuple(some, fc.nat(), fc.nat(), some));
    fc.assert(
      fc.property(told, (looks) => {
        const demand = new PermitDemand();
        for (const look of looks) {
          const wanted = demand.look(...look);
          expect(Number.isFinite(wanted) && wanted >= 0).toBe(true);
        }
      }),
    );
  });
});
