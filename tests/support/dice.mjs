// Chance for tests: a failing seed can be run again with SIDEDISH_SEED=n.

/** Mulberry32: numbers from 0 to below n, the same for the same seed. */
export function dice(seed) {
  return (n) => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % n;
  };
}
