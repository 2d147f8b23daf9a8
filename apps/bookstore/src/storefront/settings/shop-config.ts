import { Logger } from '@nestjs/common';
import { DynamicConfig, DynamicValue, OnChange } from '@sluice/nest';

/** What visitors see. */
@DynamicConfig('shop')
export class ShopConfig {
  @DynamicValue({ min: 1, max: 100, integer: true }) readonly pageSize: number = 12;
  @DynamicValue({ min: 0, max: 90 }) readonly discountPercent: number = 0;
  @DynamicValue() readonly recommendations: boolean = true;
  @DynamicValue({ min: 0, max: 12, integer: true }) readonly recommendationCount: number = 3;

  readonly #log = new Logger('shop');

  @OnChange('discountPercent')
  announce(percent: number, previousPercent: number): void {
    this.#log.log(`prices are ${percent} % off, before ${previousPercent} %`);
  }

  /** What a book costs today. */
  priceToday(priceCents: number): number {
    return Math.round((priceCents * (100 - this.discountPercent)) / 100);
  }
}
