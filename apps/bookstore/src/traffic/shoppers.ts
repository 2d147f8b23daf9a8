/** Time until the next shopper comes, when on average so many come in a second: an exponential distribution. */
export function nextVisitMs(visitsPerSec: number, draw: number): number {
  return (-Math.log(1 - draw) / visitsPerSec) * 1000;
}

/** One of them, the same ones again and again. */
export function shopperName(draw: number, count = 200): string {
  return `shopper-${Math.floor(draw * count) + 1}`;
}
