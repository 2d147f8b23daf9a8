import { count } from './format.ts';

/** A number with as many digits as people read: `0.07`, `3.4`, `1,204`. */
export function amount(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : 2;
  const text = Number(value.toFixed(digits));
  return text === 0 ? '<0.01' : count(text);
}

/** A share as people read it: `0 %`, `1.4 %`, `<0.1 %`. */
export function percent(share: number): string {
  const value = share * 100;
  if (value > 0 && value < 0.1) return '<0.1 %';
  return `${Number(value.toFixed(value >= 10 ? 0 : 1))} %`;
}
