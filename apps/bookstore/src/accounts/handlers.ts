import { setTimeout as sleep } from 'node:timers/promises';
import { type ServerErrorResponse, status } from '@grpc/grpc-js';
import type { AccountsHandlers, ChargeRequest } from './accounts-api.ts';
import type { AccountTerms, Ledger } from './ledger.ts';

/** `settlementMs` is how long the bank takes. */
export interface BillingTerms extends AccountTerms {
  readonly settlementMs: number;
}

/** Answers the calls. `terms` is read for every call, so a pushed value counts from the next one. */
export function accountsHandlers(ledger: Ledger, terms: BillingTerms, now: () => number): AccountsHandlers {
  return {
    Charge: (call, reply) => {
      charge(call.request).then(
        (balanceCents) => reply(null, { balanceCents }),
        (refusal: Refusal) => reply(refusal),
      );
    },
    Balance: (call, reply) => {
      const { customer } = call.request;
      if (!customer) reply(new Refusal(status.INVALID_ARGUMENT, 'customer is missing'));
      else reply(null, { balanceCents: ledger.balance(customer, terms, now()) });
    },
  };

  async function charge(request: ChargeRequest): Promise<number> {
    if (!request.customer || !request.orderId || request.amountCents < 1)
      throw new Refusal(status.INVALID_ARGUMENT, 'customer, order_id and amount_cents are needed');
    await sleep(terms.settlementMs);
    const result = ledger.charge(request, terms, now());
    switch (result.outcome) {
      case 'charged':
        return result.balanceCents;
      case 'overCharge':
        throw new Refusal(status.FAILED_PRECONDITION, `at most ${result.maxChargeCents} cents at once`);
      case 'shortOfFunds':
        throw new Refusal(status.FAILED_PRECONDITION, `only ${result.balanceCents} cents left`);
    }
  }
}

class Refusal extends Error implements Partial<ServerErrorResponse> {
  readonly code: status;
  readonly details: string;

  constructor(code: status, details: string) {
    super(details);
    this.code = code;
    this.details = details;
  }
}
