import { Injectable } from '@nestjs/common';
import type { Sluice } from '@sluice/client';
import { InjectSluice, Protect } from '@sluice/nest';
import { CallCounts } from '../process/call-counts.ts';
import { callJson } from '../process/call-json.ts';
import { guardedFetch } from '../process/guarded-fetch.ts';
import { Peers } from '../process/peers.ts';
import { ProcessSettings } from '../process/process-settings.ts';
import { CallsConfig } from './settings/calls-config.ts';

/** Copies put aside, and in which warehouse. */
export interface Held {
  readonly id: string;
  readonly warehouse: string;
}

/**
 * Calls to the warehouses, under rules. All of them throw `CallFailed` when nothing came of it, or what a rule makes of
 * a call that it refuses.
 */
@Injectable()
export class StockClient {
  readonly #warehouses: Peers;
  readonly #calls: CallsConfig;
  readonly #counts: CallCounts;
  readonly #fetch: typeof fetch;

  constructor(
    settings: ProcessSettings,
    calls: CallsConfig,
    counts: CallCounts,
    @InjectSluice() sluice: Sluice,
  ) {
    this.#warehouses = new Peers(settings.stockUrls);
    this.#calls = calls;
    this.#counts = counts;
    this.#fetch = guardedFetch(sluice, 'stock');
    sluice.fallback('copiesUnknown', () => 'unknown');
  }

  /** Rules may answer that nobody knows, by the fallback `copiesUnknown`. */
  @Protect('stock.available')
  async available(book: string): Promise<number | 'unknown'> {
    const path = `/availability?books=${encodeURIComponent(book)}`;
    const copies = await this.#call<Record<string, number>>(this.#warehouses.next(), 'GET', path);
    return copies[book] ?? 0;
  }

  async reserve(book: string, quantity: number): Promise<Held> {
    const warehouse = this.#warehouses.next();
    const { id } = await this.#call<{ id: string }>(warehouse, 'POST', '/reservations', { book, quantity });
    return { id, warehouse: warehouse ?? '' };
  }

  async confirm(held: Held): Promise<void> {
    await this.#call(held.warehouse, 'POST', `/reservations/${held.id}/confirm`);
  }

  async release(held: Held): Promise<void> {
    await this.#call(held.warehouse, 'DELETE', `/reservations/${held.id}`);
  }

  #call<T>(
    address: string | undefined,
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    body?: unknown,
  ): Promise<T> {
    const timeoutMs = this.#calls.stockTimeoutMs;
    return callJson<T>(
      { peer: 'stock', address, method, path, body, timeoutMs, fetch: this.#fetch },
      this.#counts,
    );
  }
}
