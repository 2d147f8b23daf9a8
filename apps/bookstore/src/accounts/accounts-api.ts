import { join } from 'node:path';
import type { GrpcObject, handleUnaryCall, ServiceClientConstructor, ServiceDefinition } from '@grpc/grpc-js';
import { loadPackageDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

export interface ChargeRequest {
  readonly customer: string;
  readonly orderId: string;
  readonly amountCents: number;
}
export interface BalanceRequest {
  readonly customer: string;
}
export interface BalanceReply {
  readonly balanceCents: number;
}

/** What a server of accounts has to bring. */
export interface AccountsHandlers {
  readonly Charge: handleUnaryCall<ChargeRequest, BalanceReply>;
  readonly Balance: handleUnaryCall<BalanceRequest, BalanceReply>;
}

/** The service as its `.proto` describes it, for servers and for clients. */
export const accountsService: ServiceDefinition & ServiceClientConstructor['service'] = load().service;
/** Makes clients of it. */
export const AccountsStub: ServiceClientConstructor = load();

function load(): ServiceClientConstructor {
  const definition = loadSync(join(import.meta.dirname, 'accounts.proto'), { defaults: true });
  const { bookstore } = loadPackageDefinition(definition) as { bookstore: { v1: GrpcObject } };
  return bookstore.v1.Accounts as ServiceClientConstructor;
}
