/** Of the limit, what all together are given whatever they want, so that a newcomer isn't shut out. */
const floorShare = 0.01;
/**
 * Who wants less than it could have is given this much of what it wants for certain. Calls come by chance: of a share
 * as large as its demand an instance leaves some unused, while others would have used it.
 */
const certain = 0.87;

/**
 * Divides a limit among those who want some of it: max-min fair by demand, over a small floor for each. Who wants
 * little gets nearly what it wants; the others share the rest evenly; what nobody wants is spread, half evenly and half
 * by demand. The shares come to the limit, never to more.
 */
export function fairShares(limit: number, demands: readonly number[]): number[] {
  const count = demands.length;
  if (count === 0) return [];
  const floor = (limit * floorShare) / count;
  const wanted = demands.map((demand) => Math.max(0, demand * certain - floor));
  const shares = waterFill(limit - floor * count, wanted);
  const left = limit - floor * count - shares.reduce((sum, share) => sum + share, 0);
  const total = demands.reduce((sum, demand) => sum + demand, 0);
  return shares.map((share, i) => {
    const byDemand = total > 0 ? demands[i]! / total : 1 / count;
    return floor + share + Math.max(0, left) * (0.5 / count + 0.5 * byDemand);
  });
}

/** Everybody up to what it wants, nobody above a level that is the same for all. */
function waterFill(limit: number, wanted: readonly number[]): number[] {
  const order = wanted.map((_, i) => i).sort((a, b) => wanted[a]! - wanted[b]!);
  const shares = new Array<number>(wanted.length).fill(0);
  let left = limit;
  order.forEach((index, done) => {
    const share = Math.min(wanted[index]!, left / (wanted.length - done));
    shares[index] = share;
    left -= share;
  });
  return shares;
}

/**
 * Shares of a limit that counts whole calls: whole numbers from one on, each as near to its share as can be. Less than
 * one stays what it is, a call in so many windows, so that nobody who wants one is shut out where there are more
 * instances than calls; who wants none gives his part to make another's whole. They come to at most the limit.
 */
export function callShares(limit: number, shares: readonly number[], demands: readonly number[]): number[] {
  const rounded = shares.map((share) => (share < 1 ? share : Math.floor(share)));
  const idle = indexesOf(shares, (share, i) => share < 1 && demands[i] === 0);
  const idleSum = sumOf(idle.map((index) => shares[index]!));
  let [left, yielded] = [limit - sumOf(rounded), 0];
  const byRest = indexesOf(shares, (share) => share >= 1).sort((a, b) => rest(shares[b]!) - rest(shares[a]!));
  for (const index of byRest) {
    const missing = Math.max(0, 1 - left);
    if (yielded + missing > idleSum + tolerance) break;
    rounded[index]! += 1;
    left = Math.max(0, left - 1);
    yielded += missing;
  }
  for (const index of idle) rounded[index]! *= Math.max(0, 1 - yielded / idleSum);
  const small = indexesOf(shares, (share) => share < 1);
  for (const index of small) rounded[index] = Math.min(1, rounded[index]! + left / small.length);
  return rounded;
}

/** Sums of shares come to the limit but for their rounding. */
export const tolerance = 1e-9;
const rest = (share: number): number => share - Math.floor(share);
const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, each) => sum + each, 0);
const indexesOf = (shares: readonly number[], fits: (share: number, index: number) => boolean): number[] =>
  shares.flatMap((share, index) => (fits(share, index) ? [index] : []));
