import { mkdtempSync, rmSync } from 'node:fs';
import type { Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { accountsService } from '../accounts/accounts-api.ts';
import { accountsHandlers } from '../accounts/handlers.ts';
import { Ledger } from '../accounts/ledger.ts';
import { CallCounts } from '../process/call-counts.ts';
import { stockApp } from '../stock/routes.ts';
import { Shelf } from '../stock/shelf.ts';
import { StorefrontModule } from './storefront.module.ts';

describe('the storefront, with no Sluice server anywhere', () => {
  const shelfTerms = { shelfSize: 4, maxPerOrder: 2, holdSec: 60, lookMs: 0 };
  const accountTerms = { allowanceCents: 5000, allowanceEverySec: 60, maxChargeCents: 4000, settlementMs: 0 };
  const cacheDir = mkdtempSync(join(tmpdir(), 'sluice-storefront-'));
  const accounts = new Server();
  const warnings = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
  let stock: HttpServer;
  let app: INestApplication;
  let url: string;

  beforeAll(async () => {
    stock = stockApp(new Shelf(), shelfTerms, () => 0).listen(0, '127.0.0.1');
    await new Promise((listening) => stock.once('listening', listening));
    accounts.addService(accountsService, { ...accountsHandlers(new Ledger(), accountTerms, () => 0) });
    const accountsPort = await new Promise<number>((bound, failed) =>
      accounts.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
        error ? failed(error) : bound(port),
      ),
    );
    Object.assign(process.env, {
      STOCK_URLS: `http://127.0.0.1:${(stock.address() as AddressInfo).port}`,
      ACCOUNTS_ADDRESSES: `127.0.0.1:${accountsPort}`,
      SLUICE_SERVER: 'http://127.0.0.1:1',
      SLUICE_CACHE_DIR: cacheDir,
    });
    app = await NestFactory.create(StorefrontModule, { logger: false, abortOnError: false });
    await app.listen(0, '127.0.0.1');
    url = await app.getUrl();
  });
  afterAll(async () => {
    await app.close();
    stock.close();
    accounts.forceShutdown();
    rmSync(cacheDir, { recursive: true, force: true });
    warnings.mockRestore();
  });

  const order = async (body: unknown): Promise<[number, Record<string, unknown>]> => {
    const response = await fetch(`${url}/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return [response.status, (await response.json()) as Record<string, unknown>];
  };
  const get = async (path: string): Promise<[number, Record<string, unknown>]> => {
    const response = await fetch(url + path);
    return [response.status, (await response.json()) as Record<string, unknown>];
  };

  it('has said once that it runs on its defaults', () => {
    expect(warnings.mock.calls.map(([line]) => line)).toEqual([
      expect.stringContaining('Cannot reach http://127.0.0.1:1'),
    ]);
  });

  it('shows its books, page by page', async () => {
    const [, first] = await get('/books');
    expect(first).toMatchObject({ page: 1, pages: 2, discountPercent: 0 });
    expect(first.books).toHaveLength(12);
    expect((await get('/books?page=99'))[1]).toMatchObject({ page: 2 });
    expect((await get('/books?page=x'))[1]).toMatchObject({ page: 1 });
  });

  it('shows a book with how many there are and what else to read', async () => {
    const [status, book] = await get('/books/dracula');
    expect([status, book.available]).toEqual([200, 4]);
    expect(book.recommended).toHaveLength(3);
    expect((await get('/books/unwritten'))[0]).toBe(404);
  });

  it('sells a book: out of the warehouse, and paid', async () => {
    const [status, sold] = await order({ customer: 'ada', book: 'moby-dick', quantity: 2 });
    expect([status, sold]).toEqual([
      201,
      { orderId: expect.any(String), book: 'moby-dick', quantity: 2, paidCents: 2980, payment: 'taken' },
    ]);
    expect((await get('/books/moby-dick'))[1].available).toBe(2);
  });

  it('gives copies back when they cannot be paid', async () => {
    const [status, refusal] = await order({ customer: 'ada', book: 'water-margin' });
    expect([status, refusal.message]).toEqual([409, 'accounts: only 2020 cents left']);
    expect((await get('/books/water-margin'))[1].available).toBe(4);
  });

  it('says what is wrong with an order', async () => {
    expect((await order({ customer: 'ada', book: 'dracula', quantity: 3 }))[0]).toBe(409);
    expect((await order({ customer: 'ada', book: 'unwritten' }))[0]).toBe(404);
    for (const body of [{}, { customer: 'ada' }, { customer: 'ada', book: 'dracula', quantity: 0.5 }])
      expect((await order(body))[0]).toBe(422);
  });

  it('goes on showing books when warehouses and accounts are gone, and counts what failed', async () => {
    const failuresOf = (peer: string): number => {
      const counts = app.get(CallCounts).report()[peer];
      return (counts?.errors ?? 0) + (counts?.timeouts ?? 0);
    };
    accounts.forceShutdown();
    // Where the machine is so busy that a warehouse answers too late, accounts are not asked.
    while (failuresOf('accounts') === 0)
      expect((await order({ customer: 'eve', book: 'dracula' }))[0]).toBe(503);
    const failuresBefore = failuresOf('stock');
    await new Promise((closed) => {
      stock.close(closed);
      stock.closeAllConnections();
    });
    const [status, book] = await get('/books/dracula');
    expect([status, book.available]).toEqual([200, 'unknown']);
    expect((await order({ customer: 'eve', book: 'dracula' }))[0]).toBe(503);
    expect(failuresOf('stock') - failuresBefore).toBe(2);
    expect(failuresOf('accounts')).toBe(1);
  });
});
