import {
  Body,
  ConflictException,
  Controller,
  NotFoundException,
  Post,
  ServiceUnavailableException,
  UnprocessableEntityException,
} from '@nestjs/common';
import { CallFailed } from '../process/call-json.ts';
import { Catalogue } from './catalogue.ts';
import { type Order, Orders } from './orders.ts';

@Controller('orders')
export class OrdersController {
  readonly #catalogue: Catalogue;
  readonly #orders: Orders;

  constructor(catalogue: Catalogue, orders: Orders) {
    this.#catalogue = catalogue;
    this.#orders = orders;
  }

  @Post()
  async place(@Body() body: unknown): Promise<Order> {
    const { customer, book: id, quantity } = readOrder(body);
    const book = this.#catalogue.find(id);
    if (!book) throw new NotFoundException(`there is no book "${id}"`);
    try {
      return await this.#orders.place(customer, book, quantity);
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
      if (error.end === 'refused') throw new ConflictException(error.message);
      throw new ServiceUnavailableException(error.message);
    }
  }
}

function readOrder(body: unknown): { customer: string; book: string; quantity: number } {
  const { customer, book, quantity = 1 } = (body ?? {}) as Record<string, unknown>;
  if (typeof customer !== 'string' || customer.length < 1 || customer.length > 64)
    throw new UnprocessableEntityException('customer must be a name of 1-64 characters');
  if (typeof book !== 'string') throw new UnprocessableEntityException('book must be the id of a book');
  if (typeof quantity !== 'number' || !Number.isInteger(quantity) || quantity < 1)
    throw new UnprocessableEntityException('quantity must be a whole number from 1');
  return { customer, book, quantity };
}
