/** What an account is allowed, read anew for every charge. */
export interface AccountTerms {
  readonly allowanceCents: number;
  readonly allowanceEverySec: number;
  readonly maxChargeCents: number;
}

export type ChargeOutcome =
  | { readonly outcome: 'charged'; readonly balanceCents: number }
  | { readonly outcome: 'overCharge'; readonly maxChargeCents: number }
  | { readonly outcome: 'shortOfFunds'; readonly balanceCents: number };

interface Account {
  balanceCents: number;
  filledAtMs: number;
}

/** Orders remembered, so that a charge sent twice is paid once. */
const rememberedOrders = 10_000;

/** Balances in memory. Every account is opened at its first use and filled up to the allowance again and again. */
export class Ledger {
  readonly #accounts = new Map<string, Account>();
  readonly #charged = new Map<string, ChargeOutcome>();

  balance(customer: string, terms: AccountTerms, nowMs: number): number {
    return this.#account(customer, terms, nowMs).balanceCents;
  }

  charge(
    charge: { readonly customer: string; readonly orderId: string; readonly amountCents: number },
    terms: AccountTerms,
    nowMs: number,
  ): ChargeOutcome {
    const before = this.#charged.get(charge.orderId);
    if (before) return before;
    if (charge.amountCents > terms.maxChargeCents)
      return { outcome: 'overCharge', maxChargeCents: terms.maxChargeCents };
    const account = this.#account(charge.customer, terms, nowMs);
    if (charge.amountCents > account.balanceCents)
      return { outcome: 'shortOfFunds', balanceCents: account.balanceCents };
    account.balanceCents -= charge.amountCents;
    const done: ChargeOutcome = { outcome: 'charged', balanceCents: account.balanceCents };
    this.#remember(charge.orderId, done);
    return done;
  }

  #account(customer: string, terms: AccountTerms, nowMs: number): Account {
    const account = this.#accounts.get(customer) ?? { balanceCents: 0, filledAtMs: Number.NEGATIVE_INFINITY };
    this.#accounts.set(customer, account);
    if (nowMs - account.filledAtMs >= terms.allowanceEverySec * 1000) {
      account.balanceCents = Math.max(account.balanceCents, terms.allowanceCents);
      account.filledAtMs = nowMs;
    }
    return account;
  }

  #remember(orderId: string, outcome: ChargeOutcome): void {
    this.#charged.set(orderId, outcome);
    if (this.#charged.size <= rememberedOrders) return;
    const oldest = this.#charged.keys().next().value;
    if (oldest !== undefined) this.#charged.delete(oldest);
  }
}
