/** Of the limit, what all together are given whatever they want, so that a newcomer isn't shut out. */
const floorShare = 0.01;
/**
 * Who wants less than it could have is given this much of what it wants for certain. Calls come by chance: of a share
 * as large as its demand an instance leaves some unused, while others would have used it.
 */
const certain = 0.94;

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

/** Whole numbers that come to at most the limit, each as near to its share as can be. */
export function wholeShares(limit: number, shares: readonly number[]): number[] {
  const whole = shares.map(Math.floor);
  let left = Math.floor(limit) - whole.reduce((sum, share) => sum + share, 0);
  const byRest = shares.map((_, i) => i).sort((a, b) => rest(shares[b]!) - rest(shares[a]!));
  for (const index of byRest) {
    if (left < 1) break;
    whole[index]! += 1;
    left -= 1;
  }
  return whole;
}

const rest = (share: number): number => share - Math.floor(share);
