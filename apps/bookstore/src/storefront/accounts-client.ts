import * as grpc from '@grpc/grpc-js';
import { type Client, credentials, type ServiceError, status } from '@grpc/grpc-js';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Sluice } from '@sluice/client';
import { guardGrpcClient } from '@sluice/client/grpc';
import { InjectSluice } from '@sluice/nest';
import { AccountsStub, type BalanceReply, type ChargeRequest } from '../accounts/accounts-api.ts';
import { CallCounts } from '../process/call-counts.ts';
import { CallFailed } from '../process/call-json.ts';
import { ProcessSettings } from '../process/process-settings.ts';
import { CallsConfig } from './settings/calls-config.ts';

/** What `payLater` answers in place of accounts. */
interface OnAccount {
  readonly onAccount: true;
}
const onAccount: OnAccount = { onAccount: true };

type Charge = (
  request: ChargeRequest,
  options: { readonly deadline: number },
  done: (error: ServiceError | null, reply?: BalanceReply | OnAccount) => void,
) => void;

/** How an order is paid: at once, or later, because accounts are too slow just now. */
export type Payment = 'taken' | 'later';

/** Calls to accounts, one process after the other, under the rules of `rpc:/bookstore.v1.Accounts/Charge`. */
@Injectable()
export class AccountsClient implements OnApplicationShutdown {
  readonly #stub: Client & { readonly Charge: Charge };
  readonly #calls: CallsConfig;
  readonly #counts: CallCounts;

  constructor(
    settings: ProcessSettings,
    calls: CallsConfig,
    counts: CallCounts,
    @InjectSluice() sluice: Sluice,
  ) {
    this.#calls = calls;
    this.#counts = counts;
    const target = `ipv4:${settings.accountsAddresses.join(',') || '127.0.0.1:1'}`;
    this.#stub = new AccountsStub(target, credentials.createInsecure(), {
      interceptors: [guardGrpcClient(sluice, grpc)],
      'grpc.service_config': JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] }),
      'grpc.max_reconnect_backoff_ms': 2000,
    }) as unknown as Client & { readonly Charge: Charge };
    sluice.fallback('payLater', () => onAccount);
  }

  /**
   * Takes the money; rules may answer that it is taken later, by the fallback `payLater`. Throws `CallFailed` when it
   * was not taken, or when nobody knows.
   */
  async charge(request: ChargeRequest): Promise<Payment> {
    const timeoutMs = this.#calls.accountsTimeoutMs;
    const { error, reply } = await new Promise<{
      readonly error: ServiceError | null;
      readonly reply: BalanceReply | OnAccount | undefined;
    }>((done) =>
      this.#stub.Charge(request, { deadline: Date.now() + timeoutMs }, (error, reply) =>
        done({ error, reply }),
      ),
    );
    this.#counts.count('accounts', error ? endOf(error) : 'ok');
    if (error) throw new CallFailed(endOf(error), `accounts: ${error.details}`);
    return reply && 'onAccount' in reply ? 'later' : 'taken';
  }

  onApplicationShutdown(): void {
    this.#stub.close();
  }
}

function endOf(error: ServiceError): 'refused' | 'timeouts' | 'errors' {
  switch (error.code) {
    case status.DEADLINE_EXCEEDED:
      return 'timeouts';
    case status.FAILED_PRECONDITION:
    case status.INVALID_ARGUMENT:
      return 'refused';
    default:
      return 'errors';
  }
}
