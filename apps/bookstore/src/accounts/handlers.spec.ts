import {
  type Client,
  credentials,
  Server,
  ServerCredentials,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AccountsStub, accountsService, type BalanceReply } from './accounts-api.ts';
import { accountsHandlers } from './handlers.ts';
import { Ledger } from './ledger.ts';

type Call = (request: object, done: (error: ServiceError | null, reply?: BalanceReply) => void) => void;

describe('accounts over gRPC', () => {
  const terms = { allowanceCents: 5000, allowanceEverySec: 60, maxChargeCents: 4000, settlementMs: 0 };
  const server = new Server();
  let stub: Client & Record<'Charge' | 'Balance', Call>;

  beforeAll(async () => {
    server.addService(accountsService, { ...accountsHandlers(new Ledger(), terms, () => 0) });
    const port = await new Promise<number>((bound, failed) =>
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, at) =>
        error ? failed(error) : bound(at),
      ),
    );
    stub = new AccountsStub(`127.0.0.1:${port}`, credentials.createInsecure()) as unknown as typeof stub;
  });
  afterAll(() => {
    stub.close();
    server.forceShutdown();
  });

  const call = (method: 'Charge' | 'Balance', request: object) =>
    new Promise<BalanceReply | { code: status; details: string }>((done) =>
      stub[method](request, (error, reply) =>
        done(reply ?? { code: error?.code ?? status.UNKNOWN, details: error?.details ?? '' }),
      ),
    );

  it('charges an account and tells its balance', async () => {
    const charge = { customer: 'ada', orderId: 'o-1', amountCents: 1500 };
    expect(await call('Charge', charge)).toEqual({ balanceCents: 3500 });
    expect(await call('Balance', { customer: 'ada' })).toEqual({ balanceCents: 3500 });
  });

  it('says why it refuses', async () => {
    expect(await call('Charge', { customer: 'bob', orderId: 'o-2', amountCents: 4001 })).toEqual({
      code: status.FAILED_PRECONDITION,
      details: 'at most 4000 cents at once',
    });
    expect(await call('Charge', { customer: '', orderId: 'o-3', amountCents: 1 })).toMatchObject({
      code: status.INVALID_ARGUMENT,
    });
    expect(await call('Balance', {})).toEqual({
      code: status.INVALID_ARGUMENT,
      details: 'customer is missing',
    });
  });
});
