import { Controller, Get, NotFoundException, Param, Query } from '@nestjs/common';
import type { Book } from './book.ts';
import { Catalogue } from './catalogue.ts';
import { ShopConfig } from './settings/shop-config.ts';
import { StockClient } from './stock-client.ts';

@Controller('books')
export class BooksController {
  readonly #catalogue: Catalogue;
  readonly #shop: ShopConfig;
  readonly #stock: StockClient;

  constructor(catalogue: Catalogue, shop: ShopConfig, stock: StockClient) {
    this.#catalogue = catalogue;
    this.#shop = shop;
    this.#stock = stock;
  }

  @Get()
  page(@Query('page') wanted = '1') {
    const { books, banner } = this.#catalogue;
    const { pageSize, discountPercent } = this.#shop;
    const pages = Math.max(1, Math.ceil(books.length / pageSize));
    const page = Math.min(pages, Math.max(1, Number.parseInt(wanted, 10) || 1));
    const shown = books.slice((page - 1) * pageSize, page * pageSize);
    return { banner, discountPercent, page, pages, books: shown.map((book) => this.#offer(book)) };
  }

  /** A page is shown without the number of copies rather than not at all. */
  @Get(':id')
  async book(@Param('id') id: string) {
    const book = this.#catalogue.find(id);
    if (!book) throw new NotFoundException(`there is no book "${id}"`);
    const available = await this.#stock.available(id).catch(() => 'unknown' as const);
    const count = this.#shop.recommendations ? this.#shop.recommendationCount : 0;
    const recommended = this.#catalogue.beside(book, count).map((other) => this.#offer(other));
    return { ...this.#offer(book), available, recommended };
  }

  #offer({ id, title, author, priceCents }: Book) {
    return { id, title, author, priceCents: this.#shop.priceToday(priceCents) };
  }
}
