import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AccountsClient, type Payment } from './accounts-client.ts';
import type { Book } from './book.ts';
import { ShopConfig } from './settings/shop-config.ts';
import { StockClient } from './stock-client.ts';

export interface Order {
  readonly orderId: string;
  readonly book: string;
  readonly quantity: number;
  readonly paidCents: number;
  readonly payment: Payment;
}

/** Selling a book: put it aside, take the money, let it go. */
@Injectable()
export class Orders {
  readonly #stock: StockClient;
  readonly #accounts: AccountsClient;
  readonly #shop: ShopConfig;

  constructor(stock: StockClient, accounts: AccountsClient, shop: ShopConfig) {
    this.#stock = stock;
    this.#accounts = accounts;
    this.#shop = shop;
  }

  /** Throws `CallFailed` when nothing was sold; the copies are then free again, at the latest when their hold ends. */
  async place(customer: string, book: Book, quantity: number): Promise<Order> {
    const orderId = randomUUID();
    const paidCents = this.#shop.priceToday(book.priceCents) * quantity;
    const held = await this.#stock.reserve(book.id, quantity);
    let payment: Payment = 'taken';
    try {
      if (paidCents > 0) payment = await this.#accounts.charge({ customer, orderId, amountCents: paidCents });
    } catch (error) {
      await this.#stock.release(held).catch(() => undefined);
      throw error;
    }
    // Paid is sold: a warehouse that cannot be told now counts its copies again at the next delivery.
    await this.#stock.confirm(held).catch(() => undefined);
    return { orderId, book: book.id, quantity, paidCents, payment };
  }
}
