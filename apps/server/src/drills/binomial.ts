/** Of a normal curve, 99.9 of a hundred lie within so many deviations. */
const deviations = 3.2905;
/** Beyond so many expected hits a binomial and a normal curve can't be told apart. */
const manyHits = 2000;

/** Between which counts 99.9 % of all draws lie: `trials` of them, each a hit with chance `share`. */
export function binomialBounds(
  trials: number,
  share: number,
): { readonly low: number; readonly high: number } {
  if (trials === 0 || share <= 0) return { low: 0, high: 0 };
  if (share >= 1) return { low: trials, high: trials };
  const mean = trials * share;
  if (mean > manyHits && trials - mean > manyHits) {
    const reach = deviations * Math.sqrt(mean * (1 - share)) + 0.5;
    return { low: Math.max(0, Math.floor(mean - reach)), high: Math.min(trials, Math.ceil(mean + reach)) };
  }
  // Misses are counted where they are the fewer ones: of a million calls and a few misses the sum stays short.
  if (share > 0.5) {
    const { low, high } = exactBounds(trials, 1 - share);
    return { low: trials - high, high: trials - low };
  }
  return exactBounds(trials, share);
}

/** Adds up the chances of 0, 1, 2, … hits; in logarithms, for those of the first are tiny. */
function exactBounds(trials: number, share: number): { low: number; high: number } {
  const tail = 0.0005;
  let logChance = trials * Math.log1p(-share);
  const odds = Math.log(share) - Math.log1p(-share);
  let sum = 0;
  let low: number | undefined;
  for (let hits = 0; hits <= trials; hits++) {
    sum += Math.exp(logChance);
    if (low === undefined && sum > tail) low = hits;
    if (sum >= 1 - tail) return { low: low ?? hits, high: hits };
    logChance += Math.log(trials - hits) - Math.log(hits + 1) + odds;
  }
  return { low: low ?? trials, high: trials };
}
