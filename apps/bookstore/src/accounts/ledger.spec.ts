import { describe, expect, it } from '@jest/globals';
import { Ledger } from './ledger.ts';

const terms = { allowanceCents: 5000, allowanceEverySec: 60, maxChargeCents: 4000 };
const order = (orderId: string, amountCents: number) => ({ customer: 'ada', orderId, amountCents });

describe('Ledger', () => {
  it('opens an account with its allowance and takes charges from it', () => {
    const ledger = new Ledger();
    expect(ledger.charge(order('o-1', 3000), terms, 0)).toEqual({ outcome: 'charged', balanceCents: 2000 });
    expect(ledger.balance('ada', terms, 0)).toBe(2000);
  });

  it('pays an order once, however often it is sent', () => {
    const ledger = new Ledger();
    ledger.charge(order('o-1', 3000), terms, 0);
    expect(ledger.charge(order('o-1', 3000), terms, 1)).toEqual({ outcome: 'charged', balanceCents: 2000 });
    expect(ledger.balance('ada', terms, 1)).toBe(2000);
  });

  it('refuses what is too much, for the account or at all', () => {
    const ledger = new Ledger();
    expect(ledger.charge(order('o-1', 4001), terms, 0)).toEqual({
      outcome: 'overCharge',
      maxChargeCents: 4000,
    });
    ledger.charge(order('o-2', 3000), terms, 0);
    expect(ledger.charge(order('o-3', 2001), terms, 0)).toEqual({
      outcome: 'shortOfFunds',
      balanceCents: 2000,
    });
  });

  it('fills the account up when its time has come, and obeys new terms at once', () => {
    const ledger = new Ledger();
    ledger.charge(order('o-1', 3000), terms, 0);
    expect(ledger.balance('ada', terms, 59_999)).toBe(2000);
    expect(ledger.balance('ada', terms, 60_000)).toBe(5000);
    expect(ledger.charge(order('o-2', 500), { ...terms, maxChargeCents: 400 }, 60_000).outcome).toBe(
      'overCharge',
    );
  });
});
