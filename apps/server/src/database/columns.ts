import { Column, type ColumnOptions, PrimaryColumn, type ValueTransformer } from 'typeorm';

/** PostgreSQL gives a bigint as text; every one of ours fits a number (revisions, milliseconds). */
const asNumber: ValueTransformer = {
  to: (value: unknown) => value,
  from: (value: unknown) => (value === null || value === undefined ? value : Number(value)),
};

/** A whole number beyond 32 bits: a revision, or milliseconds since 1970. */
export const BigIntColumn = (options: ColumnOptions = {}): PropertyDecorator =>
  Column({ type: 'bigint', transformer: asNumber, ...options });

export const PrimaryBigIntColumn = (): PropertyDecorator =>
  PrimaryColumn({ type: 'bigint', transformer: asNumber });

/** Plain data as JSON text, alike in both databases. */
export const JsonColumn = (options: ColumnOptions = {}): PropertyDecorator =>
  Column({ type: 'simple-json', ...options });
